// Counting of pixels by class id and confidence, once an answer; every threshold is then a sum.
// These functions run in a worker, built from their own source text: they may call only one another.

/**
 * Counts image pixels by class id and confidence byte under the floor mapping, without stretching:
 * each mask column and row weighs as many image columns and rows as show it.
 *
 * @param {{w: number, h: number, pixels: Uint8Array}} mask
 * @param {{w: number, h: number, pixels: Uint8Array}|null} confidence without one every pixel
 *   counts as sure, byte 255.
 * @returns {Float64Array} 65,536 counts, at id * 256 + byte; they sum to imageW * imageH.
 */
function tabulate(mask, confidence, imageW, imageH) {
  const table = new Float64Array(65536);
  if (!confidence) countRuns(mask, imageW, imageH, table);
  else if (confidence.w === mask.w && confidence.h === mask.h) countPairs(mask, confidence, imageW, imageH, table);
  else countStretchedPairs(mask, confidence, imageW, imageH, table);
  return table;
}

/** How many of `imageLength` image pixels show each of `length` mask pixels. */
function weighAxis(length, imageLength) {
  const weights = new Float64Array(length);
  for (let i = 0; i < imageLength; i++) weights[Math.floor((i * length) / imageLength)]++;
  return weights;
}

function countRuns({ w, h, pixels }, imageW, imageH, table) {
  const columns = weighAxis(w, imageW);
  const rows = weighAxis(h, imageH);
  const even = imageW === w;
  for (let y = 0; y < h; y++) {
    if (!rows[y]) continue;
    const base = y * w;
    const end = base + w;
    for (let at = base; at < end; ) {
      // Masks are runs: adding once a run is several times faster than once a pixel.
      const id = pixels[at];
      const start = at;
      let weight = 0;
      if (even) {
        while (at < end && pixels[at] === id) at++;
        weight = at - start;
      } else {
        while (at < end && pixels[at] === id) weight += columns[at++ - base];
      }
      table[id * 256 + 255] += weight * rows[y];
    }
  }
}

function countPairs({ w, h, pixels }, confidence, imageW, imageH, table) {
  const columns = weighAxis(w, imageW);
  const rows = weighAxis(h, imageH);
  const even = imageW === w && imageH === h;
  const sure = confidence.pixels;
  if (even) {
    // Whole numbers add faster; an image has fewer pixels than they can hold.
    const counts = new Uint32Array(65536);
    for (let at = 0; at < pixels.length; at++) counts[(pixels[at] << 8) | sure[at]]++;
    table.set(counts);
    return;
  }
  for (let y = 0; y < h; y++) {
    if (!rows[y]) continue;
    const base = y * w;
    for (let x = 0; x < w; x++) table[(pixels[base + x] << 8) | sure[base + x]] += columns[x] * rows[y];
  }
}

function countStretchedPairs(mask, confidence, imageW, imageH, table) {
  const mapAxis = (length) => (at, imageLength) => Math.floor((at * length) / imageLength);
  const column = Int32Array.from({ length: imageW }, (_, x) => mapAxis(mask.w)(x, imageW));
  const sureColumn = Int32Array.from({ length: imageW }, (_, x) => mapAxis(confidence.w)(x, imageW));
  for (let y = 0; y < imageH; y++) {
    const base = mapAxis(mask.h)(y, imageH) * mask.w;
    const sureBase = mapAxis(confidence.h)(y, imageH) * confidence.w;
    for (let x = 0; x < imageW; x++)
      table[(mask.pixels[base + column[x]] << 8) | confidence.pixels[sureBase + sureColumn[x]]]++;
  }
}

// Regions: areas of one class that hang together, found by joining runs of neighbouring rows.
// These functions run in a worker, built from their own source text: they may call only one another.

const MOST_RUNS = 4_000_000;

/**
 * Finds the regions of a mask; pixels touching at a corner belong together.
 *
 * @param {{w: number, h: number, pixels: Uint8Array}} mask
 * @param {{level: number, to: number, w: number, h: number, pixels: Uint8Array}|null} cut pixels
 *   whose confidence byte is below `level` count as class `to`; null takes the mask as it is.
 * @returns {object|null} null where a mask has too many runs to be worth it. Else `rows` Int32Array
 *   (h + 1), the first run of each row; `starts` Int32Array (runs), their first column; `region`
 *   Int32Array (runs); and for each region `ids` Uint8Array, `sizes` Float64Array (image pixels)
 *   and `boxes` Int32Array (left, top, right, bottom in mask pixels, the last two exclusive).
 */
function findRegions(mask, cut, imageW, imageH, mostRuns) {
  const { w, h } = mask;
  const pixels = cut ? cutPixels(mask, cut) : mask.pixels;
  const rows = new Int32Array(h + 1);
  let starts = new Int32Array(Math.max(1024, h * 4));
  let runs = 0;
  for (let y = 0; y < h; y++) {
    rows[y] = runs;
    const base = y * w;
    let last = -1;
    for (let x = 0; x < w; x++) {
      const id = pixels[base + x];
      if (id === last) continue;
      last = id;
      if (runs === starts.length) {
        if (runs * 2 > mostRuns) return null;
        const longer = new Int32Array(runs * 2);
        longer.set(starts);
        starts = longer;
      }
      starts[runs++] = x;
    }
  }
  rows[h] = runs;
  starts = starts.slice(0, runs);

  const parent = joinRuns(pixels, rows, starts, w, h);
  return measureRegions(pixels, rows, starts, parent, w, h, imageW, imageH);
}

function cutPixels(mask, { level, to, w, h, pixels: sure }) {
  const out = mask.pixels.slice();
  if (w === mask.w && h === mask.h) {
    for (let at = 0; at < out.length; at++) if (sure[at] < level) out[at] = to;
    return out;
  }
  for (let y = 0, at = 0; y < mask.h; y++) {
    const base = Math.floor((y * h) / mask.h) * w;
    for (let x = 0; x < mask.w; x++, at++) if (sure[base + Math.floor((x * w) / mask.w)] < level) out[at] = to;
  }
  return out;
}

/** Each run's region as a chain of runs that ends at its first one. */
function joinRuns(pixels, rows, starts, w, h) {
  const parent = Int32Array.from(starts, (_, run) => run);
  const find = (run) => {
    while (parent[run] !== run) run = parent[run] = parent[parent[run]];
    return run;
  };
  for (let y = 1; y < h; y++) {
    let above = rows[y - 1];
    for (let run = rows[y]; run < rows[y + 1]; run++) {
      const left = starts[run];
      const right = run + 1 < rows[y + 1] ? starts[run + 1] : w;
      const id = pixels[y * w + left];
      // The first run above that reaches at least the corner of this one.
      while (above + 1 < rows[y] && starts[above + 1] < left) above++;
      for (let other = above; other < rows[y] && starts[other] <= right; other++) {
        if (pixels[(y - 1) * w + starts[other]] !== id) continue;
        const [a, b] = [find(run), find(other)];
        if (a !== b) parent[Math.max(a, b)] = Math.min(a, b);
      }
    }
  }
  for (let run = 0; run < parent.length; run++) parent[run] = find(run);
  return parent;
}

function measureRegions(pixels, rows, starts, parent, w, h, imageW, imageH) {
  const numbers = new Int32Array(parent.length);
  let found = 0;
  for (let run = 0; run < parent.length; run++)
    numbers[run] = parent[run] === run ? found++ : numbers[parent[run]];
  const ids = new Uint8Array(found);
  const sizes = new Float64Array(found);
  const boxes = new Int32Array(found * 4);
  for (let at = 0; at < boxes.length; at += 4) boxes[at] = boxes[at + 1] = 0x7fffffff;
  const heights = weighAxis(h, imageH);
  const widths = weighAxis(w, imageW);
  const before = new Float64Array(w + 1);
  for (let x = 0; x < w; x++) before[x + 1] = before[x] + widths[x];
  for (let y = 0; y < h; y++) {
    for (let run = rows[y]; run < rows[y + 1]; run++) {
      const left = starts[run];
      const right = run + 1 < rows[y + 1] ? starts[run + 1] : w;
      const region = numbers[run];
      ids[region] = pixels[y * w + left];
      sizes[region] += (before[right] - before[left]) * heights[y];
      const at = region * 4;
      if (left < boxes[at]) boxes[at] = left;
      if (y < boxes[at + 1]) boxes[at + 1] = y;
      if (right > boxes[at + 2]) boxes[at + 2] = right;
      if (y + 1 > boxes[at + 3]) boxes[at + 3] = y + 1;
    }
  }
  return { w, h, rows, starts, region: numbers, ids, sizes, boxes };
}

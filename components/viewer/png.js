// Exact reading of 8-bit gray PNGs (W3C PNG specification, third edition). A canvas would put the
// ids through colour management and premultiplied alpha; these functions touch no canvas.
// They run in a worker, built from their own source text: they may call only one another.

/**
 * Decodes a PNG of 8-bit gray, not interlaced.
 *
 * @param {Uint8Array} bytes
 * @returns {Promise<{w: number, h: number, pixels: Uint8Array}>} rows from the top, no padding.
 * @throws {Error} whose message ends the sentence "The mask could not be read: …".
 */
async function decodeGrayPng(bytes) {
  const { w, h, parts } = readPngChunks(bytes);
  return { w, h, pixels: unfilterRows(await inflate(parts, h * (w + 1)), w, h) };
}

function readPngChunks(bytes) {
  const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
  if (!signature.every((value, index) => bytes[index] === value)) throw new Error("it is not a PNG");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts = [];
  let size = null;
  let at = 8;
  for (;;) {
    if (at + 12 > bytes.length) throw new Error("it is cut short");
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const start = at + 8;
    if (start + length + 4 > bytes.length) throw new Error("it is cut short");
    if (type === "IHDR") {
      size = { w: view.getUint32(start), h: view.getUint32(start + 4) };
      const [depth, colour, compression, filter, interlace] = bytes.subarray(start + 8, start + 13);
      if (depth !== 8 || colour !== 0 || compression !== 0 || filter !== 0 || interlace !== 0)
        throw new Error("its pixels are not plain 8-bit gray");
    } else if (type === "IDAT") {
      parts.push(bytes.subarray(start, start + length));
    } else if (type === "IEND") {
      break;
    }
    at = start + length + 4;
  }
  if (!size || !size.w || !size.h || !parts.length) throw new Error("it holds no pixels");
  return { w: size.w, h: size.h, parts };
}

/** Inflates zlib data that must come out at exactly `size` bytes. */
async function inflate(parts, size) {
  const out = new Uint8Array(size);
  let at = 0;
  let tooLong = false;
  try {
    const stream = new Blob(parts).stream().pipeThrough(new DecompressionStream("deflate"));
    const reader = stream.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (at + value.length > size) {
        tooLong = true;
        await reader.cancel();
        break;
      }
      out.set(value, at);
      at += value.length;
    }
  } catch {
    throw new Error("its data is damaged");
  }
  if (tooLong || at < size) throw new Error("it does not hold as many pixels as it says");
  return out;
}

/** Undoes the five row filters of PNG section 9, one byte a pixel. */
function unfilterRows(raw, w, h) {
  const out = new Uint8Array(w * h);
  for (let y = 0, from = 0, to = 0; y < h; y++, from += w + 1, to += w) {
    const filter = raw[from];
    const row = raw.subarray(from + 1, from + 1 + w);
    if (filter === 0 || (filter === 2 && y === 0)) {
      out.set(row, to);
    } else if (filter === 1 || (filter === 4 && y === 0)) {
      for (let x = 0, left = 0; x < w; x++) out[to + x] = left = (row[x] + left) & 255;
    } else if (filter === 2) {
      for (let x = 0; x < w; x++) out[to + x] = row[x] + out[to + x - w];
    } else if (filter === 3) {
      for (let x = 0, left = 0; x < w; x++) {
        const above = y ? out[to + x - w] : 0;
        out[to + x] = left = (row[x] + ((left + above) >> 1)) & 255;
      }
    } else if (filter === 4) {
      // Where a pixel and its neighbours are alike, as nearly everywhere in a mask, the nearest of
      // the three is known without measuring.
      for (let x = 0, left = 0, corner = 0, at = to; x < w; x++, at++) {
        const above = out[at - w];
        let nearest = left;
        if (above !== corner) {
          nearest = above;
          if (left !== corner) {
            const toLeft = Math.abs(above - corner);
            const toAbove = Math.abs(left - corner);
            const toCorner = Math.abs(left + above - 2 * corner);
            if (toLeft <= toAbove && toLeft <= toCorner) nearest = left;
            else if (toAbove > toCorner) nearest = corner;
          }
        }
        corner = above;
        out[at] = left = (row[x] + nearest) & 255;
      }
    } else {
      throw new Error("its data is damaged");
    }
  }
  return out;
}

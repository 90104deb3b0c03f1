// Drawing of what is on screen and nothing else.

/**
 * Draws the visible part of a picture: smooth when made smaller, crisp when made larger.
 *
 * @param {CanvasRenderingContext2D} ctx
 * @param {Picture} picture
 * @param {View} view
 */
function paintPicture(ctx, picture, view) {
  const { width, height } = ctx.canvas;
  ctx.clearRect(0, 0, width, height);
  const { x: left, y: top } = view.offset;
  const { scale } = view;
  const x0 = Math.max(0, Math.floor(-left / scale));
  const y0 = Math.max(0, Math.floor(-top / scale));
  const w = Math.min(picture.w, Math.ceil((width - left) / scale)) - x0;
  const h = Math.min(picture.h, Math.ceil((height - top) / scale)) - y0;
  if (w <= 0 || h <= 0) return;
  const target = [left + x0 * scale, top + y0 * scale, w * scale, h * scale];

  if (scale <= 1) {
    const bitmap = picture.level(scale);
    const across = bitmap.width / picture.w;
    const down = bitmap.height / picture.h;
    ctx.imageSmoothingEnabled = scale < 1;
    ctx.imageSmoothingQuality = bitmap === picture.levels[0] && scale < 0.5 ? "medium" : "low";
    ctx.drawImage(bitmap, x0 * across, y0 * down, w * across, h * down, ...target);
    return;
  }
  // Between whole scales, nearest-neighbour alone makes some pixels wider than their neighbours,
  // which frays the edges of a photograph. Enlarging to the next whole scale first and shrinking
  // that smoothly keeps pixels crisp and equally wide. From 400 % on the difference cannot be seen.
  const whole = Math.ceil(scale);
  let source = picture.levels[0];
  let from = [x0, y0, w, h];
  if (scale < 4 && scale !== whole) {
    const scratch = scratchCanvas(w * whole, h * whole);
    scratch.imageSmoothingEnabled = false;
    scratch.drawImage(source, ...from, 0, 0, w * whole, h * whole);
    source = scratch.canvas;
    from = [0, 0, w * whole, h * whole];
    ctx.imageSmoothingEnabled = true;
    ctx.imageSmoothingQuality = "low";
  } else {
    ctx.imageSmoothingEnabled = false;
  }
  ctx.drawImage(source, ...from, ...target);
}

let scratch = null;

function scratchCanvas(w, h) {
  scratch ??= document.createElement("canvas").getContext("2d");
  // Growing only: a resize of a canvas is dearer than its unused margin.
  if (scratch.canvas.width < w) scratch.canvas.width = w;
  if (scratch.canvas.height < h) scratch.canvas.height = h;
  scratch.clearRect(0, 0, w, h);
  return scratch;
}

/**
 * Colours the visible part of a mask, one table look-up a device pixel.
 *
 * The pixel of the screen whose centre falls on image pixel x shows mask column
 * floor(x * mask.w / image.w); rows likewise.
 *
 * @param {CanvasRenderingContext2D} ctx
 * @param {{w: number, h: number, pixels: Uint8Array}} mask
 * @param {Uint32Array} table from `Classes.table`.
 * @param {View} view
 * @param {ImageData|null} frame the pixels of the frame before, used again where they fit.
 * @returns {ImageData} the pixels painted.
 */
function paintMask(ctx, mask, table, view, frame) {
  const { width, height } = ctx.canvas;
  if (frame?.width !== width || frame?.height !== height) frame = ctx.createImageData(width, height);
  const out = new Uint32Array(frame.data.buffer);
  const { x: left, y: top } = view.offset;
  const columns = mapAxis(width, left, view.scale, view.image.w, mask.w);
  const rows = mapAxis(height, top, view.scale, view.image.h, mask.h);
  if (columns.to - columns.from < width || rows.to - rows.from < height) out.fill(0);

  const { from, to, index } = columns;
  const { pixels } = mask;
  for (let y = rows.from; y < rows.to; y++) {
    const line = y * width;
    if (y > rows.from && rows.index[y] === rows.index[y - 1]) {
      out.copyWithin(line + from, line - width + from, line - width + to);
      continue;
    }
    const base = rows.index[y] * mask.w;
    for (let x = from; x < to; x++) out[line + x] = table[pixels[base + index[x]]];
  }
  ctx.putImageData(frame, 0, 0);
  return frame;
}

/** For each device pixel from `from` to `to` (exclusive) of an axis, the mask's column or row. */
function mapAxis(length, offset, scale, imageLength, maskLength) {
  const index = new Int32Array(length);
  let from = length;
  let to = 0;
  for (let at = 0; at < length; at++) {
    const pixel = Math.floor((at + 0.5 - offset) / scale);
    if (pixel < 0 || pixel >= imageLength) continue;
    from = Math.min(from, at);
    to = at + 1;
    index[at] = Math.floor((pixel * maskLength) / imageLength);
  }
  return { index, from: Math.min(from, to), to };
}

/** The value of a gray picture stretched over an image, at image pixel (x, y). */
function valueAt(gray, image, x, y) {
  const column = Math.floor((x * gray.w) / image.w);
  const row = Math.floor((y * gray.h) / image.h);
  return gray.pixels[row * gray.w + column];
}

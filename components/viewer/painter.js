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

  // While only a smaller copy is there, it stands in.
  if (scale <= 1 || !picture.isWhole) {
    const bitmap = picture.level(scale);
    const across = bitmap.width / picture.w;
    const down = bitmap.height / picture.h;
    ctx.imageSmoothingEnabled = scale !== 1 || !picture.isWhole;
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
 * Colours the visible part of a mask, one look-up a device pixel.
 *
 * The pixel of the screen whose centre falls on image pixel x shows mask column
 * floor(x * mask.w / image.w); rows likewise, and the confidence mask by its own size.
 */
class MaskPainter {
  constructor() {
    this.ids = this.sure = this.shown = new Uint8Array(0);
    this.frame = null;
  }

  /** Reads class ids and confidences of what is on screen; needed again when the view moves. */
  sample(answer, view, width, height) {
    const { mask, confidence } = answer;
    const { x: left, y: top } = view.offset;
    if (this.ids.length !== width * height) {
      this.ids = new Uint8Array(width * height);
      this.shown = new Uint8Array(width * height);
    }
    this.width = width;
    this.height = height;
    this.origin = { x: left, y: top };
    this.columns = mapAxis(width, left, view.scale, view.image.w, mask.w);
    this.rows = mapAxis(height, top, view.scale, view.image.h, mask.h);
    this.read(this.ids, mask, this.columns, this.rows);
    this.knowsConfidence = Boolean(confidence);
    if (!confidence) return;
    if (this.sure.length !== width * height) this.sure = new Uint8Array(width * height);
    const alike = confidence.w === mask.w && confidence.h === mask.h;
    const columns = alike ? this.columns : mapAxis(width, left, view.scale, view.image.w, confidence.w);
    const rows = alike ? this.rows : mapAxis(height, top, view.scale, view.image.h, confidence.h);
    this.read(this.sure, confidence, columns, rows);
  }

  read(out, { w, pixels }, columns, rows) {
    const { width } = this;
    const { from, to, index } = columns;
    for (let y = rows.from; y < rows.to; y++) {
      const line = y * width;
      if (y > rows.from && rows.index[y] === rows.index[y - 1]) {
        out.copyWithin(line + from, line - width + from, line - width + to);
        continue;
      }
      const base = rows.index[y] * w;
      for (let x = from; x < to; x++) out[line + x] = pixels[base + index[x]];
    }
  }

  /** @param {{level: number, to: number}|null} cut what is below the level shows as class `to`. */
  cut(cut) {
    this.visible = this.ids;
    if (!cut || !this.knowsConfidence) return;
    this.visible = this.shown;
    const { ids, sure, shown, width } = this;
    const { level, to: background } = cut;
    for (let y = this.rows.from; y < this.rows.to; y++) {
      const end = y * width + this.columns.to;
      for (let at = y * width + this.columns.from; at < end; at++)
        shown[at] = sure[at] < level ? background : ids[at];
    }
  }

  /**
   * Paints areas.
   *
   * @param {CanvasRenderingContext2D} ctx
   * @param {(out: Uint32Array, at: number, end: number, x: number, y: number) => void} paintRow
   *   paints pixels `at` to `end` (exclusive), which lie in row y of the screen from column x on.
   */
  paint(ctx, paintRow) {
    const { width, height, rows, columns } = this;
    if (this.frame?.width !== width || this.frame?.height !== height) this.frame = ctx.createImageData(width, height);
    const out = new Uint32Array(this.frame.data.buffer);
    out.fill(0);
    for (let y = rows.from; y < rows.to; y++)
      paintRow(out, y * width + columns.from, y * width + columns.to, columns.from, y);
    ctx.putImageData(this.frame, 0, 0);
    paintedCanvases.add(ctx);
  }

  /** Areas in plain colours. */
  fill(ctx, { first }) {
    const { visible } = this;
    this.paint(ctx, (out, at, end) => {
      for (; at < end; at++) out[at] = first[visible[at]];
    });
  }

  /** Areas in hatched colours; the hatching moves with the picture. */
  hatch(ctx, { first, second }, patterns, density) {
    const { visible, origin } = this;
    const shrink = 1 / density;
    this.paint(ctx, (out, at, end, x, y) => {
      const row = Math.floor((y - origin.y) * shrink) & 15;
      for (; at < end; at++, x++) {
        const id = visible[at];
        const column = Math.floor((x - origin.x) * shrink) & 15;
        out[at] = (patterns[id * 16 + row] >> column) & 1 ? second[id] : first[id];
      }
    });
  }

  /** How sure the model was, in the colours of a ramp; classes that are hidden stay clear. */
  heat(ctx, ramp, isShown) {
    const { visible, sure } = this;
    this.paint(ctx, (out, at, end) => {
      for (; at < end; at++) if (isShown[visible[at]]) out[at] = ramp[sure[at]];
    });
  }

  /**
   * What is marked at one of two levels and not at the other, in stripes of black and white.
   *
   * @param {Uint32Array} table clear where a class is hidden or the background.
   * @param {{low: number, high: number, to: number}} flips what is class `to` stays what it is.
   */
  flips(ctx, table, { low, high, to }, density) {
    const { ids, sure, origin } = this;
    const [black, white] = [packPixel([0, 0, 0]), packPixel([255, 255, 255])];
    this.paint(ctx, (out, at, end, x, y) => {
      for (; at < end; at++, x++) {
        if (!table[ids[at]] || ids[at] === to || sure[at] < low || sure[at] >= high) continue;
        out[at] = ((x - origin.x + y - origin.y) / density) & 4 ? white : black;
      }
    });
  }

  /** The borders of areas, in the areas' own colours, `reach` device pixels on each side. */
  lines(ctx, { first }, reach) {
    const { visible, width, rows, columns } = this;
    // Where an id last differed from the one before it, looked for `reach` ahead: one comparison a
    // pixel down and one along, however wide the lines are.
    const changed = new Int32Array(width).fill(-reach);
    let ahead = rows.from + 1;
    this.paint(ctx, (out, at, end, x, y) => {
      for (; ahead < rows.to && ahead <= y + reach; ahead++)
        for (let column = columns.from, on = ahead * width + column; column < columns.to; column++, on++)
          if (visible[on] !== visible[on - width]) changed[column] = ahead;
      let next = at + 1;
      let last = at - reach;
      for (; at < end; at++, x++) {
        for (; next < end && next <= at + reach; next++) if (visible[next] !== visible[next - 1]) last = next;
        if (last > at - reach || changed[x] > y - reach) out[at] = first[visible[at]];
      }
    });
  }

  /** One class alone, everything else of the picture under a dark veil. */
  spotlight(ctx, id, colour) {
    const { visible } = this;
    const veil = packPixel([0, 0, 0], 165);
    this.paint(ctx, (out, at, end) => {
      for (; at < end; at++) out[at] = visible[at] === id ? colour : veil;
    });
  }
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

const paintedCanvases = new WeakSet();

/** Empties a canvas of a mask; one that is empty is left alone, so that it is not shown anew. */
function clearCanvas(ctx) {
  if (paintedCanvases.delete(ctx)) ctx.clearRect(0, 0, ctx.canvas.width, ctx.canvas.height);
}

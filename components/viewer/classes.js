// Class ids to names, colours and patterns. Hiding a class is an edit of a colour table, never a
// repaint of the mask's data; opacity is left to the compositor.

const OWN_COLOURS = "mask-desk:colours";

class Classes {
  /**
   * @param {object} header
   * @param {Map<string, string>} own colours that the reviewer gave, by class name.
   */
  constructor(header, own) {
    this.palette = header.palette;
    this.listed = header.classes;
    this.own = own;
    this.byId = new Map(header.classes.map((entry) => [entry.id, entry]));
  }

  /** @returns {{id: number, name: string, colour: string, background: boolean}} */
  of(id) {
    const entry = this.byId.get(id) ?? { id, name: `unlabelled ${id}`, colour: this.palette[id], background: false };
    const own = this.own.get(entry.name);
    return own ? { ...entry, colour: own } : entry;
  }

  /**
   * Splits classes by whether the mask holds them.
   *
   * @param {Float64Array} counts image pixels by id.
   * @returns {{present: object[], absent: object[]}} present ones with their `share` (0–1), the
   *   largest first and the background last; absent ones as the class map lists them.
   */
  split(counts) {
    const total = counts.reduce((sum, count) => sum + count, 0);
    const present = [];
    counts.forEach((count, id) => {
      if (count > 0) present.push({ ...this.of(id), share: count / total });
    });
    present.sort((a, b) => a.background - b.background || b.share - a.share || a.id - b.id);
    const absent = this.listed.filter((entry) => !(counts[entry.id] > 0)).map(({ id }) => this.of(id));
    return { present, absent };
  }

  /**
   * Colours for the canvas.
   *
   * @param {(name: string) => boolean} isShown
   * @returns {{first: Uint32Array, second: Uint32Array}} 256 canvas pixels (RGBA bytes) each, opaque
   *   or fully clear; `second` is the other colour of a class's pattern.
   */
  tables(isShown) {
    const first = new Uint32Array(256);
    const second = new Uint32Array(256);
    for (let id = 0; id < 256; id++) {
      const { name, colour, background } = this.of(id);
      if (background || !isShown(name)) continue;
      const rgb = readColour(colour);
      first[id] = packPixel(rgb);
      second[id] = packPixel(contrastColour(rgb));
    }
    return { first, second };
  }
}

/** "#rrggbb" as [red, green, blue]. */
function readColour(colour) {
  const rgb = Number.parseInt(colour.slice(1), 16);
  return [rgb >> 16, (rgb >> 8) & 255, rgb & 255];
}

/** An opaque canvas pixel as the number that little- or big-endian memory wants. */
function packPixel([red, green, blue], alpha = 255) {
  return new Uint32Array(new Uint8Array([red, green, blue, alpha]).buffer)[0];
}

/** A much darker shade of a light colour, a much lighter one of a dark colour. */
function contrastColour(rgb) {
  const light = 0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2];
  const [towards, part] = light > 110 ? [0, 0.62] : [255, 0.7];
  return rgb.map((value) => Math.round(value + (towards - value) * part));
}

// Sixteen rows of sixteen bits each, drawn by a rule that repeats after eight pixels.
const PATTERNS = [
  (x, y) => (x + y) % 8 < 2,
  (x, y) => (x - y + 64) % 8 < 2,
  (x, y) => y % 8 < 2,
  (x) => x % 8 < 2,
  (x, y) => x % 8 < 3 && y % 8 < 3,
  (x, y) => (x + y) % 8 < 2 || (x - y + 64) % 8 < 2,
  (x, y) => x % 8 < 2 || y % 8 < 2,
  (x, y) => (x >> 2) % 2 === (y >> 2) % 2,
  (x, y) => (x + y) % 16 < 3,
  (x, y) => (x - y + 64) % 16 < 3,
  (x, y) => y % 4 < 2 && (x + (y >> 2) * 8) % 16 < 8,
  (x, y) => (x + Math.abs((y % 16) - 8)) % 8 < 2,
].map((rule) =>
  Uint16Array.from({ length: 16 }, (_, y) => {
    let bits = 0;
    for (let x = 0; x < 16; x++) if (rule(x, y)) bits |= 1 << x;
    return bits;
  }),
);

/**
 * Patterns for ids. Each name wishes for one by itself, so that it keeps it from picture to picture;
 * where two classes wish for the same, the later in the list moves on to a free one.
 *
 * @param {{id: number, name: string, background: boolean}[]} entries
 * @returns {Uint16Array} 256 × 16 rows of 16 bits, at id * 16 + y.
 */
function choosePatterns(entries) {
  const rows = new Uint16Array(4096);
  for (let id = 0; id < 256; id++) rows.set(PATTERNS[id % PATTERNS.length], id * 16);
  const taken = new Set();
  for (const { id, name, background } of entries) {
    if (background) continue;
    let wish = 0;
    for (const sign of name.toLowerCase()) wish = (wish * 31 + sign.codePointAt(0)) % 9973;
    if (taken.size === PATTERNS.length) taken.clear();
    while (taken.has(wish % PATTERNS.length)) wish++;
    taken.add(wish % PATTERNS.length);
    rows.set(PATTERNS[wish % PATTERNS.length], id * 16);
  }
  return rows;
}

const swatches = new Map();

/** A pattern as a small picture for a list, as CSS wants it. */
function drawSwatch(rows, id, colour) {
  const name = `${colour} ${rows.subarray(id * 16, id * 16 + 16).join()}`;
  if (!swatches.has(name)) swatches.set(name, paintSwatch(rows, id, colour));
  return swatches.get(name);
}

function paintSwatch(rows, id, colour) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 16;
  const ctx = canvas.getContext("2d");
  const pixels = ctx.createImageData(16, 16);
  const out = new Uint32Array(pixels.data.buffer);
  const rgb = readColour(colour);
  const [first, second] = [packPixel(rgb), packPixel(contrastColour(rgb))];
  for (let at = 0; at < 256; at++) out[at] = (rows[id * 16 + (at >> 4)] >> (at & 15)) & 1 ? second : first;
  ctx.putImageData(pixels, 0, 0);
  return `url(${canvas.toDataURL()})`;
}

/** Colours that this browser's reviewer gave classes, kept for later visits. */
function loadOwnColours() {
  try {
    const found = Object.entries(JSON.parse(localStorage.getItem(OWN_COLOURS) ?? "{}"));
    return new Map(found.filter(([, colour]) => /^#[0-9a-f]{6}$/i.test(colour)));
  } catch {
    return new Map();
  }
}

/** Keeps one colour; other tabs may have kept others meanwhile. */
function saveOwnColour(name, colour) {
  writeOwnColours(loadOwnColours().set(name, colour));
}

function clearOwnColours() {
  writeOwnColours(new Map());
}

function writeOwnColours(own) {
  try {
    localStorage.setItem(OWN_COLOURS, JSON.stringify(Object.fromEntries(own)));
  } catch {
    // Storage may be switched off; the colours then last as long as the page.
  }
}

/** A share (0–1) in words: one decimal, and never "0.0 %" for something that is there. */
function formatShare(share) {
  const percent = share * 100;
  if (percent > 0 && percent < 0.05) return "< 0.1 %";
  if (percent < 100 && percent >= 99.95) return "> 99.9 %";
  return `${percent.toFixed(1)} %`;
}

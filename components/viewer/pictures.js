// Decoded pictures and answers, shared by all viewers of the tab. Those on screen are kept, and the
// last ones before them as far as memory is to spare: going back decodes nothing.

// Four bytes a pixel for a picture and a third more for its smaller levels, two for an answer.
const IDLE_PIXELS = (navigator.deviceMemory ?? 8) > 4 ? 26e6 : 13e6;
const PREVIEW_PIXELS = 3e6;
const PREVIEW_LENGTH = 900 * Math.min(globalThis.devicePixelRatio ?? 1, 2);
const SMALLEST_LEVEL = 1024;
const LONGEST_WAIT_MS = 1500;

/** Things decoded from bytes, by name, the last used ones last. */
class Shelf {
  constructor() {
    this.entries = new Map();
  }

  /** Lends the thing of this name, decoding it where it is not there. Give it back with `release`. */
  borrow(name, pixels, decode) {
    const entry = this.entries.get(name) ?? { name, pixels, users: 0, thing: decode() };
    // Set anew so that the map's order is the order of last use.
    this.entries.delete(name);
    this.entries.set(name, entry);
    entry.users++;
    entry.thing.ready.then(
      () => (entry.isReady = true),
      () => this.entries.get(name) === entry && this.entries.delete(name),
    );
    return entry;
  }

  /** Whether the thing of this name is decoded. */
  holds(name) {
    return Boolean(this.entries.get(name)?.isReady);
  }

  release(entry) {
    entry.users--;
    // Later, so that what is asked for next is counted as in use: it may be the idle one.
    queueMicrotask(() => this.clear());
  }

  clear() {
    let spare = IDLE_PIXELS;
    let kept = 0;
    for (const entry of [...this.entries.values()].reverse()) {
      if (entry.users > 0) continue;
      spare -= entry.pixels;
      if (spare >= 0 || kept++ === 0) continue;
      this.entries.delete(entry.name);
      entry.thing.close();
    }
  }
}

const pictures = new Shelf();
const answers = new Shelf();
let picturesDecoded = 0;
let answersDecoded = 0;

/** A picture at several sizes; the smaller ones are there first. */
class Picture {
  /**
   * @param {object} image from a header.
   * @param {Promise<Uint8Array>} bytes
   */
  constructor(image, bytes) {
    this.w = image.w;
    this.h = image.h;
    /** Bitmaps, the largest first. */
    this.levels = [];
    this.closed = false;
    this.listeners = new Set();
    /** Resolves when something can be shown. */
    this.ready = this.open(image, bytes);
  }

  async open(image, promised) {
    const bytes = await promised;
    picturesDecoded++;
    const preview = await decodePreview(bytes, image);
    if (preview) this.take([preview]);
    const blob = new Blob([bytes], { type: image.type });
    // Behind a preview the whole waits for the mask: both at once would make both late.
    this.whole = (preview ? this.waitForWish() : Promise.resolve())
      .then(() => (this.closed ? [] : decodeLevels(blob, image)))
      .then((levels) => this.take(levels));
    // The failure of the whole is told below; behind a preview it must only not go unheard.
    this.whole.catch(() => {});
    if (!preview) await this.whole;
  }

  waitForWish() {
    return new Promise((resolve) => {
      this.wishWhole = resolve;
      setTimeout(resolve, LONGEST_WAIT_MS);
    });
  }

  take(levels) {
    if (this.closed) for (const bitmap of levels) bitmap.close();
    if (this.closed || !levels.length) return;
    const before = this.levels;
    this.levels = levels;
    for (const bitmap of before) bitmap.close();
    for (const listener of this.listeners) listener();
  }

  /** Whether what is there is enough at this scale; asks for the whole where it is not. */
  suffices(scale) {
    const is = this.isWhole || (this.levels[0]?.width ?? 0) >= this.w * scale;
    if (!is) this.wishWhole?.();
    return is;
  }

  get isWhole() {
    return this.levels[0]?.width === this.w;
  }

  /** The smallest level that still has a pixel for every device pixel at this scale. */
  level(scale) {
    return this.levels.findLast((bitmap) => bitmap.width >= this.w * scale) ?? this.levels[0];
  }

  close() {
    this.closed = true;
    for (const bitmap of this.levels) bitmap.close();
    this.levels = [];
  }
}

/** A large JPEG made small while it is decoded, which takes a fraction of the time; else null. */
async function decodePreview(bytes, image) {
  if (image.w * image.h < PREVIEW_PIXELS || image.type !== "image/jpeg" || !globalThis.ImageDecoder) return null;
  let [decoder, frame] = [null, null];
  try {
    const long = Math.max(image.w, image.h);
    const part = [8, 4, 2].find((divisor) => long / divisor >= PREVIEW_LENGTH) ?? 1;
    const [desiredWidth, desiredHeight] = [image.w, image.h].map((length) => Math.ceil(length / part));
    decoder = new ImageDecoder({ data: bytes, type: image.type, desiredWidth, desiredHeight });
    frame = (await decoder.decode()).image;
    return await createImageBitmap(frame);
  } catch {
    return null;
  } finally {
    frame?.close();
    decoder?.close();
  }
}

let pictureWorker = null;

/** The picture and its halves, the largest first, made off the main thread where a worker can be had. */
async function decodeLevels(blob, image) {
  const found = (await askPictureWorker(blob)) ?? (await makeLevels(blob, SMALLEST_LEVEL));
  if (found[0].width !== image.w || found[0].height !== image.h) {
    for (const bitmap of found) bitmap.close();
    throw new Error("the picture has another size than was promised");
  }
  return found;
}

async function makeLevels(blob, smallest) {
  const levels = [await createImageBitmap(blob)];
  for (let last = levels[0]; Math.max(last.width, last.height) > smallest; last = levels.at(-1)) {
    const resizeWidth = Math.ceil(last.width / 2);
    const resizeHeight = Math.ceil(last.height / 2);
    levels.push(await createImageBitmap(last, { resizeWidth, resizeHeight, resizeQuality: "medium" }));
  }
  return levels;
}

async function askPictureWorker(blob) {
  if (workersRefused) return null;
  if (!pictureWorker) {
    const source = `${makeLevels}\nself.onmessage = ${servePicture};`;
    const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    try {
      pictureWorker = new Worker(url);
    } catch {
      return null;
    }
  }
  const { port1, port2 } = new MessageChannel();
  const answer = new Promise((resolve) => {
    port1.onmessage = ({ data }) => resolve(data);
    pictureWorker.addEventListener("error", (event) => (event.preventDefault(), resolve(null)), { once: true });
  });
  pictureWorker.postMessage({ blob, smallest: SMALLEST_LEVEL, port: port2 }, [port2]);
  const found = await answer;
  port1.close();
  return found;
}

/** The picture worker's own top level. */
async function servePicture({ data: { blob, smallest, port } }) {
  try {
    const levels = await makeLevels(blob, smallest);
    port.postMessage(levels, levels);
  } catch {
    // The page tries by itself and then tells why.
    port.postMessage(null);
  }
}

/** A decoded answer: mask, confidence mask, and the counts of both. */
class DecodedAnswer {
  constructor(header, bytes) {
    this.ready = bytes.then((found) => (answersDecoded++, decodeAnswer(found, header))).then((found) => Object.assign(this, found));
  }

  close() {}
}

/** Lends a header's picture. */
function borrowPicture(header) {
  const { id, image } = header;
  return pictures.borrow(id, image.w * image.h, () => new Picture(image, takePicture(header)));
}

/** Whether a header's picture and answer can be shown without waiting for anything. */
function isDecoded(header) {
  return pictures.holds(header.id) && (!header.mask || answers.holds(nameAnswer(header)));
}

/** One answer may be shown over pictures of different sizes, whose counts differ. */
function nameAnswer({ answer, image }) {
  return `${answer} ${image.w} ${image.h}`;
}

/** Lends a header's answer. */
function borrowAnswer(header) {
  return answers.borrow(nameAnswer(header), header.mask.w * header.mask.h, () => new DecodedAnswer(header, takeAnswer(header)));
}

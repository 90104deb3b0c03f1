// What Python sent, taken apart. The viewer itself gets (little-endian) uint32 height in CSS pixels,
// uint32 with bit 0 set where a released threshold is taken and bit 1 where remarks are, then its key as
// UTF-8. The packet's
// header, UTF-8 JSON, comes as a part named by that key; the bytes of image, mask and confidence
// come as parts named by the header's `id` and `answer`.

/** What came cannot be shown. The message is a sentence for the reviewer. */
class Unreadable extends Error {}

const SCRAMBLED =
  "What came for this picture could not be read. Reload the page; if it happens again, ask for the prediction once more.";

/** @returns {{height: number, asks: boolean, pins: boolean, key: string}} */
function openFrame(data) {
  const bytes = data instanceof ArrayBuffer ? new Uint8Array(data) : data;
  const front = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    height: front.getUint32(0, true),
    asks: (front.getUint32(4, true) & 1) !== 0,
    pins: (front.getUint32(4, true) & 2) !== 0,
    key: new TextDecoder().decode(bytes.subarray(8)),
  };
}

/** Whether the header says that a picture is on its way of which nothing is known yet: JSON's null. */
function isNothingYet(bytes) {
  return bytes.length === 4 && new TextDecoder().decode(bytes) === "null";
}

/**
 * @param {Uint8Array} bytes
 * @returns {{text: string, header: object}} `text` is the header as it came: equal text means an
 *   equal packet.
 * @throws {Unreadable}
 */
function openHeader(bytes) {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    const header = JSON.parse(text);
    if (isHeader(header)) return { text, header };
  } catch {
    // As unreadable as a header that lacks something.
  }
  throw new Unreadable(SCRAMBLED);
}

/**
 * The bytes of the picture.
 *
 * @throws {Unreadable} they are not as many as the header promised.
 */
async function takePicture({ id, image }) {
  const bytes = await parts.take(`picture:${id}`);
  if (bytes.length !== image.bytes) throw new Unreadable(SCRAMBLED);
  return bytes;
}

/**
 * The bytes of mask and confidence mask, each null where there is none.
 *
 * @throws {Unreadable} they are not as many as the header promised.
 */
async function takeAnswer({ answer, mask, confidence }) {
  const bytes = await parts.take(`answer:${answer}`);
  if (bytes.length !== mask.bytes + (confidence?.bytes ?? 0)) throw new Unreadable(SCRAMBLED);
  return { mask: bytes.subarray(0, mask.bytes), confidence: confidence ? bytes.subarray(mask.bytes) : null };
}

function isHeader(header) {
  const isPart = (part) =>
    Boolean(part) && [part.bytes, part.w, part.h].every((n) => Number.isInteger(n) && n > 0);
  const isPartOrNothing = (part) => part === null || part === undefined || isPart(part);
  const isColour = (colour) => /^#[0-9a-f]{6}$/i.test(colour);
  const isClass = (entry) =>
    Boolean(entry) && isId(entry.id) && typeof entry.name === "string" && isColour(entry.colour);
  const isId = (id) => Number.isInteger(id) && id >= 0 && id <= 255;
  return (
    Boolean(header) &&
    header.v === 1 &&
    ["id", "answer", "name"].every((key) => typeof header[key] === "string") &&
    isPart(header.image) &&
    isPartOrNothing(header.mask) &&
    isPartOrNothing(header.confidence) &&
    Boolean(header.mask || !header.confidence) &&
    Array.isArray(header.classes) &&
    header.classes.every(isClass) &&
    Array.isArray(header.palette) &&
    header.palette.length === 256 &&
    header.palette.every(isColour) &&
    Number.isInteger(header.threshold) &&
    (!header.cut || (isId(header.cut.to) && Boolean(header.confidence)))
  );
}

// What Python sent, taken apart. Layout (little-endian): uint32 height in CSS pixels, uint32 length
// of the header, the header as UTF-8 JSON, then image, mask and confidence bytes.

/** What came cannot be shown. The message is a sentence for the reviewer. */
class Unreadable extends Error {}

const SCRAMBLED =
  "What came for this picture could not be read. Reload the page; if it happens again, ask for the prediction once more.";

/**
 * Takes a packet apart without copying its pictures.
 *
 * @param {Uint8Array|ArrayBuffer|null} data
 * @returns {{height: number, text: string, header: object, image: Uint8Array,
 *   mask: Uint8Array|null, confidence: Uint8Array|null}} `text` is the header as it came: equal
 *   text means an equal packet.
 * @throws {Unreadable}
 */
function openPacket(data) {
  const bytes = data instanceof ArrayBuffer ? new Uint8Array(data) : data;
  if (!(bytes instanceof Uint8Array) || bytes.length < 8) throw new Unreadable(SCRAMBLED);
  const front = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const height = front.getUint32(0, true);
  const start = 8 + front.getUint32(4, true);
  if (start > bytes.length) throw new Unreadable(SCRAMBLED);

  let header;
  let text;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(8, start));
    header = JSON.parse(text);
  } catch {
    throw new Unreadable(SCRAMBLED);
  }
  if (!isHeader(header)) throw new Unreadable(SCRAMBLED);

  let at = start;
  const take = (part) => {
    if (!part) return null;
    const piece = bytes.subarray(at, at + part.bytes);
    at += part.bytes;
    return piece;
  };
  const image = take(header.image);
  const mask = take(header.mask);
  const confidence = take(header.confidence);
  if (at !== bytes.length) throw new Unreadable(SCRAMBLED);
  return { height, text, header, image, mask, confidence };
}

function isHeader(header) {
  const isPart = (part) =>
    Boolean(part) && [part.bytes, part.w, part.h].every((n) => Number.isInteger(n) && n > 0);
  const isPartOrNothing = (part) => part === null || part === undefined || isPart(part);
  const isColour = (colour) => /^#[0-9a-f]{6}$/i.test(colour);
  const isClass = (entry) =>
    Boolean(entry) && Number.isInteger(entry.id) && typeof entry.name === "string" && isColour(entry.colour);
  return (
    Boolean(header) &&
    header.v === 1 &&
    typeof header.id === "string" &&
    typeof header.answer === "string" &&
    typeof header.name === "string" &&
    isPart(header.image) &&
    isPartOrNothing(header.mask) &&
    isPartOrNothing(header.confidence) &&
    Array.isArray(header.classes) &&
    header.classes.every(isClass) &&
    Array.isArray(header.palette) &&
    header.palette.length === 256 &&
    header.palette.every(isColour)
  );
}

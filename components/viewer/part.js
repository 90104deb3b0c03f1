// One part on its way to the viewers: uint32 (little-endian) length of its name, the name as UTF-8,
// then its bytes. The element itself takes no room.

export default function deliver({ data, parentElement }) {
  const host = parentElement.getRootNode().host ?? parentElement;
  const place = host.closest('[data-testid="stElementContainer"]');
  place?.style.setProperty("display", "none");
  const bytes = data instanceof ArrayBuffer ? new Uint8Array(data) : data;
  const end = 4 + new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  parts.put(parentElement, new TextDecoder().decode(bytes.subarray(4, end)), bytes.subarray(end));
  return () => {
    parts.remove(parentElement);
    // The page may put something else there that is to be seen.
    place?.style.removeProperty("display");
  };
}

// Many files become a few before Streamlit sees them; the desk takes them apart again.
//
// Streamlit's uploader draws its whole list anew for each file that is added and for each that has
// arrived: with 2,000 files the tab stands still for minutes. A pack is a Blob that only refers to
// the files on the person's disk: nothing is read or copied here.
//
// A pack: 8 bytes "MDPACK1\n", the header's length (uint32, little endian), the header as JSON
// {"total", "files": [[name, bytes], ...]}, then the files, one after the other.
const PACKED_FROM = 50;
const PACK_BYTES = 48e6;
const PACK_FILES = 1000;
const MAGIC = "MDPACK1\n";
const PACKS = Symbol.for("mask-desk.packs");

function makePacks(files) {
  const packs = [];
  const whole = [];
  let group = [];
  let size = 0;
  const close = () => {
    if (group.length) packs.push(makePack(group, files.length));
    group = [];
    size = 0;
  };
  for (const file of files) {
    if (file.size > PACK_BYTES) {
      whole.push(file);
      continue;
    }
    if (size + file.size > PACK_BYTES || group.length === PACK_FILES) close();
    group.push(file);
    size += file.size;
  }
  close();
  return [...packs, ...whole];
}

function makePack(files, total) {
  const listed = files.map((file) => [file.webkitRelativePath || file.name, file.size]);
  const header = new TextEncoder().encode(JSON.stringify({ total, files: listed }));
  const length = new DataView(new ArrayBuffer(4));
  length.setUint32(0, header.length, true);
  const name = `${crypto.getRandomValues(new Uint32Array(2)).join("-")}.mdpack`;
  const pack = new File([MAGIC, length, header, ...files], name);
  let at = MAGIC.length + 4 + header.length;
  // Where each file ends, to say how many have gone.
  window[PACKS].set(
    name,
    files.map((file) => (at += file.size)),
  );
  return pack;
}

// How many files are in what is sent as this form, and how many of them within its first bytes.
function findEnds(form) {
  const file = form instanceof FormData ? [...form.values()].find((v) => v instanceof File) : null;
  return window[PACKS]?.get(file?.name) ?? null;
}

function takeOver(input, files, event) {
  if (files.length < PACKED_FROM || files.some((file) => window[PACKS].has(file.name))) return;
  event.stopImmediatePropagation();
  event.preventDefault();
  const given = new DataTransfer();
  for (const file of makePacks(files)) given.items.add(file);
  input.files = given.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

function installPacks(within) {
  if (window[PACKS]) return;
  window[PACKS] = new Map();
  document.addEventListener(
    "change",
    (event) => {
      const input = event.target;
      if (!(input instanceof HTMLInputElement) || input.type !== "file") return;
      if (input.closest(within)) takeOver(input, [...input.files], event);
    },
    true,
  );
  document.addEventListener(
    "drop",
    (event) => {
      const place = event.target instanceof Element ? event.target.closest(within) : null;
      const input = place?.querySelector("input[type=file]");
      if (!input || !event.dataTransfer) return;
      const items = [...event.dataTransfer.items];
      // Folders are walked through by Streamlit.
      if (items.some((item) => item.webkitGetAsEntry?.()?.isDirectory)) return;
      takeOver(input, [...event.dataTransfer.files], event);
    },
    true,
  );
}

// Pictures with their verdicts in rows and columns: real buttons, arrow keys between them.

/** [words, path of the sign in a 24 × 24 field] by badge. */
const BADGES = {
  approved: ["Approved", "M9 16.2l-4.2-4.2-1.4 1.4L9 19 21 7l-1.4-1.4z"],
  needs_fix: [
    "Needs fix",
    "M3 17.25V21h3.75L17.8 9.94l-3.75-3.75zM20.7 7.04a1 1 0 0 0 0-1.41l-2.34-2.34a1 1 0 0 0-1.41 0l-1.83 1.83 3.75 3.75z",
  ],
  rejected: [
    "Rejected",
    "M19 6.4L17.6 5 12 10.6 6.4 5 5 6.4l5.6 5.6L5 17.6 6.4 19l5.6-5.6 5.6 5.6 1.4-1.4-5.6-5.6z",
  ],
  skipped: ["Skipped", "M6 18l8.5-6L6 6zM16 6v12h2V6z"],
  disagreed: ["Disagreed", "M7 7h9.2l-2.6-2.6L15 3l5 5-5 5-1.4-1.4L16.2 9H7zM17 17H7.8l2.6 2.6L9 21l-5-5 5-5 1.4 1.4L7.8 15H17z"],
  answered: ["Answered", "M10 9V5l-7 7 7 7v-4.1c5 0 8.5 1.6 11 5.1-1-5-4-10-11-11z"],
  no_answer: ["No mask yet", "M6 2v6l4 4-4 4v6h12v-6l-4-4 4-4V2zm10 14.5V20H8v-3.5l4-4zm-4-5l-4-4V4h8v3.5z"],
  open: ["Undecided", "M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zm0 18a8 8 0 1 1 0-16 8 8 0 0 1 0 16z"],
};
const PIN = "M12 2a7 7 0 0 0-7 7c0 5.2 7 13 7 13s7-7.8 7-13a7 7 0 0 0-7-7zm0 9.5A2.5 2.5 0 1 1 12 6.5a2.5 2.5 0 0 1 0 5z";

class ContactSheet {
  constructor(list) {
    this.list = list;
    this.urls = new Map();
    this.state = { tiles: [], chosen: "", label: "" };
    this.ending = new AbortController();
    const { signal } = this.ending;
    list.addEventListener("click", (event) => this.pick(event.target.closest(".tile")), { signal });
    list.addEventListener("keydown", (event) => this.move(event), { signal });
  }

  update(data, send) {
    this.send = send;
    const key = new TextDecoder().decode(data instanceof ArrayBuffer ? new Uint8Array(data) : data);
    if (key === this.key) return;
    this.key = key;
    const { signal } = this.ending;
    parts.watch(`sheet-pictures:${key}`, (bytes) => this.takePictures(bytes), signal);
    const takeState = (bytes) => this.take(JSON.parse(new TextDecoder().decode(bytes)));
    parts.watch(`sheet:${key}`, takeState, signal);
  }

  takePictures(bytes) {
    const before = this.urls;
    this.urls = new Map();
    let at = 4 + new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
    const lengths = JSON.parse(new TextDecoder().decode(bytes.subarray(4, at)));
    for (const [id, length] of lengths) {
      const blob = new Blob([bytes.subarray(at, at + length)], { type: "image/jpeg" });
      if (length) this.urls.set(id, URL.createObjectURL(blob));
      at += length;
    }
    this.show();
    for (const url of before.values()) URL.revokeObjectURL(url);
  }

  take(state) {
    this.state = state;
    this.show();
  }

  show() {
    const { list, state } = this;
    const focused = list.contains(list.getRootNode().activeElement) && list.getRootNode().activeElement.dataset.id;
    list.setAttribute("aria-label", state.label);
    list.replaceChildren(...state.tiles.map((tile) => this.makeTile(tile)));
    const find = (id) => [...list.children].find((tile) => tile.dataset.id === id);
    const first = find(focused) ?? find(state.chosen) ?? list.firstElementChild;
    if (!first) return;
    first.tabIndex = 0;
    if (focused) first.focus({ preventScroll: true });
  }

  makeTile({ id, title, badge, mine, note, pins }) {
    const tile = document.createElement("button");
    tile.type = "button";
    tile.className = "tile";
    tile.dataset.id = id;
    tile.title = title;
    tile.tabIndex = -1;
    tile.setAttribute("role", "option");
    tile.setAttribute("aria-selected", String(id === this.state.chosen));
    const picture = make("span", "picture");
    const url = this.urls.get(id);
    if (url) {
      const image = document.createElement("img");
      image.src = url;
      image.alt = "";
      image.decoding = "async";
      picture.append(image);
    }
    if (pins > 0) {
      const count = make("span", "pins", String(pins));
      count.prepend(makeSign(PIN));
      count.append(make("span", "spoken", pins === 1 ? " open remark" : " open remarks"));
      picture.append(count);
    }
    const words = make("span", "words");
    words.append(make("span", "title", title));
    const verdicts = make("span", "verdicts");
    if (BADGES[badge]) verdicts.append(makeBadge(badge));
    if (BADGES[mine] && mine !== badge) verdicts.append(make("span", "mine", `You: ${BADGES[mine][0].toLowerCase()}`));
    words.append(verdicts);
    if (note) words.append(make("span", "note", note));
    tile.append(picture, words);
    return tile;
  }

  pick(tile) {
    if (!tile) return;
    // Shown as chosen at once; Python confirms it with the next state.
    this.state = { ...this.state, chosen: tile.dataset.id };
    for (const other of this.list.children) {
      other.setAttribute("aria-selected", String(other === tile));
      other.tabIndex = other === tile ? 0 : -1;
    }
    this.send("picked", tile.dataset.id);
  }

  move(event) {
    const tiles = [...this.list.children];
    const at = tiles.indexOf(event.target.closest(".tile"));
    if (at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const columns = tiles.filter((tile) => tile.offsetTop === tiles[0].offsetTop).length;
    const to = {
      ArrowRight: at + 1,
      ArrowLeft: at - 1,
      ArrowDown: at + columns,
      ArrowUp: at - columns,
      Home: 0,
      End: tiles.length - 1,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    if (!tiles[to]) return;
    tiles[at].tabIndex = -1;
    tiles[to].tabIndex = 0;
    tiles[to].focus();
  }

  end() {
    this.ending.abort();
    for (const url of this.urls.values()) URL.revokeObjectURL(url);
  }
}

function make(tag, name, text = "") {
  const element = document.createElement(tag);
  element.className = name;
  element.textContent = text;
  return element;
}

function makeBadge(badge) {
  const [words, path] = BADGES[badge];
  const element = make("span", `badge ${badge}`, words);
  element.prepend(makeSign(path));
  return element;
}

function makeSign(path) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

const sheets = new WeakMap();

/** Called by Streamlit; the element stays the same between calls. */
export default function showSheet({ data, parentElement, setTriggerValue }) {
  const list = parentElement.querySelector(".sheet");
  let found = sheets.get(parentElement);
  if (found?.list !== list) {
    found?.end();
    found = new ContactSheet(list);
    sheets.set(parentElement, found);
  }
  found.update(data, leaving.guard(parentElement, setTriggerValue));
  return () => {
    sheets.get(parentElement)?.end();
    sheets.delete(parentElement);
  };
}

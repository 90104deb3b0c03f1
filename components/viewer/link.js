// What is looked at, in the page's address: layout, drawing, hidden classes, the part of the picture.
// Picture, model and confidence stand there already; a copied link names them all.

const WRITE_PAUSE_MS = 400;
const OWN_PARAMETERS = ["layout", "style", "opacity", "split", "patterns", "heat", "hide", "only", "colour", "view"];
const MOST_NAMES = 256;
let arrival = readArrival();

/** What the address says when the page is opened; later it only follows. */
function readArrival() {
  const query = new URLSearchParams(location.search);
  if (!OWN_PARAMETERS.some((name) => query.has(name))) return null;
  // Of several the last counts, as on the server.
  const last = (name) => query.getAll(name).at(-1) ?? null;
  const among = (name, values) => (values.includes(last(name)) ? { [name]: last(name) } : {});
  const whole = (name) => {
    const text = last(name);
    return /^\d{1,3}$/.test(text ?? "") && Number(text) <= 100 ? { [name]: Number(text) } : {};
  };
  const view = (last("view") ?? "").split(",").map(Number);
  return {
    look: {
      ...among("layout", [...LAYOUTS, "image"]),
      ...among("style", STYLES),
      ...whole("opacity"),
      ...whole("split"),
      ...(query.has("patterns") ? { patterns: last("patterns") === "1" } : {}),
      ...(query.has("heat") ? { heat: last("heat") === "1" } : {}),
    },
    hidden: query.getAll("hide").slice(0, MOST_NAMES),
    solo: last("only") || null,
    own: query.has("colour") ? new Map(query.getAll("colour").flatMap(readOwnColour)) : null,
    region: view.length === 4 && view.every(Number.isFinite) && view[2] > 0 && view[3] > 0 ? view : null,
    picture: last("picture"),
  };
}

/** "water:0072b2" as [["water", "#0072b2"]]; [] where it is no such thing. */
function readOwnColour(text) {
  const [, name, colour] = /^(.+):([0-9a-f]{6})$/i.exec(text) ?? [];
  return name ? [[name, `#${colour}`]] : [];
}

/** What is worth an address, as [name, value] pairs; what is as at first is left out. */
function describeState({ look, hidden, solo, own, view }) {
  const pairs = [];
  const differs = (name) => look[name] !== FIRST_LOOK[name];
  if (differs("layout")) pairs.push(["layout", look.layout]);
  if (differs("style")) pairs.push(["style", look.style]);
  if (differs("opacity")) pairs.push(["opacity", String(look.opacity)]);
  if (look.layout === "swipe" && differs("split")) pairs.push(["split", String(Math.round(look.split))]);
  if (look.patterns) pairs.push(["patterns", "1"]);
  if (look.heat) pairs.push(["heat", "1"]);
  for (const name of hidden) pairs.push(["hide", name]);
  if (solo !== null) pairs.push(["only", solo]);
  for (const [name, colour] of own) pairs.push(["colour", `${name}:${colour.slice(1)}`]);
  if (view.known && !view.fitted) {
    const { x, y, w, h } = view.region;
    pairs.push(["view", [x, y, w, h].map((length) => Number(length.toFixed(1))).join(",")]);
  }
  return pairs;
}

class Link {
  /** @param {() => object} read gives the state for `describeState` */
  constructor(read, signal) {
    this.read = read;
    this.timer = 0;
    // Python's own writing of the address may drop what it does not know of.
    const follow = () => this.writeSoon();
    globalThis.navigation?.addEventListener?.("currententrychange", follow, { signal });
    signal.addEventListener("abort", () => clearTimeout(this.timer));
  }

  /** Writes the address a little later; browsers refuse too many changes in a short time. */
  writeSoon() {
    this.timer ||= setTimeout(() => {
      this.timer = 0;
      this.write();
    }, WRITE_PAUSE_MS);
  }

  write() {
    const state = this.read();
    if (!state) return;
    const url = new URL(location.href);
    for (const name of OWN_PARAMETERS) url.searchParams.delete(name);
    for (const [name, value] of describeState(state)) url.searchParams.append(name, value);
    // Commas are plain in a query, and shorter so.
    url.search = url.search.replaceAll("%2C", ",");
    if (url.href !== location.href) history.replaceState(history.state, "", url);
  }

  /**
   * The whole state as a link that can be sent on.
   *
   * @param {Record<string, string>} named picture, model and confidence.
   */
  make(named) {
    // Behind Streamlit Community Cloud the page is a frame; people know the address around it.
    let base = location;
    try {
      if (top.location.host === location.host) base = top.location;
    } catch {
      // Another host's frame keeps its address to itself.
    }
    const url = new URL(base.pathname, base.origin);
    for (const [name, value] of Object.entries(named)) url.searchParams.set(name, value);
    const state = this.read();
    for (const [name, value] of state ? describeState(state) : []) url.searchParams.append(name, value);
    return url.href.replaceAll("%2C", ",");
  }
}

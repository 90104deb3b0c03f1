// Loads a page anew that Streamlit's client cannot mend: its app is gone or empty, it threw, or the desk
// came back and the page did not. It lives on the window, so that it outlives what put it there.
//
// Picture, project and zoom stand in the page's address; how far it was scrolled is kept here. Whoever holds
// what was typed hears RELOADING on the window before.

const RELOADING = "mask-desk-reloading";
const MARK = "mask_desk_mended";
const PLACE = "mask_desk_place";
const LOOK_EVERY_MS = 1000;
// How long each of these may last, as it may pass by itself.
const PATIENCE_MS = { gone: 2000, empty: 6000, threw: 1000, lost: 6000, stuck: 8000, slow: 20_000 };
// A page that breaks again at once is not loaded in a circle, but after longer and longer pauses.
const PAUSE_MS = 60_000;
const WELL_MS = 10_000;
const RESTORE_MS = 10_000;
const STEADY_TIMES = 10;
// Streamlit's client on what it cannot show; React on having given up.
const BROKEN = /Bad delta path|Cannot set a node|'setIn' cannot be called|no anchor to set node|ForwardMsg|Bad message format/;
const UNFETCHED = /dynamically imported module|Importing a module script failed/;

class Watchdog {
  constructor() {
    this.hasThrown = false;
    /** Since when the desk is back, until the page is again as it should be. */
    this.backSince = null;
    this.arrivedAt = -Infinity;
    this.trouble = null;
    this.troubledSince = 0;
    this.wellSince = Infinity;
    this.isMending = false;
    this.arrivals = new MutationObserver(() => (this.arrivedAt = performance.now()));
    addEventListener("error", ({ message, error }) => this.hear(error?.message ?? message));
    addEventListener("unhandledrejection", ({ reason }) => this.hear(reason?.message ?? reason));
    setInterval(() => this.look(), LOOK_EVERY_MS);
    /** How far which page is scrolled; a page that is being run anew may be short for a moment. */
    this.place = JSON.parse(recall(PLACE) ?? "{}");
    forget(PLACE);
    addEventListener("scroll", ({ target }) => this.notePlace(target), { capture: true, passive: true });
    this.returnToPlace();
  }

  notePlace(scrolled) {
    if (scrolled?.dataset?.testid === "stMain" && !leaving.isWhole)
      this.place = { path: location.pathname, top: scrolled.scrollTop };
  }

  hear(message) {
    const text = String(message);
    if (BROKEN.test(text) || UNFETCHED.test(text)) this.hasThrown = true;
  }

  look() {
    if (this.isMending) return;
    const now = performance.now();
    const app = leaving.findApp();
    if (app && leaving.isAway) {
      // Streamlit looks for the desk by itself.
      Object.assign(this, { backSince: null, trouble: null, wellSince: Infinity });
      return;
    }
    if (leaving.wasAway && this.backSince === null) {
      this.backSince = this.arrivedAt = now;
      const main = document.querySelector('[data-testid="stMain"]');
      if (main) this.arrivals.observe(main, { childList: true, subtree: true });
    }
    const trouble = this.find(app, now);
    if (trouble !== this.trouble) Object.assign(this, { trouble, troubledSince: now });
    if (trouble) {
      this.wellSince = Infinity;
      if (now - this.troubledSince >= PATIENCE_MS[trouble]) this.mend();
      return;
    }
    this.notePlace(document.querySelector('[data-testid="stMain"]'));
    this.wellSince = Math.min(this.wellSince, now);
    if (now - this.wellSince > WELL_MS) forget(MARK);
  }

  /** @returns {keyof PATIENCE_MS | null} what is wrong with the page. */
  find(app, now) {
    if (!app) return "gone";
    if (this.hasThrown || BROKEN.test(document.querySelector('[data-testid="stDialog"]')?.textContent ?? "")) return "threw";
    const isRunning = app.getAttribute("data-test-script-state") === "running";
    // A process that has just begun has much to read before it shows anything.
    if (leaving.wasAway) return isRunning ? "slow" : "lost";
    if (this.backSince !== null) {
      // A run may well take longer, but something of it comes.
      if (isRunning && now - this.arrivedAt > LOOK_EVERY_MS) return "stuck";
      if (!isRunning) {
        this.backSince = null;
        this.arrivals.disconnect();
        this.returnToPlace();
      }
    }
    const isEmpty = !app.querySelector('[data-testid="stMainBlockContainer"] [data-testid="stElementContainer"]');
    return isEmpty && !isRunning ? "empty" : null;
  }

  /** Loads the page anew as soon as its desk answers, but not twice in a row. */
  async mend() {
    const { at, times } = JSON.parse(recall(MARK) ?? '{"at": 0, "times": 0}');
    if (Date.now() - at < PAUSE_MS * times ** 2) return;
    this.isMending = true;
    while (!(await answers())) await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    keep(MARK, JSON.stringify({ at: Date.now(), times: times + 1 }));
    keep(PLACE, JSON.stringify(this.place));
    dispatchEvent(new CustomEvent(RELOADING));
    location.reload();
  }

  /** Scrolls to where the page was, as soon as it is long enough, unless somebody scrolls by themselves. */
  returnToPlace() {
    const { path, top } = this.place;
    if (path !== location.pathname || !top) return;
    const ending = new AbortController();
    const ends = performance.now() + RESTORE_MS;
    let times = 0;
    const timer = setInterval(() => {
      const main = document.querySelector('[data-testid="stMain"]');
      const isThere = Math.abs((main?.scrollTop ?? 0) - top) < 1;
      if (!isThere && main && main.scrollHeight - main.clientHeight >= top) main.scrollTop = top;
      // What is above may still come, or go.
      times = isThere ? times + 1 : 0;
      if (times > STEADY_TIMES || ending.signal.aborted || performance.now() > ends) {
        clearInterval(timer);
        ending.abort();
      }
    }, 100);
    for (const type of ["wheel", "pointerdown", "touchstart"])
      addEventListener(type, () => ending.abort(), { signal: ending.signal, capture: true });
  }
}

/** Whether the desk of this page answers; its address is that of the page without the page's name, or with it. */
async function answers() {
  const here = location.pathname.replace(/\/$/, "");
  for (const base of new Set([here.replace(/\/[^/]*$/, ""), here])) {
    try {
      const answer = await fetch(`${base}/_stcore/health`, { cache: "no-store" });
      if (answer.ok && (await answer.text()).trim() === "ok") return true;
    } catch {
      // Not yet.
    }
  }
  return false;
}

function recall(name) {
  try {
    return sessionStorage.getItem(name);
  } catch {
    return null;
  }
}

function keep(name, value) {
  try {
    sessionStorage.setItem(name, value);
  } catch {
    // A tab without such a storage.
  }
}

function forget(name) {
  try {
    sessionStorage.removeItem(name);
  } catch {
    // As above.
  }
}

const watchdog = (globalThis[Symbol.for("mask-desk.watchdog")] ??= new Watchdog());

let ending = null;

/** Called by Streamlit; what tells of runs is heard for as long as this is on the page. */
export default function keepWatch({ parentElement }) {
  const host = parentElement.getRootNode().host ?? parentElement;
  host.closest('[data-testid="stElementContainer"]')?.style.setProperty("display", "none");
  ending?.abort();
  ending = new AbortController();
  parts.watch("run", () => leaving.beginWhole(), ending.signal);
  return () => ending.abort();
}

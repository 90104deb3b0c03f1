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
// Streamlit's client on what it cannot show; React on having given up.
const BROKEN = /Bad delta path|Cannot set a node|'setIn' cannot be called|no anchor to set node|ForwardMsg|Bad message format/;
const UNFETCHED = /dynamically imported module|Importing a module script failed/;

class Watchdog {
  constructor() {
    this.hasThrown = false;
    this.wasAway = false;
    this.backSince = Infinity;
    this.arrivedAt = -Infinity;
    this.trouble = null;
    this.troubledSince = 0;
    this.wellSince = Infinity;
    this.isMending = false;
    this.arrivals = new MutationObserver(() => (this.arrivedAt = performance.now()));
    addEventListener("error", ({ message, error }) => this.hear(error?.message ?? message));
    addEventListener("unhandledrejection", ({ reason }) => this.hear(reason?.message ?? reason));
    setInterval(() => this.look(), LOOK_EVERY_MS);
    this.returnToPlace();
  }

  hear(message) {
    const text = String(message);
    if (BROKEN.test(text) || UNFETCHED.test(text)) this.hasThrown = true;
  }

  /** A run of the whole page has begun to come. */
  beginRun() {
    this.hasRun = true;
    leaving.beginWhole();
  }

  look() {
    if (this.isMending) return;
    const now = performance.now();
    const app = document.querySelector('[data-testid="stApp"]');
    if (app && app.getAttribute("data-test-connection-state") !== "CONNECTED") {
      // Streamlit looks for the desk by itself.
      Object.assign(this, { wasAway: true, hasRun: false, backSince: Infinity, trouble: null, wellSince: Infinity });
      return;
    }
    if (this.wasAway && this.backSince === Infinity) {
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
    this.wellSince = Math.min(this.wellSince, now);
    if (now - this.wellSince > WELL_MS) forget(MARK);
  }

  /** @returns {keyof PATIENCE_MS | null} what is wrong with the page. */
  find(app, now) {
    if (!app) return "gone";
    if (this.hasThrown || BROKEN.test(document.querySelector('[data-testid="stDialog"]')?.textContent ?? "")) return "threw";
    const isRunning = app.getAttribute("data-test-script-state") === "running";
    if (this.wasAway) {
      // A process that has just begun has much to read before it shows anything.
      if (!this.hasRun) return isRunning ? "slow" : "lost";
      // A run may well take longer, but something of it comes.
      if (isRunning && now - this.arrivedAt > LOOK_EVERY_MS) return "stuck";
      if (!isRunning) {
        Object.assign(this, { wasAway: false, backSince: Infinity });
        this.arrivals.disconnect();
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
    const top = document.querySelector('[data-testid="stMain"]')?.scrollTop ?? this.top ?? 0;
    keep(PLACE, JSON.stringify({ path: location.pathname, top }));
    dispatchEvent(new CustomEvent(RELOADING));
    location.reload();
  }

  /** Scrolls to where the page was before it was loaded anew, unless somebody scrolls by themselves. */
  returnToPlace() {
    addEventListener("scroll", ({ target }) => target.dataset?.testid === "stMain" && (this.top = target.scrollTop), true);
    const { path, top } = JSON.parse(recall(PLACE) ?? "{}");
    forget(PLACE);
    if (path !== location.pathname || !top) return;
    const ends = performance.now() + RESTORE_MS;
    const ending = new AbortController();
    const timer = setInterval(() => {
      const main = document.querySelector('[data-testid="stMain"]');
      const isThere = main && main.scrollHeight - main.clientHeight >= top;
      if (isThere) main.scrollTop = top;
      if (isThere || ending.signal.aborted || performance.now() > ends) {
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
  parts.watch("run", () => watchdog.beginRun(), ending.signal);
  return () => ending.abort();
}

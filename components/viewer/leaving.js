// Two moments in which nothing is to be sent, since what a component sends would break the page.
//
// A page that is being left stays on screen until the next one begins to come. What a component sends in
// that moment names the page it stands on: Streamlit 1.67 then takes the browser back to it, where its
// fragment is gone already, and shows nothing at all.
// Source: `AppSession.request_rerun`, which asks too early whether there is such a fragment.
//
// A page that is being run as a whole: just loaded, or anew by a desk that was restarted. A fragment that
// hears something in the moment in which that run ends has the rest of it thrown away, is then written where
// nothing is, and Streamlit's client throws: a white page. Also, a new process does not know a fragment yet.
// Source: the same, and `AppSession._handle_scriptrunner_event_on_event_loop`; tests/browser/test_streamlit_restart.py.

const LONGEST_MS = 10_000;
// A run that takes this long is taken for one that will not come to an end; a new process begins slowly.
const LONGEST_WHOLE_MS = 15_000;
const LONGEST_BEGINNING_MS = 60_000;
// Where a page leads to another one, Streamlit pauses between the runs of the two.
const CALM_MS = 120;
const LOOK_MS = 40;
const CONNECTION = "data-test-connection-state";
const SCRIPT = "data-test-script-state";
const LINKS = ["stTopNavLink", "stSidebarNavLink", "stPageLink-NavLink", "stLogoLink"].map((id) => `[data-testid="${id}"]`).join();

/** The last part of a path is the page's name. */
const findPage = (path) => path.replace(/\/+$/, "").split("/").at(-1);

class Leaving {
  constructor() {
    this.since = -Infinity;
    this.page = "";
    this.births = new WeakMap();
    this.waiting = new WeakMap();
    this.sentLate = -Infinity;
    this.app = null;
    /** Since when the page is run as a whole; null where it is not. */
    this.wholeSince = performance.now();
    /** Since when nothing runs. */
    this.calmSince = Infinity;
    this.isAway = false;
    /** Whether Python tells of runs of the whole page. */
    this.isTold = false;
    /** Whether the desk was away, and no run of the whole page has begun to come since. */
    this.wasAway = false;
    this.states = new MutationObserver(() => this.note());
    this.findApp();
    // Before Streamlit hears of it.
    addEventListener("click", (event) => this.hear(event), true);
    addEventListener("popstate", () => this.begin(location.pathname), true);
  }

  hear(event) {
    const isElsewhere = event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
    const link = isElsewhere ? null : event.composedPath().find((place) => place.matches?.(LINKS));
    // The name in the bar is a button, and leads to the first page.
    if (link) this.begin(link.href ? new URL(link.href).pathname : "/");
  }

  begin(path) {
    this.since = performance.now();
    this.page = findPage(path);
  }

  /** Streamlit's app, whose attributes say how its connection and its script are. */
  findApp() {
    const app = document.querySelector('[data-testid="stApp"]');
    if (app === this.app) return app;
    this.app = app;
    this.states.disconnect();
    if (app) {
      this.states.observe(app, { attributeFilter: [CONNECTION, SCRIPT] });
      this.note();
    }
    return app;
  }

  note() {
    const now = performance.now();
    const isAway = (this.app.getAttribute(CONNECTION) ?? "CONNECTED") !== "CONNECTED";
    if (isAway !== this.isAway) {
      this.isAway = isAway;
      this.wasAway = this.isTold;
      this.wholeSince = now;
    }
    const isCalm = !/^(running|rerunRequested|initial)$/.test(this.app.getAttribute(SCRIPT) ?? "");
    this.calmSince = isCalm ? Math.min(this.calmSince, now) : Infinity;
  }

  /** Python tells this early in each run of the whole page. */
  beginWhole() {
    this.isTold = true;
    this.wasAway = false;
    this.wholeSince = performance.now();
    this.calmSince = Infinity;
    if (this.findApp()) this.note();
  }

  /** Whether the page is being run as a whole, or is going to be. */
  get isWhole() {
    if (this.wholeSince === null) return false;
    const now = performance.now();
    const app = this.findApp();
    if (app && this.isAway) return true;
    const longest = this.wasAway ? LONGEST_BEGINNING_MS : LONGEST_WHOLE_MS;
    const isOver = !this.wasAway && now - this.calmSince >= CALM_MS;
    if (!app || isOver || now - this.wholeSince > longest) this.wholeSince = null;
    return this.wholeSince !== null;
  }

  /**
   * What sends for a component, but not in a moment in which nothing is to be sent. What was held is sent
   * late, the newest of each name, as Streamlit has it too; not where the component is gone by then.
   *
   * @param {Element} element of the component; the same for as long as it is on the page.
   * @param {(name: string, value: any) => void} send
   */
  guard(element, send) {
    const birth = this.births.get(element) ?? { at: performance.now(), page: findPage(location.pathname) };
    this.births.set(element, birth);
    const waiting = this.waiting.get(element) ?? new Map();
    this.waiting.set(element, waiting);
    const attempt = (name, value, isLate) => {
      clearTimeout(waiting.get(name));
      waiting.delete(name);
      const now = performance.now();
      const isLeft = this.since >= birth.at && this.page !== birth.page;
      // One after the other: of what is sent at one moment Streamlit runs one fragment only.
      const isCrowded = isLate && now - this.sentLate < LOOK_MS;
      const rest = Math.max(isLeft ? this.since + LONGEST_MS - now : 0, this.isWhole || isCrowded ? LOOK_MS : 0);
      if (rest > 0) {
        waiting.set(
          name,
          setTimeout(() => element.isConnected && attempt(name, value, true), rest),
        );
        return;
      }
      if (isLate) this.sentLate = now;
      send(name, value);
    };
    return (name, value) => attempt(name, value, false);
  }
}

const leaving = (globalThis[Symbol.for("mask-desk.leaving")] ??= new Leaving());

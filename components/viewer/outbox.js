// What somebody decided or remarked, until the desk has it. There is one outbox a page, whatever page of
// the desk it is: it keeps events in the browser before they are sent, and sends them in their order, as
// often as it takes. A desk that was killed, a database or network that is away, a reload or a closed
// browser lose nothing.

const RESEND_MS = 3000;
// A run that takes this long is taken for one that will not come to an end.
const LONGEST_RUN_MS = 15_000;
const LONGEST_POST_MS = 20_000;
const ROUTE_CLOSED_MS = 60_000;
const TICK_MS = 500;
const BATCH = 20;
const TOKEN_HEADER = "X-Mask-Desk-Page";

/** Whether a key in a field of several lines says that one is done: Enter, as in a chat; with Shift it is a
 * new line, and on a screen's keyboard, which has no Shift of that kind, always. */
function isDoneKey(event) {
  if (event.key !== "Enter" || event.altKey || event.isComposing) return false;
  return event.ctrlKey || event.metaKey || !(event.shiftKey || matchMedia("(pointer: coarse)").matches);
}

/** 32 hex digits that nobody else has. */
function makeId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Text without halves of split characters, which cannot be written down anywhere. */
function makeWhole(text) {
  return text.replace(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, "");
}

/** What Streamlit says of its connection and of the script. */
function readApp() {
  const app = document.querySelector('[data-testid="stApp"]');
  const connection = app?.getAttribute("data-test-connection-state");
  return {
    isConnected: !connection || connection === "CONNECTED",
    isRunning: app?.getAttribute("data-test-script-state") === "running",
  };
}

class Outbox extends EventTarget {
  constructor() {
    super();
    this.held = new Map();
    this.isLoaded = false;
    this.owner = "";
    this.token = "";
    this.tell = null;
    this.sent = { ids: "", at: -Infinity };
    this.routeClosedUntil = -Infinity;
    /** Why nothing arrives just now: "", "network", "desk", or the desk's own sentence. */
    this.away = "";
    this.gone = [];
    /** Ids of what was put here before it was known who is at the page. */
    this.unowned = [];
    /** Stored lately; what shows them may not know it yet. */
    this.recent = [];
    this.storage = new OutboxStorage();
    this.loaded = this.load();
    try {
      this.channel = new BroadcastChannel(`${OUTBOX_DATABASE}-outbox ${findBase()}`);
      this.channel.onmessage = () => this.load();
    } catch {
      this.channel = null;
    }
    setInterval(() => this.pump(), TICK_MS);
    for (const type of ["online", "offline", "focus"]) addEventListener(type, () => this.onNetwork());
  }

  /** Takes up what was left unsent in this browser, or what another tab has put there. */
  async load() {
    const found = await this.storage.load();
    const known = new Set(found.map(({ id }) => id));
    for (const event of found) {
      const isEvent = /^[0-9a-f]{32}$/.test(event?.id) && typeof event.kind === "string";
      if (isEvent && !this.gone.includes(event.id) && !this.held.has(event.id)) this.held.set(event.id, { ...event, isKept: true });
    }
    // Another tab has sent it.
    for (const [id, event] of this.held) if (event.isKept && !known.has(id)) this.held.delete(id);
    this.isLoaded = true;
    this.change();
    this.pump();
  }

  /** Whoever is at the page, and how to send for them. */
  connect({ owner, token, tell }) {
    if (token !== this.token) this.routeClosedUntil = -Infinity;
    const isOther = owner !== this.owner || this.tell === null;
    Object.assign(this, { owner, token, tell });
    if (isOther) {
      this.adopt();
      this.change();
    }
    this.pump();
  }

  /** What was put here before it was known who is at the page is theirs. */
  adopt() {
    if (!this.owner) return;
    for (const id of this.unowned.splice(0)) {
      const event = this.held.get(id);
      if (!event) continue;
      event.owner = this.owner;
      const { isKept, isTried, ...whole } = event;
      this.storage.add(whole);
    }
  }

  /** Events of whoever is at the page, the oldest first. */
  get events() {
    return [...this.held.values()].filter((event) => event.owner === this.owner);
  }

  /** How many of them there are, as an attribute says it: "" while it is not known that there are none. */
  get unsaved() {
    const { length } = this.events;
    return length || (this.isLoaded && this.tell) ? String(length) : "";
  }

  /** Keeps an event and sends it after those before it. */
  put(event) {
    const order = Math.max(Date.now(), ...[...this.held.values()].map((each) => each.order + 1));
    const whole = { ...event, owner: this.owner, order };
    this.held.set(whole.id, { ...whole, isKept: false });
    if (!whole.owner) this.unowned.push(whole.id);
    this.storage.add(whole).then(() => {
      const held = this.held.get(whole.id);
      if (held) held.isKept = true;
      this.channel?.postMessage("");
      this.change();
    });
    this.change();
    this.pump();
  }

  /**
   * Takes an event back that nobody has heard of yet.
   *
   * @returns {boolean} whether it was one.
   */
  takeBack(id) {
    const event = this.held.get(id);
    if (!event || event.isTried) return false;
    this.drop([id]);
    this.change();
    return true;
  }

  drop(ids) {
    for (const id of ids) this.held.delete(id);
    this.gone = [...this.gone, ...ids].slice(-500);
    this.storage.remove(ids).then(() => this.channel?.postMessage(""));
  }

  /**
   * Lets go of what the desk has decided about.
   *
   * @param {{saved: string[], refused: Record<string, string>, told: [string, string][], away: string}} reply
   */
  settle({ saved, refused, told, away }) {
    const events = [...this.held.values()];
    const stored = events.filter(({ id }) => saved.includes(id));
    const lost = events.filter(({ id }) => Object.hasOwn(refused, id));
    this.away = away;
    if (stored.length || lost.length) {
      this.recent = [...this.recent, ...stored].slice(-50);
      this.drop([...stored, ...lost].map(({ id }) => id));
      this.sent = { ids: "", at: -Infinity };
    }
    for (const event of stored) {
      const sentence = told.find(([id]) => id === event.id)?.[1];
      this.dispatchEvent(new CustomEvent("saved", { detail: { event } }));
      if (sentence) this.announce("told", event, sentence);
    }
    for (const event of lost) this.announce("refused", event, refused[event.id]);
    this.change();
    if (stored.length || lost.length) this.pump();
  }

  /** Whoever shows it says so by `preventDefault`; else it is said where the outbox itself is. */
  announce(type, event, sentence) {
    const notice = new CustomEvent(type, { detail: { event, sentence }, cancelable: true });
    if (this.dispatchEvent(notice)) this.dispatchEvent(new CustomEvent("unheard", { detail: { type, event, sentence } }));
  }

  change() {
    this.dispatchEvent(new Event("change"));
  }

  onNetwork() {
    this.sent = { ids: "", at: -Infinity };
    if (this.away === "network" && navigator.onLine) this.away = "";
    this.change();
    this.pump();
  }

  /** Sends the oldest events, where they were not sent yet or long enough ago. */
  async pump() {
    if (this.isPosting || !this.isLoaded || !this.owner) return;
    const events = this.events.slice(0, BATCH);
    if (!events.length) return;
    if (leaving.isWhole) {
      // Whatever was under way is lost. A page that a new process has not run yet has no token that it knows.
      this.sent = { ids: "", at: -Infinity };
      if (!readApp().isConnected) this.note(navigator.onLine ? "desk" : "network");
      return;
    }
    const isOpen = this.token && performance.now() > this.routeClosedUntil;
    const ids = events.map(({ id }) => id).join();
    const waited = performance.now() - this.sent.at;
    if (isOpen) {
      // Once it did not arrive, it is not tried at every tick.
      if (this.away && waited < RESEND_MS / 2) return;
      this.sent = { ids, at: performance.now() };
      await this.post(events);
      return;
    }
    const { isRunning } = readApp();
    // Sent into a run it would break that run off, and nothing would ever be shown.
    if (this.sent.ids === ids && waited < (isRunning ? LONGEST_RUN_MS : RESEND_MS)) return;
    sender.request("events", () => this.sendThroughPage());
  }

  sendThroughPage() {
    const events = this.events.slice(0, BATCH);
    if (!events.length || !this.tell) return false;
    this.note(["network", "desk"].includes(this.away) ? "" : this.away);
    this.sent = { ids: events.map(({ id }) => id).join(), at: performance.now() };
    this.markTried(events);
    this.tell("events", { owner: this.owner, events: events.map(strip) });
    return true;
  }

  markTried(events) {
    for (const event of events) event.isTried = true;
  }

  async post(events) {
    this.isPosting = true;
    this.markTried(events);
    let reply = null;
    try {
      reply = await this.askRoute(events);
    } catch {
      this.note(navigator.onLine ? "desk" : "network");
    } finally {
      this.isPosting = false;
    }
    if (reply) this.settle(reply);
    else if (performance.now() < this.routeClosedUntil) this.pump();
  }

  /** What the desk's own route says; null where it is closed to this page. */
  async askRoute(events) {
    const response = await fetch(`${findBase()}desk/outbox`, {
      method: "POST",
      headers: { "Content-Type": "application/json", [TOKEN_HEADER]: this.token },
      body: JSON.stringify({ owner: this.owner, events: events.map(strip) }),
      credentials: "same-origin",
      cache: "no-store",
      redirect: "error",
      signal: AbortSignal.timeout(LONGEST_POST_MS),
    });
    // A desk that is starting, or the proxy before it, says so for a while.
    if (response.status >= 500 || response.status === 429) throw new Error(String(response.status));
    const reply = response.ok ? await response.json().catch(() => null) : null;
    if (Array.isArray(reply?.saved)) return reply;
    this.routeClosedUntil = performance.now() + ROUTE_CLOSED_MS;
    return null;
  }

  note(away) {
    if (away === this.away) return;
    this.away = away;
    this.change();
  }
}

/** An event as it is sent. */
function strip({ owner, order, isKept, isTried, ...event }) {
  return event;
}

/**
 * What waits in this browser, in a sentence.
 *
 * @param {boolean} isSlow whether it has waited long enough to be worth a word.
 */
function describeWaiting(outbox, isSlow) {
  const events = outbox.events;
  if (!events.length) return "";
  const remarks = events.filter(({ kind }) => kind !== "decide" && kind !== "undo").length;
  const count = (number, noun) => (number ? [`${number} ${noun}${number === 1 ? "" : "s"}`] : []);
  const what = [...count(events.length - remarks, "decision"), ...count(remarks, "remark")].join(" and ");
  const isOne = events.length === 1;
  const wait = `${what} ${isOne ? "waits in this browser and is" : "wait in this browser and are"} sent when it is back.`;
  if (outbox.away === "network") return `The network is away; ${wait}`;
  if (outbox.away === "desk") return isSlow ? `The desk cannot be reached; ${wait}` : "";
  if (outbox.away) return `${outbox.away} ${what} ${isOne ? "waits" : "wait"} in this browser.`;
  return isSlow ? `Saving ${what}…` : "";
}

const outbox = (globalThis[Symbol.for("mask-desk.outbox")] ??= new Outbox());

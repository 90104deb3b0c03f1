// What somebody did and Python has not stored yet. It is kept in the browser's storage before it is
// sent, and sent again until Python names it among what is saved or refused: a desk that was killed, a
// database that is away, a reload or a closed browser lose nothing.

const RESEND_MS = 3000;
// A run that takes this long is taken for one that will not come to an end.
const LONGEST_RUN_MS = 15_000;

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

/** Text without halves of split signs, which cannot be written down anywhere. */
function makeWhole(text) {
  return text.replace(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, "");
}

class Outbox {
  /**
   * @param {string} kind the first part of the name in the browser's storage.
   * @param {(event: object) => void} send called with an event as often as it has to be sent.
   */
  constructor(kind, send) {
    this.kind = kind;
    this.send = send;
    this.name = null;
    this.held = new Map();
    this.tried = new Set();
    this.sent = { id: "", at: -Infinity };
    /** Whether an event may be sent again now. */
    this.isDue = () => true;
    this.timer = setInterval(() => this.pump(), 500);
  }

  /** Takes up what this owner left unsaved in this browser. */
  open(owner) {
    const name = `${this.kind}:${owner}`;
    if (name === this.name) return;
    this.name = name;
    this.held = new Map(this.load().map((event) => [event.id, event]));
    this.sent = { id: "", at: -Infinity };
  }

  /** Unsaved events, the oldest first. */
  get events() {
    return [...this.held.values()];
  }

  /** Keeps an event, then sends it as soon as those before it are saved. */
  put(event) {
    this.held.set(event.id, event);
    this.store();
    this.pump();
  }

  /**
   * Lets go of what Python has decided about.
   *
   * @param {string[]} saved ids.
   * @param {Record<string, string>} refused sentences by id.
   * @returns {{saved: object[], refused: {event: object, sentence: string}[]}} what was let go of.
   */
  settle(saved, refused) {
    const gone = { saved: [], refused: [] };
    // Another tab may have put something there since.
    for (const event of this.load()) if (!this.held.has(event.id)) this.held.set(event.id, event);
    for (const event of this.events) {
      if (saved.includes(event.id)) gone.saved.push(event);
      else if (Object.hasOwn(refused, event.id)) gone.refused.push({ event, sentence: refused[event.id] });
      else continue;
      this.held.delete(event.id);
      this.gone = [...(this.gone ?? []), event.id].slice(-200);
    }
    if (gone.saved.length || gone.refused.length) this.store();
    this.pump();
    return gone;
  }

  /** Sends the oldest event where it was not sent yet, or long enough ago. One at a time: their order matters. */
  pump() {
    const event = this.events.find((each) => !this.tried.has(each.id) || this.isDue(each));
    if (!event) return;
    const app = document.querySelector('[data-testid="stApp"]');
    const connection = app?.getAttribute("data-test-connection-state");
    if (connection && connection !== "CONNECTED") {
      // Whatever was under way is lost: it goes again at once when the desk is back.
      this.sent = { id: "", at: -Infinity };
      return;
    }
    const waited = performance.now() - this.sent.at;
    if (this.sent.id === event.id) {
      // Sent into a run it would break that run off, and nothing would ever be shown.
      const isRunning = app?.getAttribute("data-test-script-state") === "running";
      if (waited < (isRunning ? LONGEST_RUN_MS : RESEND_MS)) return;
    }
    this.sent = { id: event.id, at: performance.now() };
    this.tried.add(event.id);
    this.send(event);
  }

  load() {
    try {
      const found = JSON.parse(localStorage.getItem(this.name) ?? "[]");
      const isEvent = (event) => /^[0-9a-f]{32}$/.test(event?.id) && typeof event.kind === "string";
      return found.filter((event) => isEvent(event) && !this.gone?.includes(event.id));
    } catch {
      return [];
    }
  }

  store() {
    try {
      // Other tabs share the storage; what they wait for stays in it.
      const kept = new Map([...this.load(), ...this.events].map((event) => [event.id, event]));
      if (kept.size) localStorage.setItem(this.name, JSON.stringify([...kept.values()]));
      else localStorage.removeItem(this.name);
    } catch {
      // Storage may be switched off or full; the page itself still keeps and sends it.
    }
  }

  end() {
    clearInterval(this.timer);
  }
}

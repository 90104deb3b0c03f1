// Which picture is under review. The browser goes on by itself, from one card that was supplied to the
// next, and tells Python where it is; Python's own word counts once it has heard of the last move.

const UNTOLD_MS = 3000;
// Decisions go first, so that what Python counts then holds them; but not for long.
const DECISIONS_FIRST_MS = 400;
const LONGEST_TRAIL = 500;
// Pictures to have ready; whoever takes less than this for each gets more of them.
const AHEAD = { usual: 6, quick: 10 };
const QUICK_MS = 1200;
const PACE_OF = 4;
const QUEUE_SLOTS = 16;

const encodeJson = (value) => new TextEncoder().encode(JSON.stringify(value));
const decodeJson = (bytes) => JSON.parse(new TextDecoder().decode(bytes));

const queueMemory = (globalThis[Symbol.for("mask-desk.review-queues")] ??= new Map());

const readItem = () => new URLSearchParams(location.search).get("item");

class ReviewQueue {
  /**
   * @param {string} key of the bar.
   * @param {string} viewer key of its viewer.
   * @param {{change: (isOther: boolean) => void, tell: (move: object) => void}} acts `change` is called when
   *   something else is to be shown, `tell` sends a move to Python.
   */
  constructor(key, viewer, acts) {
    this.key = key;
    this.viewer = viewer;
    this.acts = acts;
    this.line = `line:${key}`;
    /** Owners of what this hands to viewer and line. */
    this.owners = { header: {}, next: {}, line: {} };
    /** What Python said last, whether or not it counts. */
    this.state = null;
    this.seq = 0;
    this.told = { seq: 0, at: -Infinity };
    /** Cards that slots hold, by slot. */
    this.cards = new Map();
    this.subject = "";
    this.card = null;
    /** Whether a picture is on its way that nobody can show yet. */
    this.isLoading = true;
    this.next = [];
    this.trail = [];
    this.at = -1;
    this.move = null;
    /** Decisions of this page that can be taken back, the newest last. */
    this.decisions = [];
    this.undone = new Set();
    this.before = queueMemory.get(key);
    queueMemory.delete(key);
  }

  /**
   * Streamlit may put the bar on the page anew, after a restart of the desk or a visit to another page: what
   * was decided can still be undone, and a move that Python has not heard of is told now.
   */
  recall(state) {
    const known = this.before;
    this.before = null;
    if (known?.queue.project !== state.project) return;
    const { seq, subject, next, trail, at, move, decisions, undone } = known.queue;
    Object.assign(this, { decisions, undone });
    const shown = state.card?.subject ?? "";
    const isBehind = known.item === readItem() || decisions.some((decision) => decision.subject === shown);
    if (seq > state.seq && isBehind) Object.assign(this, { seq, subject: "", next, trail, at, move, resumed: subject });
  }

  /** Takes up what is on the page already, and all that comes. */
  start(signal) {
    const { key, viewer } = this;
    for (let slot = 0; slot < QUEUE_SLOTS; slot++)
      parts.watch(`card:${viewer}:${slot}`, (bytes) => this.takeCard(slot, decodeJson(bytes)), signal);
    parts.watch(`bar:${key}`, (bytes) => this.takeState(decodeJson(bytes)), signal);
    const onOutbox = () => {
      this.passDecided();
      this.tellSoon();
    };
    outbox.addEventListener("change", onOutbox, { signal });
    outbox.addEventListener("saved", ({ detail }) => this.hearSaved(detail.event), { signal });
    signal.addEventListener("abort", () => this.end());
    this.timer = setInterval(() => this.tellSoon(), 500);
  }

  /** What Python says; the picture it names counts where it has heard of the last move. */
  takeState(state) {
    // Another project's queue begins anew, whatever was on screen before.
    const isFirst = this.project !== state.project;
    this.project = state.project;
    this.state = state;
    if (isFirst) {
      this.seq = state.seq;
      this.recall(state);
    }
    if (state.seq < this.seq) {
      if (this.resumed) {
        this.show(this.resumed, this.findCard(this.resumed));
        this.resumed = "";
      }
      // It lags behind, or was restarted: it is told where this is.
      this.move ??= { kind: "at", subject: this.subject, passing: false, is_back: false };
      this.tellSoon();
      this.acts.change(false);
      return;
    }
    this.seq = state.seq;
    this.move = null;
    this.next = [...state.next];
    this.isFresh ||= isFirst;
    this.show(state.card?.subject ?? "", state.card);
    this.passDecided();
  }

  /** After a reload: what was decided before it, and may not be sent yet, is not shown again. */
  passDecided() {
    if (!this.isFresh || !outbox.isLoaded || !outbox.owner) return;
    this.isFresh = false;
    if (this.subject && this.isDecided(this.subject)) this.advance();
  }

  takeCard(slot, card) {
    if (card) this.cards.set(slot, card);
    else this.cards.delete(slot);
    if (this.isLoading && card && card.subject === this.subject && this.subject) this.show(card.subject, card);
  }

  findCard(subject) {
    return [...this.cards.values()].findLast((card) => card.subject === subject && card.header) ?? null;
  }

  /** Whether a decision about a picture waits in the outbox. */
  isDecided(subject) {
    return outbox.events.some((event) => event.kind === "decide" && event.subject === subject);
  }

  /** Puts a card on screen; null where it is on its way, or where there is none. */
  show(subject, card) {
    const isOther = subject !== this.subject;
    this.subject = subject;
    this.card = card;
    this.isLoading = !card && (subject !== "" || this.move !== null);
    this.follow(subject);
    const { owners, viewer } = this;
    // Nothing of an old picture may stand there as if it were to be judged.
    if (card?.header || this.isLoading)
      parts.put(owners.header, `header:${viewer}`, encodeJson(card?.header ?? null));
    parts.put(owners.next, `next:${viewer}`, encodeJson(this.next));
    this.writeLine();
    // What Python shows beside the picture is about the one that it knows of.
    document.documentElement.toggleAttribute("data-desk-moved", subject !== (this.state?.card?.subject ?? ""));
    this.acts.change(isOther);
  }

  writeLine() {
    const { card } = this;
    parts.put(this.owners.line, this.line, encodeJson({ card, progress: this.state?.progress ?? null }));
  }

  /** Notes where this is on the way gone so far. */
  follow(subject) {
    if (!subject || this.trail[this.at] === subject) return;
    if (this.trail[this.at + 1] === subject) this.at++;
    else if (this.trail[this.at - 1] === subject) this.at--;
    else {
      this.trail = [...this.trail.slice(0, this.at + 1), subject].slice(-LONGEST_TRAIL);
      this.at = this.trail.length - 1;
    }
  }

  /**
   * Goes to a picture at once where its card is there; else it is waited for.
   *
   * @param {string} subject "" where Python has to say which.
   * @param {{passing?: boolean, isBack?: boolean}} how
   */
  go(subject, { passing = false, isBack = false } = {}) {
    this.isFresh = false;
    const passed = passing || (this.move?.passing ?? false);
    this.move = { kind: "at", subject, passing: passed, is_back: isBack };
    this.seq++;
    this.show(subject, subject ? this.findCard(subject) : null);
    this.writeAddress();
    this.tellSoon();
  }

  /** On to the picture that comes next. */
  advance(passing = false) {
    const at = this.next.findIndex((subject) => subject !== this.subject && !this.isDecided(subject));
    const subject = at < 0 ? "" : this.next[at];
    this.next = at < 0 ? [] : this.next.slice(at + 1);
    this.go(subject, { passing });
  }

  /** To the previous picture. */
  back() {
    const before = this.trail[this.at - 1];
    const { subject } = this;
    if (before) {
      if (subject) this.next = [subject, ...this.next.filter((each) => each !== subject)];
      this.go(before, { isBack: true });
      return;
    }
    this.seq++;
    this.move = { kind: "back" };
    this.show("", null);
    this.tellSoon();
  }

  get canGoBack() {
    return this.at > 0 || Boolean(this.state?.can_back);
  }

  /** Notes a decision about the picture on screen, for undo. */
  note(event) {
    this.decisions.push({ id: event.id, subject: event.subject, name: this.card?.name ?? "", move: event.move });
    this.paces = [...(this.paces ?? []), performance.now()].slice(-PACE_OF - 1);
  }

  /** Whether the last few pictures were decided one soon after the other. */
  get isQuick() {
    const paces = this.paces ?? [];
    return paces.length > PACE_OF && paces.at(-1) - paces[0] < PACE_OF * QUICK_MS;
  }

  /** The decision that an undo takes back; null where there is none. */
  get undoable() {
    const isThere = (decision) => decision && !this.undone.has(decision.id);
    const own = this.decisions.findLast(isThere);
    if (own) return own;
    // Decided before a reload, and not yet sent.
    const undoes = outbox.events.filter(({ kind }) => kind === "undo").map((event) => event.undoes);
    const waiting = outbox.events.findLast(
      ({ kind, id, project }) => kind === "decide" && project === this.state?.project && !undoes.includes(id) && !this.undone.has(id),
    );
    if (waiting) return waiting;
    const known = this.state?.undoable;
    return isThere(known) && !undoes.includes(known.id) ? known : null;
  }

  /** Takes back the newest decision, and goes to its picture. */
  undo() {
    const decision = this.undoable;
    if (!decision) return null;
    this.undone.add(decision.id);
    this.decisions = this.decisions.filter(({ id }) => id !== decision.id);
    const { subject } = this;
    if (!outbox.takeBack(decision.id))
      outbox.put({ kind: "undo", id: makeId(), project: this.state.project, undoes: decision.id, subject: decision.subject });
    if (subject && subject !== decision.subject) this.next = [subject, ...this.next.filter((each) => each !== subject)];
    this.go(decision.subject, { isBack: true });
    return decision;
  }

  /** The address names the picture on screen, for a reload and for the browser's own back button. */
  writeAddress() {
    if ((readItem() ?? "") === this.subject) return;
    const url = new URL(location.href);
    if (this.subject) url.searchParams.set("item", this.subject);
    else url.searchParams.delete("item");
    url.search = url.search.replaceAll("%2C", ",");
    history.pushState(history.state, "", url);
  }

  /** What is stored now is counted and shown by the page; where it was told before that, once more. */
  hearSaved({ kind, subject }) {
    const isShown = kind !== "decide" && kind !== "undo" && subject === this.subject;
    if (!isShown && !(this.told.waited && outbox.events.length === 0)) return;
    this.told.waited = false;
    this.move ??= { kind: "at", subject: this.subject, passing: false, is_back: false };
    this.seq++;
    this.tellSoon();
  }

  /** Tells Python of the last move, once what was decided before is on its way and the page is at rest. */
  tellSoon() {
    if (!this.move || !this.state || this.state.seq >= this.seq) return;
    const now = performance.now();
    if (this.told.seq === this.seq && now - this.told.at < UNTOLD_MS) return;
    this.movedAt = this.movedFor === this.seq ? this.movedAt : now;
    this.movedFor = this.seq;
    const waits = outbox.events.length > 0 && !outbox.away && now - this.movedAt < DECISIONS_FIRST_MS;
    if (waits) {
      clearTimeout(this.waiting);
      this.waiting = setTimeout(() => this.tellSoon(), DECISIONS_FIRST_MS - (now - this.movedAt) + 1);
      return;
    }
    sender.request("move", () => this.tellNow());
  }

  tellNow() {
    if (!this.move || this.state.seq >= this.seq) return false;
    this.told = { seq: this.seq, at: performance.now(), waited: outbox.events.length > 0 };
    const pending = outbox.events.filter(({ kind }) => kind === "decide").map(({ subject }) => subject);
    const ahead = this.isQuick ? AHEAD.quick : AHEAD.usual;
    this.acts.tell({ ...this.move, seq: this.seq, ahead, pending: [...new Set(pending)].slice(-200) });
    return true;
  }

  end() {
    queueMemory.set(this.key, { queue: this, item: readItem() });
    clearInterval(this.timer);
    clearTimeout(this.waiting);
    sender.withdraw("move");
    document.documentElement.removeAttribute("data-desk-moved");
    for (const owner of Object.values(this.owners)) parts.remove(owner);
  }
}

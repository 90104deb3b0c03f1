// The decision bar: verdicts within reach of a thumb or a key. A decision is in the browser's outbox, and
// the next picture on screen, before anybody else has heard of it.

const SLOW_AFTER_MS = 400;
const DOUBLE_CLICK_MS = 400;
const VERDICT_KEYS = { a: "approved", f: "needs_fix", x: "rejected", s: "skipped", u: "undo" };
const ARROWS = { arrowleft: "back", arrowright: "forward" };
const EXPLAINED = ["needs_fix", "rejected"];
const DONE = { approved: "Approved", needs_fix: "Needs fix", rejected: "Rejected", skipped: "Skipped" };
// By a key, only what can be seen is judged; a button is pressed by who looks.
const VERDICTS = ["approved", "needs_fix", "rejected"];
const NOT_SEEN = "The picture is still loading. That key did nothing; press it again when you see the picture.";
const NEXT_LOADING = "The next picture is loading. That key did nothing; press it again when you see the picture.";
const NOT_ALLOWED = "You may look, not decide";
const NOTHING_TO_UNDO = "There is nothing to undo";
const SHOWN_MS = 4000;
const NO_CARD = { answer: "", mine: "", classes: [], cut: false, header: null };
const NO_STATE = { may: false, can_forward: false, busy: "" };
// What moves something of its own with the arrows.
const ARROW_USERS =
  'input, select, [role="application"], [role="slider"], [role="listbox"], [role="grid"], [role="radiogroup"], ' +
  '[role="tablist"], [role="menu"], [role="tree"], [role="combobox"], [role="spinbutton"], [role="separator"]';

class DecisionBar {
  constructor(root, keys) {
    this.root = root;
    this.keys = keys;
    this.drafts = new Drafts("why");
    this.ending = new AbortController();
    const { signal } = this.ending;
    this.panel = new DecisionPanel(
      this.find(".panel"),
      (move, why) => this.decide(move, why),
      signal,
    );
    this.panel.onChange = () => this.keepDraft(true);
    this.panel.onCancel = () => this.keepDraft(false);
    this.panel.onClose = () => this.room.cover();
    this.buttons = new Map([...root.querySelectorAll("[data-do]")].map((button) => [button.dataset.do, button]));
    for (const [name, button] of this.buttons) {
      button.dataset.title = button.title;
      button.addEventListener("click", (event) => this.isMeant(event) && this.act(name), { signal });
    }
    // Before the viewer's own keys: its 1 means something else.
    document.addEventListener("keydown", (event) => this.onKey(event, true), { capture: true, signal });
    document.addEventListener("keydown", (event) => this.onKey(event, false), { signal });
    outbox.addEventListener("change", () => this.show(), { signal });
    outbox.addEventListener("refused", (event) => this.hear(event, "refusal"), { signal });
    outbox.addEventListener("told", (event) => this.hear(event, "notice"), { signal });
    this.room = new Room(root, signal);
    const [key, viewer] = keys.split(" ");
    const acts = { change: (isOther) => this.take(isOther), tell: (move) => this.tell?.("move", move) };
    this.queue = new ReviewQueue(key, viewer, acts);
    this.queue.start(signal);
  }

  find(selector) {
    return this.root.querySelector(selector);
  }

  /** What is known of the picture on screen. */
  get card() {
    return this.queue.card ?? NO_CARD;
  }

  get state() {
    return this.queue.state ?? NO_STATE;
  }

  get subject() {
    return this.queue.card ? this.queue.subject : "";
  }

  /** Another picture is on screen, or more is known of it. */
  take(isOther) {
    const { project } = this.state;
    const isElsewhere = this.project !== undefined && this.project !== project;
    this.project = project;
    // Whoever has chosen another project goes on by keys at once; the list would take them for letters.
    if (isElsewhere) document.activeElement?.closest(".st-key-choosing_project input")?.blur();
    if (isOther) {
      this.changedAt = performance.now();
      // Words that were typed stay with the picture they are about.
      this.panel.close();
      this.refusal = "";
      // Another picture is looked at from its top, wherever the last one was left.
      this.room.rise();
    }
    this.show();
  }

  /** After a reload: the sheet that was open is open again, with all that was in it. */
  resume() {
    if (this.isResumed || !this.subject || !outbox.owner) return;
    this.isResumed = true;
    const draft = this.drafts.get(this.subject);
    if (draft?.isOpen && EXPLAINED.includes(draft.move) && this.state.may) this.openPanel(draft.move);
  }

  keepDraft(isOpen) {
    if (this.panel.isOpen) this.drafts.set(this.subject, { ...this.panel.read(), move: this.panel.move, isOpen });
  }

  /** The desk says something about what was decided. */
  hear(notice, name) {
    const { event, sentence } = notice.detail;
    if (event.kind !== "decide" && event.kind !== "undo") return;
    notice.preventDefault();
    this[name] = sentence;
    this.show();
  }

  /** The unsaved decision about the picture on screen. */
  get pending() {
    return outbox.events.findLast((event) => event.kind === "decide" && event.subject === this.subject);
  }

  show() {
    const { state, pending, queue, subject } = this;
    const pressed = pending ? pending.move : this.card.mine;
    const undoable = state.may ? queue.undoable : null;
    for (const [name, button] of this.buttons) {
      if (button.hasAttribute("aria-pressed")) button.setAttribute("aria-pressed", String(name === pressed));
      const isMove = name === "back" || name === "forward";
      const allowed = {
        undo: Boolean(undoable),
        back: queue.canGoBack,
        forward: state.can_forward && !queue.isLoading,
      };
      const isOn = allowed[name] ?? (state.may && subject !== "");
      button.disabled = !isOn;
      button.title = state.may || isMove ? button.dataset.title : NOT_ALLOWED;
    }
    const undo = this.buttons.get("undo");
    if (undoable) undo.title = `Undo “${DONE[undoable.move]}” for ${undoable.name || "the previous picture"} (U)`;
    undo.setAttribute("aria-label", undoable ? undo.title : "Undo");
    this.root.dataset.subject = subject;
    // Whether Python knows where this is.
    this.root.dataset.told = String(Boolean(queue.state) && queue.state.seq >= queue.seq);
    this.root.dataset.loading = String(queue.isLoading);
    this.root.dataset.unsaved = outbox.unsaved;
    this.root.dataset.kept = String(outbox.events.filter(({ isKept }) => isKept).length);
    this.showWaiting();
    this.showLine(".refusal", this.refusal ?? "");
    this.resume();
  }

  /** How many decisions wait is always to be seen; why, once it is worth saying. */
  showWaiting() {
    const count = outbox.events.length;
    const place = this.find(".waiting");
    place.hidden = count === 0;
    place.toggleAttribute("data-kept", outbox.events.every(({ isKept }) => isKept));
    if (count) place.textContent = String(count);
    if (!count) {
      clearTimeout(this.slowTimer);
      this.slowTimer = 0;
      this.isSlow = false;
    } else if (!this.slowTimer) {
      this.slowTimer = setTimeout(() => {
        this.isSlow = true;
        this.show();
      }, SLOW_AFTER_MS);
    }
    const waiting = describeWaiting(outbox, this.isSlow);
    place.title = waiting || `${count} kept in this browser until the desk has stored it`;
    const busy = outbox.away ? "" : this.state.busy;
    this.showLine(".said", [this.notice, this.passing, busy, waiting].filter(Boolean).join(" "));
  }

  /** Says something in the picture's sight for a while. */
  remark(text) {
    this.passing = text;
    clearTimeout(this.passingTimer);
    this.passingTimer = setTimeout(() => {
      this.passing = "";
      this.show();
    }, SHOWN_MS);
    this.show();
  }

  showLine(selector, text) {
    const line = this.find(selector);
    if (line.textContent !== text) line.textContent = text;
    line.hidden = text === "";
  }

  say(text) {
    this.room.say(text);
  }

  /** The second click of a double click was meant for the previous picture; nobody judges one that fast. */
  isMeant(event) {
    return event.detail < 2 || performance.now() - this.changedAt > DOUBLE_CLICK_MS;
  }

  /** @param {string} name what a button or key is for. */
  act(name) {
    const button = this.buttons.get(name);
    if (button.disabled) {
      // Whatever was meant, it was not taken.
      if (this.queue.isLoading) this.remark(NEXT_LOADING);
      else if (name === "undo" && this.state.may) this.remark(NOTHING_TO_UNDO);
      return;
    }
    Object.assign(this, { refusal: "", notice: "", passing: "" });
    if (EXPLAINED.includes(name)) {
      if (this.panel.move === name) this.panel.submit();
      else this.openPanel(name);
    } else if (name === "undo") this.undo();
    else if (name === "back") this.leave(() => this.queue.back());
    else if (name === "forward") this.leave(() => this.queue.advance(true));
    else this.decide(name, { reasons: [], classes: [], note: "" });
    this.show();
  }

  /** Goes elsewhere; what is open stays with its picture. */
  leave(go) {
    this.keepDraft(false);
    go();
  }

  openPanel(move) {
    const draft = this.panel.isOpen ? null : this.drafts.get(this.subject);
    this.panel.open(move, this.card.classes);
    if (draft) this.panel.fill(draft);
    this.keepDraft(true);
    this.room.uncover();
  }

  decide(move, why) {
    const { subject, queue } = this;
    if (!this.state.may || !subject) return;
    const event = { kind: "decide", id: makeId(), project: this.state.project, subject, answer: this.answer, move, ...why };
    outbox.put({ ...event, name: this.card.name });
    queue.note(event);
    // Taken back, it is most often said again a little differently.
    if (EXPLAINED.includes(move)) this.drafts.set(subject, { ...why, move, isOpen: false });
    else this.drafts.delete(subject);
    this.say(`${DONE[move]}, ${this.card.name}`);
    queue.advance();
  }

  /** What the picture was decided on: its answer, at the confidence that was to be seen. */
  get answer() {
    const { answer, cut } = this.card;
    const sight = [...parts.sights.values()].find((each) => each.subject === this.subject);
    return cut && Number.isInteger(sight?.threshold) ? `${answer.split("@")[0]}@${sight.threshold}` : answer;
  }

  undo() {
    this.keepDraft(false);
    const taken = this.queue.undo();
    if (!taken) return;
    const text = `Undone: “${DONE[taken.move]}” for ${taken.name || "the previous picture"}. Decide again.`;
    this.say(text);
    this.remark(text);
  }

  /** @param {boolean} isEarly whether nobody else heard of the key yet. */
  onKey(event, isEarly) {
    if (event.defaultPrevented || event.isComposing) return;
    const path = event.composedPath();
    const [origin] = path;
    const key = event.key.toLowerCase();
    const isTyping = types(origin);
    const inPanel = path.includes(this.panel.element);
    if (this.panel.isOpen) {
      const isElsewhere = !inPanel && (isTyping || (key === "enter" && origin !== document.body));
      if (!isEarly || isElsewhere) return;
      const again = VERDICT_KEYS[key];
      const isPlain = !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey;
      if (this.panel.takeKey(event, key, isTyping)) event.preventDefault();
      else if (isPlain && EXPLAINED.includes(again) && !event.repeat) {
        event.preventDefault();
        this.act(again);
      } else if (!inPanel) return;
      // The viewer and Streamlit are not to take a key of the panel's for one of theirs.
      if (inPanel && key !== "tab") event.stopPropagation();
      return;
    }
    if (isEarly || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    if (path.some((element) => element.matches?.('dialog, [role="dialog"]'))) return;
    const move = path.some((element) => element.matches?.(ARROW_USERS)) ? undefined : ARROWS[key];
    const name = VERDICT_KEYS[key] ?? move;
    if (!name) return;
    event.preventDefault();
    // A key that is held down decides about one picture only.
    if (event.repeat) return;
    const isJudging = VERDICTS.includes(name) || name === "skipped";
    if (isJudging && this.state.may && this.subject && !this.isSeen) this.remark(NOT_SEEN);
    else this.act(name);
  }

  /** Whether no viewer of the page is still on its way to the picture; where there is none, it is. */
  get isSeen() {
    const { subject } = this;
    return [...parts.sights.values()].every((sight) => !sight.isLoading && (!sight.subject || sight.subject === subject));
  }

  end() {
    this.ending.abort();
    clearTimeout(this.slowTimer);
    clearTimeout(this.passingTimer);
  }
}

/** Whether an element takes letters for itself. */
function types(element) {
  if (element.isContentEditable || /^(textarea|select)$/i.test(element.tagName)) return true;
  return /^input$/i.test(element.tagName) && !/^(range|radio|checkbox|color|button|submit)$/.test(element.type);
}

const bars = new WeakMap();

/** Called by Streamlit; the element stays the same between calls. */
export default function showBar({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".decide");
  const keys = new TextDecoder().decode(data instanceof ArrayBuffer ? new Uint8Array(data) : data);
  let found = bars.get(parentElement);
  if (found?.root !== root || found.keys !== keys) {
    found?.end();
    found = new DecisionBar(root, keys);
    bars.set(parentElement, found);
  }
  found.tell = leaving.guard(parentElement, setTriggerValue);
  return () => {
    bars.get(parentElement)?.end();
    bars.delete(parentElement);
  };
}

// The decision bar: verdicts within reach of a thumb or a key, kept until Python has stored them.

const SAVING_AFTER_MS = 400;
const DOUBLE_CLICK_MS = 400;
const VERDICT_KEYS = { a: "approved", f: "needs_fix", x: "rejected", s: "skipped", u: "undo" };
const ARROWS = { arrowleft: "back", arrowright: "forward" };
const EXPLAINED = ["needs_fix", "rejected"];
const DONE = { approved: "Approved", needs_fix: "Sent to be fixed", rejected: "Rejected", skipped: "Skipped" };
// By a key, only what can be seen is judged; a button is pressed by who looks.
const VERDICTS = ["approved", "needs_fix", "rejected"];
const NOT_SEEN = "The picture is not here yet";
const NOT_ALLOWED = "You may look, not decide";
const NOTHING = {
  subject: "", answer: "", may: false, mine: "", classes: [], can_undo: false, can_back: false, can_forward: false,
  saved: [], refused: {}, owner: "", busy: "",
};
// What moves something of its own with the arrows.
const ARROW_USERS =
  'input, select, [role="application"], [role="slider"], [role="listbox"], [role="grid"], [role="radiogroup"], ' +
  '[role="tablist"], [role="menu"], [role="tree"], [role="combobox"], [role="spinbutton"], [role="separator"]';

class DecisionBar {
  constructor(root) {
    this.root = root;
    this.state = NOTHING;
    this.drafts = new Map();
    this.ending = new AbortController();
    const { signal } = this.ending;
    this.outbox = new Outbox("mask-desk:outbox", (event) => this.tell?.("event", event));
    this.panel = new DecisionPanel(
      this.find(".panel"),
      (move, why) => this.decide(move, why),
      signal,
    );
    this.panel.onCancel = (why) => this.drafts.set(this.state.subject, why);
    this.panel.onClose = () => this.room.cover();
    this.buttons = new Map([...root.querySelectorAll("[data-do]")].map((button) => [button.dataset.do, button]));
    for (const [name, button] of this.buttons) {
      button.dataset.title = button.title;
      button.addEventListener("click", (event) => this.isMeant(event) && this.act(name), { signal });
    }
    // Before the viewer's own keys: its 1 means something else.
    document.addEventListener("keydown", (event) => this.onKey(event, true), { capture: true, signal });
    document.addEventListener("keydown", (event) => this.onKey(event, false), { signal });
    window.addEventListener("storage", () => this.take(this.state), { signal });
    this.room = new Room(root, signal);
  }

  find(selector) {
    return this.root.querySelector(selector);
  }

  update(data, tell) {
    this.tell = tell;
    const key = new TextDecoder().decode(data instanceof ArrayBuffer ? new Uint8Array(data) : data);
    if (key === this.key) return;
    this.key = key;
    const onState = (bytes) => this.take({ ...NOTHING, ...JSON.parse(new TextDecoder().decode(bytes)) });
    parts.watch(`bar:${key}`, onState, this.ending.signal);
  }

  /** Takes what Python knows now. */
  take(state) {
    const before = this.state.subject;
    const isOther = state.subject !== before;
    const isElsewhere = this.state.owner !== "" && this.state.owner !== state.owner;
    this.state = state;
    // Whoever has chosen another project goes on by keys at once; the list would take them for letters.
    if (isElsewhere) document.activeElement?.closest(".st-key-choosing_project input")?.blur();
    if (isOther) {
      this.changedAt = performance.now();
      // Words that were typed stay with the picture they are about.
      if (this.panel.isOpen) this.drafts.set(before, this.panel.read());
      this.panel.close();
      this.refusal = "";
      // Another picture is looked at from its top, wherever the last one was left.
      this.room.rise();
    }
    this.outbox.open(state.owner);
    const { saved, refused } = this.outbox.settle(state.saved, state.refused);
    if (refused.length) this.refusal = refused.map(({ sentence }) => sentence).join(" ");
    // Taken back, it is most often said again a little differently.
    for (const event of saved) if (EXPLAINED.includes(event.move)) this.drafts.set(event.subject, event);
    const last = saved.at(-1);
    if (last) this.say(last.kind === "undo" ? "Taken back" : DONE[last.move]);
    this.show();
  }

  /** The unsaved event about the picture on screen. */
  get pending() {
    return this.outbox.events.find(({ subject }) => subject === this.state.subject);
  }

  show() {
    const { state, pending } = this;
    const isUndone = pending?.kind === "undo";
    const pressed = pending ? pending.move : state.mine;
    for (const [name, button] of this.buttons) {
      if (button.hasAttribute("aria-pressed")) button.setAttribute("aria-pressed", String(name === pressed && !isUndone));
      const isMove = name === "back" || name === "forward";
      const allowed = {
        undo: state.may && state.can_undo,
        back: state.can_back,
        forward: state.can_forward,
      };
      const isOn = allowed[name] ?? (state.may && state.subject !== "");
      button.disabled = !isOn;
      // Only for a moment: disabled for good, it would lose the keyboard's place.
      button.setAttribute("aria-disabled", String(Boolean(pending) || !isOn));
      button.title = state.may || isMove ? button.dataset.title : NOT_ALLOWED;
    }
    this.root.dataset.subject = state.subject;
    this.root.dataset.unsaved = String(this.outbox.events.length);
    this.showSaving();
    this.showLine(".refusal", this.refusal ?? "");
  }

  /** Says what is being waited for, once it is worth saying. */
  showSaving() {
    const isWaiting = this.outbox.events.length > 0;
    if (!isWaiting) {
      clearTimeout(this.savingTimer);
      this.savingTimer = 0;
      this.isSlow = false;
    } else if (!this.savingTimer) {
      this.savingTimer = setTimeout(() => {
        this.isSlow = true;
        this.showSaving();
      }, SAVING_AFTER_MS);
    }
    const saving = this.isSlow ? "Saving…" : "";
    this.showLine(".said", [this.state.busy, saving].filter(Boolean).join(" "));
  }

  showLine(selector, text) {
    const line = this.find(selector);
    if (line.textContent !== text) line.textContent = text;
    line.hidden = text === "";
  }

  say(text) {
    this.room.say(text);
  }

  /** The second click of a double click was meant for the picture before; nobody judges one that fast. */
  isMeant(event) {
    return event.detail < 2 || performance.now() - this.changedAt > DOUBLE_CLICK_MS;
  }

  /** @param {string} name what a button or key is for. */
  act(name) {
    const button = this.buttons.get(name);
    if (button.disabled || this.pending) return;
    this.refusal = "";
    if (EXPLAINED.includes(name)) {
      if (this.panel.move === name) this.panel.submit();
      else this.openPanel(name);
    } else if (name === "undo") this.keep({ kind: "undo", id: makeId(), subject: this.state.subject });
    else if (name === "back" || name === "forward") this.tell?.("event", { kind: name });
    else this.decide(name, { reasons: [], classes: [], note: "" });
    this.show();
  }

  openPanel(move) {
    const draft = this.panel.isOpen ? null : this.drafts.get(this.state.subject);
    this.panel.open(move, this.state.classes);
    if (draft) this.panel.fill(draft);
    this.room.uncover();
  }

  decide(move, why) {
    const { subject, answer, may } = this.state;
    // Pressed twice, it is still one decision.
    if (!may || !subject || this.pending) return;
    this.keep({ kind: "decide", id: makeId(), subject, answer, move, ...why });
  }

  keep(event) {
    this.outbox.put(event);
    this.show();
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
    if (VERDICTS.includes(name) && !this.isSeen) this.say(NOT_SEEN);
    else this.act(name);
  }

  /** Whether no viewer of the page is still on its way to the picture; where there is none, it is. */
  get isSeen() {
    const { subject } = this.state;
    return [...parts.sights.values()].every((sight) => !sight.isLoading && (!sight.subject || sight.subject === subject));
  }

  end() {
    this.ending.abort();
    this.outbox.end();
    clearTimeout(this.savingTimer);
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
  let found = bars.get(parentElement);
  if (found?.root !== root) {
    found?.end();
    found = new DecisionBar(root);
    bars.set(parentElement, found);
  }
  found.update(data, leaving.guard(parentElement, setTriggerValue));
  return () => {
    bars.get(parentElement)?.end();
    bars.delete(parentElement);
  };
}

// Why a mask needs a fix or is rejected: reasons, the class it concerns, a note.

/** [code, what people read], in the order of their number keys. */
const REASONS = [
  ["missed", "Missed something"],
  ["too_much", "Marked too much"],
  ["wrong_class", "Wrong class"],
  ["ragged", "Ragged edge"],
  ["bad_image", "Bad image"],
  ["other", "Other"],
];

const QUESTIONS = { needs_fix: "Needs fix: what is wrong?", rejected: "Reject: what is wrong?" };

class DecisionPanel {
  /**
   * @param {HTMLFormElement} element
   * @param {(move: string, why: {reasons: string[], classes: string[], note: string}) => void} save
   */
  constructor(element, save, signal) {
    this.element = element;
    this.save = save;
    this.move = "";
    this.note = element.querySelector("textarea");
    this.reasons = element.querySelector(".reasons");
    this.classes = element.querySelector(".classes");
    this.reasons.replaceChildren(
      ...REASONS.map(([code, words], at) => {
        const chip = makeChip(code, words);
        const key = document.createElement("kbd");
        key.textContent = String(at + 1);
        chip.append(key);
        return chip;
      }),
    );
    const on = (target, type, handler) => target.addEventListener(type, handler, { signal });
    on(element, "click", (event) => this.toggle(event.target.closest(".chip")));
    on(this.note, "input", () => this.onChange?.());
    on(element.querySelector(".cancel"), "click", () => this.cancel());
    on(element, "submit", (event) => {
      event.preventDefault();
      this.submit();
    });
  }

  get isOpen() {
    return this.move !== "";
  }

  toggle(chip) {
    if (!chip) return;
    chip.setAttribute("aria-pressed", String(chip.getAttribute("aria-pressed") !== "true"));
    this.onChange?.();
  }

  /**
   * @param {string} move "needs_fix" or "rejected"; opened for the other one, what was chosen stays.
   * @param {{name: string, colour: string}[]} classes those that the mask holds.
   */
  open(move, classes) {
    if (!this.isOpen) {
      this.before = this.element.getRootNode().activeElement;
      this.clear();
      this.classes.replaceChildren(...classes.map(({ name, colour }) => makeChip(name, name, colour)));
      this.element.querySelector(".which").hidden = classes.length === 0;
    }
    this.move = move;
    this.element.querySelector("h2").textContent = QUESTIONS[move];
    this.element.hidden = false;
    this.reasons.firstElementChild.focus({ preventScroll: true });
  }

  /** Closed without saving; what was chosen and typed is there when it is opened again. */
  cancel() {
    if (this.isOpen) this.onCancel?.();
    this.close();
  }

  close() {
    if (!this.isOpen) return;
    this.move = "";
    const focused = this.element.getRootNode().activeElement;
    this.element.hidden = true;
    if (this.element.contains(focused)) {
      // What is hidden keeps the keys until the next frame otherwise.
      focused.blur();
      this.before?.focus({ preventScroll: true });
    }
    this.before = null;
    this.onClose?.();
  }

  clear() {
    for (const chip of this.reasons.children) chip.setAttribute("aria-pressed", "false");
    this.note.value = "";
  }

  /** @returns {{reasons: string[], classes: string[], note: string}} what was chosen and typed. */
  read() {
    const choose = (list) =>
      [...list.querySelectorAll('[aria-pressed="true"]')].map((chip) => chip.dataset.value);
    return { reasons: choose(this.reasons), classes: choose(this.classes), note: makeWhole(this.note.value.trim()) };
  }

  /** Takes up what was chosen and typed before. */
  fill({ reasons, classes, note }) {
    for (const chip of [...this.reasons.children, ...this.classes.children])
      chip.setAttribute("aria-pressed", String((chip.parentElement === this.reasons ? reasons : classes).includes(chip.dataset.value)));
    this.note.value = note;
  }

  submit() {
    const { move } = this;
    if (!move) return;
    const why = this.read();
    this.close();
    this.save(move, why);
  }

  /** @returns {boolean} whether the key was for the open panel; keys of the desk rest meanwhile. */
  takeKey(event, key, isTyping) {
    const origin = event.composedPath()[0];
    if (key === "escape") this.cancel();
    else if (key === "enter") {
      const isOwn = isTyping ? isDoneKey(event) : !origin.closest?.(".cancel") && !event.altKey && !event.shiftKey;
      if (!isOwn) return false;
      this.submit();
    } else if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return false;
    else if (key === "n") this.note.focus();
    else if (!/^[1-6]$/.test(key)) return false;
    else if (!event.repeat) this.toggle(this.reasons.children[Number(key) - 1]);
    return true;
  }
}

function makeChip(value, words, colour) {
  const chip = document.createElement("button");
  chip.type = "button";
  chip.className = "chip";
  chip.dataset.value = value;
  chip.setAttribute("aria-pressed", "false");
  const name = document.createElement("span");
  name.textContent = words;
  if (colour) {
    const dot = document.createElement("i");
    dot.style.background = colour;
    chip.append(dot);
  }
  chip.append(name);
  return chip;
}

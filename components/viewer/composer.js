// The small form in which a remark is written, beside its place or, on a phone, at the foot.

const BESIDE = 22;

class Composer {
  /**
   * @param {HTMLFormElement} element
   * @param {{save: (text: string) => void, cancel: () => void, change: () => void}} acts
   */
  constructor(element, acts, signal) {
    this.element = element;
    this.acts = acts;
    this.text = element.querySelector("textarea");
    this.save = element.querySelector(".save");
    const on = (target, type, handler) => target.addEventListener(type, handler, { signal });
    on(this.text, "input", () => {
      this.save.disabled = !this.text.value.trim();
      acts.change();
    });
    on(element, "submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    on(element.querySelector(".cancel"), "click", () => acts.cancel());
    on(element, "keydown", (event) => {
      // Keys of viewer and desk rest while it is open.
      event.stopPropagation();
      if (event.isComposing) return;
      if (event.key === "Escape") acts.cancel();
      else if (isDoneKey(event)) this.submit();
      else return;
      event.preventDefault();
    });
  }

  get isOpen() {
    return !this.element.hidden;
  }

  /** @param {string} text what was typed before; the keyboard is not taken for it. */
  open(text) {
    this.text.value = text;
    this.save.disabled = text === "";
    this.element.hidden = false;
    if (!text) this.text.focus({ preventScroll: true });
  }

  close() {
    this.element.hidden = true;
  }

  /** Says what lies under the place. */
  tell(words) {
    const line = this.element.querySelector(".under");
    if (line.textContent !== words) line.textContent = words;
    line.hidden = words === "";
  }

  submit() {
    const text = makeWhole(this.text.value.trim());
    if (text) this.acts.save(text);
  }

  /** Beside a point of the window, and wholly inside it. */
  place(x, y) {
    const { offsetWidth: w, offsetHeight: h, style } = this.element;
    const right = x + BESIDE + w < innerWidth - 8;
    style.setProperty("--x", `${clamp(right ? x + BESIDE : x - BESIDE - w, 8, Math.max(8, innerWidth - w - 8))}px`);
    style.setProperty("--y", `${clamp(y - h / 3, 8, Math.max(8, innerHeight - h - 8))}px`);
  }
}

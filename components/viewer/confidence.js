// The confidence in one's hand: live where the answer can be cut here, else asked for on release.

// A key held down steps through many values; only the one it ends at is handed on.
const KEY_PAUSE_MS = 350;

class Confidence {
  /**
   * @param {Element} root the whole viewer
   * @param {{move: (percent: number) => void, release: (percent: number) => void}} acts `move` while
   *   dragging, `release` once at its end
   */
  constructor(root, acts, signal) {
    this.acts = acts;
    this.slider = root.querySelector(".confidence input");
    this.mark = root.querySelector(".plot .now");
    this.number = root.querySelector(".confidence output");
    this.note = root.querySelector(".confidence .note");
    /** What Python stands at, what is shown now, and what was handed on and not yet confirmed. */
    this.stored = 50;
    this.percent = 50;
    this.sent = null;
    this.held = false;
    const on = (type, handler) => this.slider.addEventListener(type, handler, { signal });
    on("pointerdown", () => {
      this.held = true;
      this.before = this.percent;
      this.isCancelled = false;
    });
    on("pointerup", () => (this.held = false));
    // The finger turned out to scroll the page: nothing was meant for the slider.
    on("pointercancel", () => {
      this.held = false;
      this.isCancelled = true;
      this.show(this.before, true);
    });
    on("input", () => this.show(this.isCancelled ? this.before : Number(this.slider.value), true));
    on("change", () => {
      this.held = false;
      if (this.isCancelled) return this.show(this.before, true);
      this.releaseSoon(this.byKey ? KEY_PAUSE_MS : 0);
      this.byKey = false;
    });
    on("keydown", () => {
      this.byKey = true;
      this.isCancelled = false;
    });
    on("blur", () => this.releaseSoon(0));
    signal.addEventListener("abort", () => clearTimeout(this.timer));
  }

  /** Takes what Python says; a value that is still in the reviewer's hand stays. */
  take(header) {
    this.stored = header.threshold;
    if (this.sent === header.threshold) this.sent = null;
    this.note.textContent = header.note ?? "";
    this.note.hidden = !header.note;
    if (!this.held && this.sent === null && !this.timer) this.show(header.threshold, false);
  }

  /** Goes to a value and hands it on, as if it had been dragged there. */
  go(percent, wait = 0) {
    this.show(clamp(percent, 0, 100), true);
    this.releaseSoon(wait);
  }

  step(by) {
    this.go(this.percent + by, KEY_PAUSE_MS);
  }

  show(percent, isMoved) {
    this.percent = percent;
    this.slider.value = String(percent);
    this.slider.setAttribute("aria-valuetext", `${percent} percent`);
    this.number.textContent = `${percent} %`;
    this.slider.style.setProperty("--at", `${percent}%`);
    this.mark.style.left = `${percent}%`;
    if (isMoved) this.acts.move(percent);
  }

  releaseSoon(wait) {
    clearTimeout(this.timer);
    this.timer = 0;
    if (this.percent === (this.sent ?? this.stored)) return;
    const release = () => {
      this.timer = 0;
      // Back where Python stands: there will be nothing new to confirm it.
      this.sent = this.percent === this.stored ? null : this.percent;
      this.acts.release(this.percent);
    };
    if (wait) this.timer = setTimeout(release, wait);
    else release();
  }
}

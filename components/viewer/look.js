// How the picture is looked at: layout, drawing, opacity. All of it stays from picture to picture.

const STYLES = ["fill", "outline", "both"];
const LAYOUTS = ["side", "overlay", "swipe"];
const FIRST_LOOK = {
  /** null: side by side where there is room, else the mask alone. */
  layout: null,
  style: "fill",
  patterns: false,
  heat: false,
  curve: null,
  opacity: 60,
  split: 50,
};

class Look {
  constructor(root, onChange, signal) {
    this.root = root;
    this.onChange = onChange;
    Object.assign(this, FIRST_LOOK);
    const find = (selector) => root.querySelector(selector);
    const on = (target, type, handler) => target.addEventListener(type, handler, { signal });
    for (const radio of root.querySelectorAll(".layouts input"))
      on(radio, "change", () => this.set({ layout: radio.value }));
    for (const radio of root.querySelectorAll(".styles input"))
      on(radio, "change", () => this.set({ style: radio.value }));
    this.panes = find(".panes");
    this.slider = find(".opacity input");
    on(this.slider, "input", () => this.set({ opacity: Number(this.slider.value) }));
    for (const name of ["patterns", "heat", "curve"])
      on(find(`.${name}-toggle`), "click", () => this.toggle(name));
    this.handle = find(".swipe-handle");
    this.listenToHandle(on);
  }

  /** Dragging the swipe handle, and its arrow keys. */
  listenToHandle(on) {
    const { handle } = this;
    const pane = handle.parentElement;
    on(handle, "pointerdown", (event) => {
      event.stopPropagation();
      event.preventDefault();
      handle.focus({ preventScroll: true });
      handle.setPointerCapture(event.pointerId);
    });
    on(handle, "pointermove", (event) => {
      if (!handle.hasPointerCapture(event.pointerId)) return;
      const box = pane.getBoundingClientRect();
      this.set({ split: clamp(((event.clientX - box.left) / box.width) * 100, 0, 100) });
    });
    on(handle, "dblclick", (event) => event.stopPropagation());
    on(handle, "keydown", (event) => {
      const step = { ArrowLeft: -2, ArrowDown: -2, ArrowRight: 2, ArrowUp: 2, Home: -100, End: 100 }[event.key];
      if (!step) return;
      event.preventDefault();
      this.set({ split: clamp(this.split + step, 0, 100) });
    });
  }

  /** The layout in force, also where none was chosen. */
  get shownLayout() {
    const narrow = this.root.dataset.width === "narrow";
    if (this.layout === "image" && !narrow) return "side";
    return this.layout ?? (narrow ? "overlay" : "side");
  }

  isOn(name) {
    if (name === "curve") return this.curve ?? this.root.dataset.width === "wide";
    return this[name];
  }

  toggle(name) {
    const change = { [name]: !this.isOn(name) };
    // Outlines have no room for a pattern.
    if (change.patterns && this.style === "outline") change.style = "both";
    this.set(change);
  }

  set(change) {
    Object.assign(this, change);
    this.show();
    this.onChange(Object.keys(change));
  }

  /** The next of a few values, for keys. */
  cycle(name) {
    const [values, now] = name === "layout" ? [LAYOUTS, this.shownLayout] : [STYLES, this.style];
    this.set({ [name]: values[(values.indexOf(now) + 1) % values.length] });
  }

  /** Brings the controls and the page in line with what is chosen. */
  show() {
    const { root } = this;
    root.dataset.layout = this.shownLayout;
    root.dataset.style = this.style;
    root.toggleAttribute("data-heat", this.heat);
    root.toggleAttribute("data-curve", this.isOn("curve"));
    // Where they are used and nowhere else: a change on the root would restyle all of the viewer.
    this.panes.style.setProperty("--opacity", `${this.opacity}%`);
    this.panes.style.setProperty("--split", `${this.split}%`);
    this.slider.style.setProperty("--at", `${this.opacity}%`);
    this.slider.value = String(this.opacity);
    root.querySelector(".opacity output").textContent = `${this.opacity} %`;
    const check = (group, value) => {
      const radio = root.querySelector(`.${group} input[value="${value}"]`);
      if (radio) radio.checked = true;
    };
    check("layouts", this.shownLayout);
    check("styles", this.style);
    for (const name of ["patterns", "heat", "curve"])
      root.querySelector(`.${name}-toggle`).setAttribute("aria-pressed", String(this.isOn(name)));
    this.handle.setAttribute("aria-valuenow", String(Math.round(this.split)));
    this.handle.setAttribute("aria-valuetext", `${Math.round(this.split)} percent of the picture without mask`);
  }
}

// Two answers and what differs between them: three panes under one transform. What is sampled for A
// and for B is compared where it is painted; nothing is compared that is not on screen.

const SIDES = ["a", "b"];
const ONE_PANE_WIDTH = 640;
const RESTING = "Point at the picture, or tap it, to see what each side says there.";

// What stays from picture to picture.
const looks = { pane: "difference", opacity: 60, isOnly: false };

class Three {
  constructor(root) {
    this.root = root;
    this.generation = 0;
    this.loans = [];
    this.ending = new AbortController();
    const { signal } = this.ending;
    this.view = new View();
    this.motion = new Motion(this.view, () => this.schedule());
    this.map = new Minimap(this.find(".map"), this.view, (x, y) => this.motion.centre(x, y), signal);
    this.painters = { a: new MaskPainter(), b: new MaskPainter() };
    this.panes = [...SIDES, "difference"].map((name) => {
      const element = this.find(`.pane.${name}`);
      const context = (part) => element.querySelector(`.${part}`).getContext("2d");
      return { name, element, picture: context("picture"), colours: context("colours"), twin: element.querySelector(".twin"), width: 0 };
    });
    this.sizes = new ResizeObserver((entries) => this.measure(entries));
    this.sizes.observe(root);
    for (const { element } of this.panes) this.sizes.observe(element);
    this.listen(signal);
    this.showLooks();
    this.say(null);
    startAnswerWorkers();
  }

  find(selector) {
    return this.root.querySelector(selector);
  }

  listen(signal) {
    const on = (target, type, handler) => target.addEventListener(type, handler, { signal });
    const panes = this.find(".panes");
    listenToHands(panes, this.target(), signal);
    on(panes, "keydown", (event) => {
      const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
      if (isPlain && this.command(THREE_KEYS[event.key])) event.preventDefault();
    });
    for (const button of this.root.querySelectorAll("[data-command]"))
      on(button, "click", () => this.command(button.dataset.command));
    for (const radio of this.root.querySelectorAll(".which input"))
      on(radio, "change", () => this.look({ pane: radio.value }));
    on(this.find(".only"), "click", () => this.look({ isOnly: !looks.isOnly }));
    const slider = this.find(".opacity input");
    on(slider, "input", () => this.look({ opacity: Number(slider.value) }));
  }

  target() {
    return {
      zoomBy: (factor, x, y) => this.motion.zoomBy(factor, x, y),
      panBy: (dx, dy) => this.motion.panBy(dx, dy),
      command: (name) => this.command(name),
      point: (pane, x, y) => this.point(pane, x, y),
      place: () => false,
      hint: (text) => giveHint(this.find(".hint"), text),
      engaged: () => Boolean(this.find(".stage:focus-within")),
      density: () => this.density,
    };
  }

  command(name) {
    const { motion, view } = this;
    const run = {
      in: () => motion.zoomStep(1),
      out: () => motion.zoomStep(-1),
      fit: () => motion.fit(),
      full: () => motion.zoomTo(1),
      left: () => motion.panStep(0.2, 0),
      right: () => motion.panStep(-0.2, 0),
      up: () => motion.panStep(0, 0.2),
      down: () => motion.panStep(0, -0.2),
      only: () => this.look({ isOnly: !looks.isOnly }),
    }[name];
    if (!run || !view.known) return false;
    run();
    return true;
  }

  look(change) {
    Object.assign(looks, change);
    this.showLooks();
    this.schedule();
  }

  showLooks() {
    const { root } = this;
    root.dataset.pane = looks.pane;
    for (const radio of root.querySelectorAll(".which input")) radio.checked = radio.value === looks.pane;
    this.find(".panes").style.setProperty("--opacity", `${looks.opacity}%`);
    const slider = this.find(".opacity input");
    slider.value = String(looks.opacity);
    slider.style.setProperty("--at", `${looks.opacity}%`);
    this.find(".opacity output").textContent = `${looks.opacity} %`;
    this.find(".only").setAttribute("aria-pressed", String(looks.isOnly));
  }

  measure(entries) {
    for (const { target, contentRect } of entries) {
      if (target === this.root) {
        this.root.toggleAttribute("data-narrow", contentRect.width <= ONE_PANE_WIDTH);
        continue;
      }
      const pane = this.panes.find(({ element }) => element === target);
      pane.width = contentRect.width;
      const [w, h] = [contentRect.width, contentRect.height].map((length) => Math.round(length * devicePixelRatio));
      if (!w || !h) continue;
      for (const ctx of [pane.picture, pane.colours]) Object.assign(ctx.canvas, { width: w, height: h });
      this.view.setPane(w, h);
    }
    this.motion.stop();
    this.paint();
  }

  get density() {
    const pane = this.panes.find(({ width }) => width);
    return pane ? pane.picture.canvas.width / pane.width : 1;
  }

  update(data) {
    const bytes = data instanceof ArrayBuffer ? new Uint8Array(data) : data;
    const height = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
    this.root.style.setProperty("--height", `${height}px`);
    const key = new TextDecoder().decode(bytes.subarray(4));
    if (key === this.key) return;
    this.key = key;
    parts.watch(`three:${key}`, (found) => this.receive(found), this.ending.signal);
  }

  receive(bytes) {
    const text = new TextDecoder().decode(bytes);
    if (text === this.text) return;
    this.text = text;
    const header = JSON.parse(text);
    if (header.id !== this.header?.id) this.forget();
    this.header = header;
    this.load(header, ++this.generation);
  }

  forget() {
    this.letGo();
    this.header = this.picture = this.answers = null;
    this.motion.stop();
    this.view.setImage(0, 0);
    this.say(null);
    this.paint();
  }

  letGo() {
    this.picture?.listeners.delete(this.repaint);
    for (const [shelf, loan] of this.loans) shelf.release(loan);
    this.loans = [];
  }

  async load(header, generation) {
    const { root } = this;
    this.setState("loading");
    root.dataset.imageId = header.id;
    root.style.setProperty("--ratio", String(header.image.w / header.image.h));
    const loans = [
      [pictures, borrowPicture(header)],
      ...SIDES.map((side) => [answers, borrowAnswer({ ...header[side], image: header.image })]),
    ];
    const results = await Promise.all(loans.map(([, loan]) => settle(loan.thing.ready)));
    if (generation !== this.generation) {
      for (const [shelf, loan] of loans) shelf.release(loan);
      return;
    }
    const before = this.loans;
    this.picture?.listeners.delete(this.repaint);
    this.loans = loans;
    for (const [shelf, loan] of before) shelf.release(loan);
    const [picture, a, b] = loans.map(([, loan]) => loan.thing);
    const doubts = [header.a, header.b].map((side, at) => side.cut && [a, b][at].doubt);
    const reason = results.find(({ error }) => error)?.error.message ?? doubts.find(Boolean);
    if (reason) {
      this.picture = this.answers = null;
      this.find(".whole-notice p").textContent = `This picture cannot be compared here: ${reason}`;
      this.setState("broken");
      return;
    }
    this.answers = { a, b };
    this.tables = SIDES.map((side) => makeTable(header[side]));
    if (this.picture !== picture) {
      const isSame = this.picture && this.view.image.w === picture.w && this.view.image.h === picture.h;
      this.picture = picture;
      if (!isSame) this.view.setImage(picture.w, picture.h);
      this.map.take(picture);
    }
    this.repaint = () => this.schedule();
    picture.listeners.add(this.repaint);
    this.describe();
    this.setState("ready");
    this.paint();
    requestAnimationFrame(() => setTimeout(() => this.picture?.wishWhole?.()));
  }

  describe() {
    const { header } = this;
    for (const side of SIDES) this.find(`.${side} .caption i`).textContent = header[side].title;
    this.find(".difference .caption i").textContent = header.note;
    const words = { a: `A, ${header.a.title}`, b: `B, ${header.b.title}`, difference: `Difference, ${header.note}` };
    for (const { name, picture } of this.panes) picture.canvas.setAttribute("aria-label", `${header.name}: ${words[name]}`);
    const keys = "Plus and minus zoom, 0 fits, arrow keys move.";
    this.find(".panes").setAttribute("aria-label", `${header.name}, compared. ${keys}`);
  }

  setState(state) {
    this.root.dataset.state = state;
    this.find(".whole-notice").hidden = state !== "broken";
  }

  schedule() {
    this.frame ||= requestAnimationFrame((now) => {
      this.frame = 0;
      this.motion.step(now);
      this.paint();
    });
  }

  end() {
    this.ending.abort();
    this.sizes.disconnect();
    cancelAnimationFrame(this.frame);
    this.generation++;
    this.letGo();
  }
}

const THREE_KEYS = {
  "+": "in",
  "=": "in",
  "-": "out",
  "0": "fit",
  "1": "full",
  o: "only",
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
};

const threes = new WeakMap();

/** Called by Streamlit; the element stays the same between calls. */
export default function showThree({ data, parentElement }) {
  const root = parentElement.querySelector(".three");
  let found = threes.get(parentElement);
  if (found?.root !== root) {
    found?.end();
    found = new Three(root);
    threes.set(parentElement, found);
  }
  found.update(data);
  return () => {
    threes.get(parentElement)?.end();
    threes.delete(parentElement);
  };
}

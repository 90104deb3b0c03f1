// One viewer on the page: it takes packets, keeps the state and paints a frame when something changed.

const NEEDS = ["createImageBitmap", "DecompressionStream", "ResizeObserver"];

class Viewer {
  constructor(root) {
    this.root = root;
    this.generation = 0;
    this.hidden = new Set();
    this.pointer = null;
    this.ending = new AbortController();
    const { signal } = this.ending;
    this.view = new View();
    this.motion = new Motion(this.view, () => this.schedule());
    this.stage = new Stage(root, this.view, () => {
      this.motion.stop();
      // A resized canvas is empty: it is painted before the browser shows it.
      this.paint();
    });
    this.legend = new Legend(this.find(".legend"), (name) => this.toggle(name), () => this.showAll(), signal);
    this.readout = new Readout(this.find(".readout"));
    this.forget();
    this.listen(signal);
    /** For tests: reads, never writes. */
    root.maskDesk = {
      sampleAt: (x, y) => this.sampleAt(x, y),
      transform: () => ({ scale: this.view.scale, ...this.view.offset, pane: { ...this.view.pane } }),
    };
  }

  find(selector) {
    return this.root.querySelector(selector);
  }

  /** Takes a packet; what did not change is not decoded again. */
  update(data) {
    let packet;
    try {
      if (!NEEDS.every((name) => name in globalThis))
        throw new Unreadable("This browser is too old to show masks. Please open the page in a current one.");
      packet = openPacket(data);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      this.generation++;
      this.text = null;
      this.forget();
      this.fail("whole", error.message);
      return;
    }
    this.root.style.setProperty("--height", `${packet.height}px`);
    if (packet.text === this.text) return;
    this.text = packet.text;
    const before = this.header;
    const { header } = packet;
    const same = (...keys) => keys.every((key) => JSON.stringify(before?.[key]) === JSON.stringify(header[key]));
    const settled = ["ready", "empty"].includes(this.root.dataset.state);
    if (!same("id", "image") || !this.picture) this.forget();
    this.header = header;
    this.classes = new Classes(header);
    if (settled && same("id", "image", "answer", "mask", "confidence")) this.describe();
    else this.load(packet, ++this.generation);
  }

  /** Lets go of picture and mask at once: nothing of an old picture may stand beside a new one. */
  forget() {
    if (this.picture) returnPicture(this.picture);
    this.header = this.classes = this.picture = this.mask = this.confidence = null;
    this.motion.stop();
    this.view.setImage(0, 0);
    this.legend.fill({ present: [], absent: [] });
    for (const name of ["imageId", "answer"]) this.root.dataset[name] = "";
    this.paint();
  }

  /** Decodes a packet and shows each part as soon as it is there. */
  async load(packet, generation) {
    const { header } = packet;
    const { image } = header;
    const stale = () => generation !== this.generation;
    this.announcePicture(header);
    const decode = (part, bytes) => settle(part ? decodeMask(bytes, part, image) : Promise.resolve(null));
    const picture = this.picture ? null : settle(borrowPicture(header.id, image, packet.image));
    const mask = decode(header.mask, packet.mask);
    const confidence = decode(header.confidence, packet.confidence);

    if (picture) {
      const { value, error } = await picture;
      if (stale()) {
        if (value) returnPicture(value);
        return;
      }
      if (error) {
        this.forget();
        this.fail("whole", "The picture that came could not be shown: this browser cannot read it.");
        return;
      }
      this.picture = value;
      this.view.setImage(image.w, image.h);
      this.paint();
    }
    const gotMask = await mask;
    if (stale()) return;
    this.mask = gotMask.value ?? null;
    this.confidence = null;
    this.describe();
    const gotConfidence = await confidence;
    if (stale()) return;
    // Without it the mask is whole all the same; the read-out then leaves the confidence out.
    this.confidence = gotConfidence.value ?? null;
    this.root.dataset.answer = header.answer;
    if (gotMask.error) {
      const reason = gotMask.error.message;
      this.fail("mask", `The mask that came could not be read: ${reason}. Ask for the prediction once more.`);
    } else {
      this.setState(this.mask ? "ready" : header.pending ? "waiting" : "empty");
    }
    this.read();
    // After the first frame, so that nothing delays it.
    requestAnimationFrame(() => setTimeout(() => this.picture?.shrink(() => this.schedule())));
  }

  announcePicture({ id, name, image, mask, pending }) {
    const { root } = this;
    this.setState("loading");
    root.dataset.imageId = id;
    // A mask that is on its way keeps its place, so that nothing moves when it is there.
    root.toggleAttribute("data-alone", !mask && !pending);
    root.style.setProperty("--ratio", String(image.w / image.h));
    const keys = "Plus and minus zoom, arrow keys move, 0 fits, 1 shows 100 percent, Escape leaves.";
    this.find(".panes").setAttribute("aria-label", `${name}${mask ? " and its mask" : ""}. ${keys}`);
  }

  /** Puts names, colours and shares on the page. */
  describe() {
    const { header, mask, classes } = this;
    const split = mask ? classes.split(mask.counts) : { present: [], absent: [] };
    this.table = classes.table(this.hidden);
    this.legend.fill(split);
    this.legend.mark(this.hidden);
    const size = `${formatCount(header.image.w)} × ${formatCount(header.image.h)} pixels`;
    this.find(".image .picture").setAttribute("aria-label", `Image ${header.name}, ${size}`);
    const spoken = split.present.map((entry) => `${entry.name} ${formatShare(entry.share)}`).join(", ");
    this.find(".colours").setAttribute("aria-label", mask ? `Mask: ${spoken}` : "No mask");
    const stretched = mask && (mask.w !== header.image.w || mask.h !== header.image.h);
    const note = stretched ? `${mask.w} × ${mask.h}, stretched` : "";
    this.find(".mask .caption small").textContent = !mask && header.pending ? "on its way" : note;
    this.paint();
  }

  /** @param {"mask"|"whole"} part what cannot be shown */
  fail(part, sentence) {
    this.find(`.${part}-notice p`).textContent = sentence;
    this.setState("broken", part);
  }

  setState(state, broken = "") {
    this.root.dataset.state = state;
    this.root.dataset.broken = broken;
    for (const part of ["mask", "whole"]) this.find(`.${part}-notice`).hidden = part !== broken;
  }

  /** The pixel of the picture at (x, y): its class, and its confidence where known. */
  sampleAt(x, y) {
    const sample = { x, y };
    const { header, mask, confidence } = this;
    if (mask) sample.entry = this.classes.of(valueAt(mask, header.image, x, y));
    if (mask && confidence) sample.confidence = formatConfidence(valueAt(confidence, header.image, x, y));
    return sample;
  }

  schedule() {
    this.frame ||= requestAnimationFrame((now) => {
      this.frame = 0;
      this.motion.step(now);
      this.paint();
    });
  }

  paint() {
    const { view, picture } = this;
    this.stage.paint(picture, this.mask, this.table);
    const known = Boolean(picture) && view.known;
    this.root.dataset.scale = known ? String(view.scale) : "";
    this.find(".scale").textContent = known ? formatScale(view.scale) : "";
    this.find(".panes").classList.toggle("movable", known && !view.fitted);
    this.read();
  }

  /** Says what is under the pointer, and marks the same place in the other pane. */
  read() {
    const { pointer } = this;
    const pixel = pointer && this.picture ? this.view.pixelAt(pointer.x, pointer.y) : null;
    this.readout.show(pixel && this.sampleAt(pixel.x, pixel.y), this.header);
    this.stage.mark(pixel && pointer);
  }

  point(pointer) {
    this.pointer = pointer;
    this.read();
  }

  toggle(name) {
    if (!this.hidden.delete(name)) this.hidden.add(name);
    this.recolour(`${name} ${this.hidden.has(name) ? "hidden" : "shown"}`);
  }

  showAll() {
    this.hidden.clear();
    this.recolour("All classes shown");
  }

  recolour(spoken) {
    this.table = this.classes.table(this.hidden);
    this.legend.mark(this.hidden);
    this.say(spoken);
    this.schedule();
  }

  say(text) {
    this.find(".spoken").textContent = text;
  }

  /** @returns {boolean} whether there was something to do */
  command(name) {
    const { view, motion } = this;
    if (!this.picture || !view.known) return false;
    const steps = {
      in: () => motion.zoomStep(1),
      out: () => motion.zoomStep(-1),
      full: () => motion.zoomTo(1),
      fit: () => motion.fit(),
      left: () => this.walk(0.1, 0),
      right: () => this.walk(-0.1, 0),
      up: () => this.walk(0, 0.1),
      down: () => this.walk(0, -0.1),
      leave: () => this.find(".panes").blur(),
    };
    steps[name]();
    if (["in", "out", "full", "fit"].includes(name)) this.say(formatScale(motion.goal.scale));
    return true;
  }

  /** Pans by keyboard; the middle of the pane is then what the read-out tells of. */
  walk(across, down) {
    const { view } = this;
    this.motion.panStep(across, down);
    this.pointer = { pane: null, x: view.pane.w / 2, y: view.pane.h / 2 };
    const pixel = view.pixelAt(this.pointer.x, this.pointer.y, this.motion.goal);
    this.say(Readout.say(pixel && this.sampleAt(pixel.x, pixel.y)));
  }

  listen(signal) {
    const { root, motion } = this;
    const panes = this.find(".panes");
    const target = {
      zoomBy: (factor, x, y) => motion.zoomBy(factor, x, y),
      panBy: (dx, dy) => motion.panBy(dx, dy),
      command: (name) => this.command(name),
      point: (pane, x, y) => this.point(pane && { pane, x, y }),
      hint: (text) => giveHint(this.find(".hint"), text),
      engaged: () => Boolean(this.find(".stage:focus-within")),
    };
    listen(root, panes, target, signal);
    const on = (element, type, handler) => element.addEventListener(type, handler, { signal });
    on(panes, "focusout", () => this.pointer?.pane === null && this.point(null));
    for (const button of root.querySelectorAll("[data-command]"))
      on(button, "click", () => this.command(button.dataset.command));
    for (const radio of root.querySelectorAll(".switch input"))
      on(radio, "change", () => (root.dataset.pane = radio.value));
    listenToOpacity(root, signal);
  }

  end() {
    this.generation++;
    this.ending.abort();
    this.stage.end();
    this.forget();
    cancelAnimationFrame(this.frame);
    delete this.root.maskDesk;
  }
}

const viewers = new WeakMap();

/** Called by Streamlit for every packet; the element stays the same between calls. */
export default function show({ data, parentElement }) {
  const root = parentElement.querySelector(".desk");
  let found = viewers.get(parentElement);
  if (found?.root !== root) {
    found?.end();
    found = new Viewer(root);
    viewers.set(parentElement, found);
  }
  found.update(data);
  return () => {
    viewers.get(parentElement)?.end();
    viewers.delete(parentElement);
  };
}

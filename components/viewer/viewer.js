// One viewer on the page: it takes packets, keeps the state and paints a frame when something changed.

const NARROW = 640;
const MIDDLE = 900;
const GLIDE_MS = 160;
const NEEDS = ["createImageBitmap", "DecompressionStream", "ResizeObserver"];
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const hintsGiven = new Set();

class Viewer {
  constructor(root) {
    this.root = root;
    this.find = (selector) => root.querySelector(selector);
    this.panes = this.find(".panes");
    this.canvases = [...root.querySelectorAll(".pane")].map((pane) => ({
      pane,
      picture: pane.querySelector(".picture").getContext("2d"),
      colours: pane.querySelector(".colours")?.getContext("2d"),
      twin: pane.querySelector(".twin"),
    }));
    this.view = new View();
    this.generation = 0;
    this.hidden = new Set();
    this.pointer = null;
    this.ending = new AbortController();
    const { signal } = this.ending;
    this.legend = new Legend(this.find(".legend"), (name) => this.toggle(name), () => this.showAll(), signal);
    this.readout = new Readout(this.find(".readout"));
    this.forget();
    listen(root, this.panes, this.gestureTarget(), signal);
    this.listenToControls(signal);
    this.watchSize();
    root.maskDesk = {
      sampleAt: (x, y) => this.sampleAt(x, y),
      transform: () => ({ scale: this.view.scale, ...this.view.offset, pane: { ...this.view.pane } }),
    };
  }

  /** Takes a packet; what did not change is not decoded again. */
  update(data) {
    let packet;
    try {
      const missing = NEEDS.filter((name) => !(name in globalThis));
      if (missing.length) throw new Unreadable("This browser is too old to show masks. Please use a current one.");
      packet = openPacket(data);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      this.generation++;
      this.text = null;
      this.forget();
      this.fail(".whole-notice", error.message);
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
    if (settled && same("id", "image", "answer", "mask", "confidence")) {
      this.describe();
      return;
    }
    this.load(packet, ++this.generation);
  }

  /** Lets go of picture and mask at once: nothing of an old picture may stand beside a new one. */
  forget() {
    if (this.picture) returnPicture(this.picture);
    this.header = this.picture = this.mask = this.confidence = this.classes = null;
    this.view.setImage(0, 0);
    this.paint();
  }

  async load(packet, generation) {
    const { header } = packet;
    const { image } = header;
    const stale = () => generation !== this.generation;
    this.setState("loading");
    this.root.dataset.imageId = header.id;
    this.root.toggleAttribute("data-alone", !header.mask);
    this.root.style.setProperty("--ratio", `${image.w} / ${image.h}`);
    this.panes.setAttribute(
      "aria-label",
      `${header.name} and its mask. Plus and minus zoom, arrow keys move, 0 fits, 1 shows 100 percent, Escape leaves.`,
    );
    for (const selector of [".whole-notice", ".mask-notice"]) this.find(selector).hidden = true;

    const settle = (promise) => promise.then((value) => ({ value }), (error) => ({ error }));
    const decode = (part, bytes) => settle(part ? decodeMask(bytes, part, image) : Promise.resolve(null));
    const picture = this.picture ? { value: this.picture } : settle(borrowPicture(header.id, image, packet.image));
    const mask = decode(header.mask, packet.mask);
    const confidence = decode(header.confidence, packet.confidence);

    const gotPicture = await picture;
    if (stale()) {
      if (gotPicture.value && gotPicture.value !== this.picture) returnPicture(gotPicture.value);
      return;
    }
    if (gotPicture.error) {
      this.forget();
      this.fail(".whole-notice", "The picture that came could not be shown: this browser cannot read it.");
      return;
    }
    if (!this.picture) {
      this.picture = gotPicture.value;
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
    this.confidence = gotConfidence.value ?? null;
    this.root.dataset.answer = header.answer;
    if (gotMask.error) {
      this.fail(
        ".mask-notice",
        `The mask that came could not be read: ${gotMask.error.message}. Ask for the prediction once more.`,
      );
    } else {
      this.setState(this.mask ? "ready" : "empty");
    }
    this.schedule();
    setTimeout(() => this.picture?.shrink(() => this.schedule()), 60);
  }

  /** Puts names, colours and shares on the page. */
  describe() {
    const { header, mask, classes } = this;
    this.table = classes.table(this.hidden);
    const split = mask ? classes.split(mask.counts) : { present: [], absent: [] };
    this.legend.fill(split);
    this.legend.mark(this.hidden);
    const size = `${formatCount(header.image.w)} × ${formatCount(header.image.h)} pixels`;
    this.find(".image .picture").setAttribute("aria-label", `Image ${header.name}, ${size}`);
    const spoken = split.present.map((entry) => `${entry.name} ${formatShare(entry.share)}`).join(", ");
    this.find(".colours").setAttribute("aria-label", mask ? `Mask: ${spoken}` : "No mask");
    const stretched = mask && (mask.w !== header.image.w || mask.h !== header.image.h);
    this.find(".mask .caption small").textContent = stretched ? `${mask.w} × ${mask.h}, stretched` : "";
    this.schedule();
  }

  fail(selector, sentence) {
    this.find(`${selector} p`).textContent = sentence;
    this.find(selector).hidden = false;
    this.setState("broken");
  }

  setState(state) {
    this.root.dataset.state = state;
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
      this.glide?.(now);
      this.paint();
    });
  }

  paint() {
    const { view, picture, mask } = this;
    for (const { pane, picture: ctx, colours } of this.canvases) {
      if (!pane.clientWidth) continue;
      if (picture && view.known) paintPicture(ctx, picture, view);
      else ctx.clearRect(0, 0, ctx.canvas.width, ctx.canvas.height);
      if (!colours) continue;
      if (mask && view.known) this.pixels = paintMask(colours, mask, this.table, view, this.pixels);
      else colours.clearRect(0, 0, colours.canvas.width, colours.canvas.height);
    }
    const known = picture && view.known;
    this.root.dataset.scale = known ? String(view.scale) : "";
    this.find(".scale").textContent = known ? formatScale(view.scale) : "";
    this.panes.classList.toggle("movable", Boolean(known) && !view.fitted);
    this.read();
  }

  /** Updates the read-out, and the mark at the same place in the other pane. */
  read() {
    const { pointer, view } = this;
    const pixel = pointer && this.picture ? view.pixelAt(pointer.x, pointer.y) : null;
    this.readout.show(pixel ? this.sampleAt(pixel.x, pixel.y) : null, this.header);
    for (const { pane, picture, twin } of this.canvases) {
      twin.hidden = !pixel || pane === pointer.pane;
      if (twin.hidden || !pane.clientWidth) continue;
      const ratio = picture.canvas.width / pane.clientWidth;
      twin.style.transform = `translate(${pointer.x / ratio}px, ${pointer.y / ratio}px)`;
    }
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

  gestureTarget() {
    return {
      zoomBy: (factor, x, y) => this.move(() => this.view.zoomAt(this.view.scale * factor, x, y)),
      panBy: (dx, dy) => this.move(() => this.view.panBy(dx, dy)),
      command: (name) => this.command(name),
      point: (pane, x, y) => {
        this.pointer = pane ? { pane, x, y } : null;
        this.read();
      },
      hint: (text) => this.hint(text),
      engaged: () => Boolean(this.find(".stage:focus-within")),
    };
  }

  /** Moves the view at once; a glide under way ends where it is. */
  move(change) {
    this.glide = null;
    if (!this.picture) return;
    change();
    this.schedule();
  }

  /** Moves the view in a short glide, or at once where the system asks for calm. */
  glideTo(change) {
    this.move(() => {
      const from = { ...this.view };
      change();
      if (calm.matches) return;
      const { scale, cx, cy, fitted } = this.view;
      let began = null;
      this.glide = (now) => {
        began ??= now;
        const part = Math.min(1, (now - began) / GLIDE_MS);
        const eased = 1 - (1 - part) ** 3;
        const mix = (a, b) => (part === 1 ? b : a + (b - a) * eased);
        this.view.scale = part === 1 ? scale : from.scale * (scale / from.scale) ** eased;
        this.view.cx = mix(from.cx, cx);
        this.view.cy = mix(from.cy, cy);
        this.view.fitted = fitted;
        if (part === 1) this.glide = null;
        else this.schedule();
      };
    });
  }

  /** @returns {boolean} whether there was something to do */
  command(name) {
    if (!this.picture || !this.view.known) return false;
    const { view } = this;
    const { w, h } = view.pane;
    const zoom = (scale) => {
      this.glideTo(() => view.zoomAt(scale, w / 2, h / 2));
      this.say(formatScale(clamp(scale, view.minScale, view.maxScale)));
    };
    const pan = (dx, dy) => {
      this.glideTo(() => view.panBy(dx * w, dy * h));
      this.pointer = { pane: null, x: w / 2, y: h / 2 };
      const pixel = view.pixelAt(w / 2, h / 2);
      this.say(Readout.say(pixel && this.sampleAt(pixel.x, pixel.y)));
    };
    const commands = {
      in: () => zoom(view.nextStop(1)),
      out: () => zoom(view.nextStop(-1)),
      full: () => zoom(1),
      fit: () => {
        this.glideTo(() => view.fit());
        this.say("Fitted");
      },
      left: () => pan(0.1, 0),
      right: () => pan(-0.1, 0),
      up: () => pan(0, 0.1),
      down: () => pan(0, -0.1),
      leave: () => this.panes.blur(),
    };
    commands[name]();
    return true;
  }

  /** Says something once in this browser. */
  hint(text) {
    const key = `mask-desk:${text}`;
    if (hintsGiven.has(key)) return;
    hintsGiven.add(key);
    try {
      if (localStorage.getItem(key)) return;
      localStorage.setItem(key, "1");
    } catch {
      // Storage may be switched off; the hint then comes once a visit.
    }
    const hint = this.find(".hint");
    hint.textContent = text;
    hint.classList.add("shown");
    setTimeout(() => hint.classList.remove("shown"), 3500);
  }

  listenToControls(signal) {
    for (const button of this.root.querySelectorAll("[data-command]"))
      button.addEventListener("click", () => this.command(button.dataset.command), { signal });
    for (const radio of this.root.querySelectorAll(".switch input"))
      radio.addEventListener("change", () => (this.root.dataset.pane = radio.value), { signal });
    const slider = this.find(".opacity input");
    const apply = () => {
      this.root.style.setProperty("--opacity", `${slider.value}%`);
      this.find(".opacity output").textContent = `${slider.value} %`;
    };
    slider.value = "60";
    slider.addEventListener("input", apply, { signal });
    apply();
  }

  watchSize() {
    this.sizes = new ResizeObserver((entries) => {
      for (const { target, contentRect } of entries) {
        if (target !== this.root) continue;
        const { width } = contentRect;
        target.dataset.layout = width < NARROW ? "narrow" : width < MIDDLE ? "middle" : "wide";
      }
      this.measure(entries);
      // A resized canvas is empty: it is painted before the browser shows it.
      this.paint();
    });
    this.sizes.observe(this.root);
    for (const { pane } of this.canvases) {
      try {
        this.sizes.observe(pane, { box: "device-pixel-content-box" });
      } catch {
        this.sizes.observe(pane);
      }
    }
  }

  measure(entries) {
    for (const entry of entries) {
      const found = this.canvases.find(({ pane }) => pane === entry.target);
      if (!found) continue;
      const exact = entry.devicePixelContentBoxSize?.[0];
      const w = exact?.inlineSize ?? Math.round(entry.contentRect.width * devicePixelRatio);
      const h = exact?.blockSize ?? Math.round(entry.contentRect.height * devicePixelRatio);
      if (!w || !h) continue;
      for (const ctx of [found.picture, found.colours]) if (ctx) Object.assign(ctx.canvas, { width: w, height: h });
      this.glide = null;
      this.view.setPane(w, h);
    }
  }

  end() {
    this.generation++;
    this.ending.abort();
    this.sizes.disconnect();
    cancelAnimationFrame(this.frame);
    this.forget();
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

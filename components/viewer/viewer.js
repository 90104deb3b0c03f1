// One viewer on the page: it takes packets, keeps the state and paints a frame when something changed.

const NEEDS = ["createImageBitmap", "DecompressionStream", "ResizeObserver"];
const ARRIVING_MS = 1000;

// What stays from picture to picture, and through a visit to another page.
const memory = { look: {}, hidden: new Set(), solo: null, own: null, region: null, imageId: "", told: "{}" };

class Viewer {
  constructor(root) {
    this.root = root;
    this.generation = 0;
    this.pointer = null;
    this.spotlight = null;
    this.flipsFrom = null;
    this.ending = new AbortController();
    const { signal } = this.ending;
    this.recall();
    this.own = memory.own ?? loadOwnColours();
    this.view = new View();
    this.motion = new Motion(this.view, () => this.schedule());
    this.look = new Look(root, (changed) => this.onLook(changed), signal);
    Object.assign(this.look, memory.look);
    this.stage = new Stage(root, this.view, () => this.onResize(), () => this.look.show());
    this.map = new Minimap(this.find(".map"), this.view, (x, y) => this.motion.centre(x, y), signal);
    this.legend = new Legend(this.find(".legend"), makeLegendActs(this), signal);
    this.readout = new Readout(this.find(".readout"));
    this.regions = new Regions(() => this.onRegions());
    const go = { move: () => this.onThreshold(), release: (percent) => this.release(percent) };
    this.confidence = new Confidence(root, go, signal);
    this.curve = new Curve(this.find(".confidence"), { go: (percent) => this.confidence.go(percent) }, signal);
    this.link = new Link(() => this.state, signal);
    this.ahead = new Ahead(() => (this.isSettled ? this.picture : null));
    this.frames = [];
    this.look.show();
    this.setUpRemarks(signal);
    this.forget();
    listenToViewer(this, signal);
    root.maskDesk = revealToTests(this);
    // They start while the first picture is on its way.
    startAnswerWorkers();
  }

  find(selector) {
    return this.root.querySelector(selector);
  }

  /** Takes up what an address says, or what was there before a visit to another page. */
  recall() {
    if (arrival) {
      Object.assign(memory, { look: arrival.look, hidden: new Set(arrival.hidden) });
      Object.assign(memory, { solo: arrival.solo, own: arrival.own });
      const [x, y, w, h] = arrival.region ?? [];
      Object.assign(memory, { region: arrival.region && { x, y, w, h }, imageId: "", picture: arrival.picture });
      arrival = null;
    }
    this.hidden = memory.hidden;
    this.solo = memory.solo;
    const { region, imageId, picture } = memory;
    this.wish = region && { region, imageId, picture, until: Infinity };
    memory.picture = null;
  }

  /** What the address and a copied link tell of; null while there is nothing to look at. */
  get state() {
    if (!this.picture) return null;
    const { look, hidden, solo, own, view } = this;
    return { look, hidden, solo, own, view };
  }

  /** Takes what lasts from packet to packet: the place on the page, and whom to tell. */
  update(data, tell) {
    this.tell = tell;
    const { height, asks, pins, key } = openFrame(data);
    this.root.style.setProperty("--height", `${height}px`);
    this.root.toggleAttribute("data-asks", asks);
    this.takeRemarks(pins);
    if (key === this.key) return;
    this.key = key;
    parts.watch(`header:${key}`, (bytes) => this.receive(bytes), this.ending.signal);
    const read = (bytes) => JSON.parse(new TextDecoder().decode(bytes));
    parts.watch(`next:${key}`, (bytes) => this.ahead.take(read(bytes)), this.ending.signal);
    for (let slot = 0; slot < SLOTS; slot++)
      parts.watch(`card:${key}:${slot}`, (bytes) => this.ahead.takeSlot(slot, read(bytes)?.header ?? null), this.ending.signal);
  }

  /** Takes a packet; what did not change is not decoded again. */
  receive(bytes) {
    if (isNothingYet(bytes)) return this.wait();
    let packet;
    try {
      if (!NEEDS.every((name) => name in globalThis))
        throw new Unreadable("This browser is too old to show masks. Please open the page in a current one.");
      packet = openHeader(bytes);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      this.text = null;
      this.failWhole(error.message);
      return;
    }
    if (packet.text === this.text) return;
    this.text = packet.text;
    const before = this.header;
    const { header } = packet;
    const same = (...keys) => keys.every((key) => JSON.stringify(before?.[key]) === JSON.stringify(header[key]));
    const settled = this.isSettled;
    const samePicture = same("id", "image") && Boolean(this.picture);
    if (!samePicture) this.forget(isDecoded(header));
    else if (!same("subject")) this.closeComposer();
    this.header = header;
    this.classes = new Classes(header, this.own);
    this.confidence.take(header);
    this.root.removeAttribute("data-asking");
    if (settled && samePicture && same("answer", "mask", "confidence")) {
      this.tellSight();
      this.describe();
    } else this.load(header, ++this.generation);
  }

  /** The next picture is on its way, and nothing is known of it yet. */
  wait() {
    this.text = null;
    this.forget();
    this.setState("loading");
  }

  /**
   * Lets go of picture and mask at once: nothing of an old picture may stand beside a new one.
   *
   * @param {boolean} isReplaced whether the new one is there before the next frame.
   */
  forget(isReplaced = false) {
    this.generation++;
    this.keepDraft();
    this.header = this.classes = this.picture = null;
    this.dropAnswer();
    if (this.pictureLoan) {
      this.pictureLoan.thing.listeners.delete(this.repaint);
      pictures.release(this.pictureLoan);
    }
    this.pictureLoan = this.pointer = null;
    this.motion.stop();
    this.view.setImage(0, 0);
    this.seen = null;
    this.closeComposer();
    for (const name of ["imageId", "answer"]) this.root.dataset[name] = "";
    if (isReplaced) return;
    this.legend.fill({ present: [], absent: [] });
    this.showRemarks();
    this.paint();
  }

  dropAnswer() {
    if (this.answerLoan) answers.release(this.answerLoan);
    this.answerLoan = this.answer = this.counts = null;
    this.endSpotlight();
    this.regions.forget();
    this.stage.forget();
  }

  failWhole(sentence) {
    this.forget();
    this.find(".whole-notice p").textContent = sentence;
    this.setState("broken", "whole");
  }

  failMask(sentence) {
    this.find(".mask-notice p").textContent = sentence;
    this.setState("broken", "mask");
  }

  /** Tells the rest of the page what is to be seen here. */
  tellSight() {
    const { header, root } = this;
    parts.sights.set(root, {
      subject: header?.subject ?? "",
      isLoading: root.dataset.state === "loading",
      // What is to be seen, also while Python has not heard of it.
      threshold: header?.cut ? this.confidence.percent : header?.threshold,
    });
  }

  get isSettled() {
    return ["ready", "empty"].includes(this.root.dataset.state);
  }

  setState(state, broken = "") {
    this.root.dataset.state = state;
    this.tellSight();
    this.root.dataset.broken = broken;
    for (const part of ["mask", "whole"]) this.find(`.${part}-notice`).hidden = part !== broken;
  }

  schedule() {
    this.frame ||= requestAnimationFrame((now) => {
      const began = performance.now();
      this.frame = 0;
      this.motion.step(now);
      this.paint();
      if (this.areSharesOld && this.counts) this.writeShares();
      this.frames.push(performance.now() - began);
      if (this.frames.length > 500) this.frames.shift();
    });
  }

  /** A resized canvas is empty: it is painted before the browser shows it. */
  onResize() {
    this.motion.stop();
    this.followWish();
    this.seen = null;
    this.paint();
  }

  /** Paints what is to be seen; pictures only where they moved. */
  paint() {
    const { view, picture } = this;
    const { x, y } = view.offset;
    const seen = picture && view.known ? [picture.levels[0]?.width, view.scale, x, y].join() : "";
    if (seen !== this.seen) {
      this.seen = seen;
      this.stage.forget();
      this.stage.paintPictures({ picture });
      this.map.mark();
      this.pins.place(view);
      this.placeComposer();
      this.sayScale();
      memory.region = view.fitted ? null : { ...view.region, scale: view.scale };
      memory.imageId = this.header?.id ?? "";
      this.link.writeSoon();
    }
    this.stage.paintMask(this.scene);
    this.read();
    picture?.suffices(view.known ? Math.min(view.scale, 1) : 0);
  }

  sayScale() {
    const { view } = this;
    const known = Boolean(this.picture) && view.known;
    this.root.dataset.scale = known ? String(view.scale) : "";
    this.find(".scale").textContent = known ? formatScale(view.scale) : "";
    this.find(".panes").classList.toggle("movable", known && !view.fitted);
  }

  say(text) {
    this.find(".spoken").textContent = text;
  }

  end() {
    this.endSpotlight();
    this.ending.abort();
    this.ahead.end();
    this.stage.end();
    const { region, imageId } = memory;
    this.forget();
    // Forgetting is not what the next visit is to find.
    Object.assign(memory, { region, imageId });
    cancelAnimationFrame(this.frame);
    this.leaveScreen();
    parts.sights.delete(this.root);
    delete this.root.maskDesk;
  }
}

const viewers = new WeakMap();

/** Called by Streamlit for every packet; the element stays the same between calls. */
export default function show({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".desk");
  let found = viewers.get(parentElement);
  if (found?.root !== root) {
    found?.end();
    found = new Viewer(root);
    viewers.set(parentElement, found);
  }
  found.update(data, leaving.guard(parentElement, setTriggerValue));
  return () => {
    viewers.get(parentElement)?.end();
    viewers.delete(parentElement);
  };
}

// Remarks at places: setting them, and what was remarked but is not stored yet. A part of the
// viewer's own class, in a file of its own.

const HOW_TO_PIN = "Click the place to remark on";
const HOW_TO_PIN_BY_KEYS = "Arrow keys lead the cross over the picture, Enter remarks on the place, Escape ends";
// Parts of the pane that the cross moves at a time where the whole picture is seen.
const CROSS_STEP = 0.2;
const HOW_TO_PIN_BY_TOUCH = "Tap the place to remark on";
// What a header that came from elsewhere may lack.
const NO_REMARKS = { pins: [], may_pin: false, subject: "" };

const REMARK_KINDS = ["pin", "reply", "resolve", "reopen"];

const remarking = {
  setUpRemarks(signal) {
    this.takesPins = false;
    this.pinAt = null;
    /** Remarks that were being written when another picture came, or the page was reloaded. */
    this.drafts = new Drafts("pin");
    this.setCross(0.5, 0.5);
    this.pins = new Pins(this.stage, (id) => this.chooseRemark(id));
    const go = {
      go: (id) => this.goToRemark(id),
      reply: (id, text) => this.keepRemark({ kind: "reply", pin: id, text }),
      settle: (id, kind) => this.keepRemark({ kind, pin: id }),
      replies: new Drafts("reply"),
    };
    this.remarks = new Remarks(this.find(".remarks"), go, signal);
    const acts = {
      save: (text) => this.savePin(text),
      cancel: () => {
        this.drafts.delete(this.subject);
        this.closeComposer();
      },
      change: () => this.keepDraft(),
    };
    const onOutbox = () => {
      if (!this.takesPins) return;
      this.showRemarks();
      // Whose drafts these are is known only now.
      if (this.isSettled) this.resumeDraft();
    };
    outbox.addEventListener("change", onOutbox, { signal });
    const hear = (notice) => {
      const { event, sentence } = notice.detail;
      if (!REMARK_KINDS.includes(event.kind) || !this.takesPins) return;
      notice.preventDefault();
      this.complain(sentence);
    };
    outbox.addEventListener("refused", hear, { signal });
    this.composer = new Composer(this.find(".composer"), acts, signal);
    this.find(".pin-toggle").addEventListener("click", (event) => this.switchPinning(event.detail === 0), { signal });
    const follow = () => this.placeComposer();
    document.addEventListener("scroll", follow, { capture: true, passive: true, signal });
    window.addEventListener("resize", follow, { signal });
  },

  /** @param {boolean} takes whether Python takes remarks. */
  takeRemarks(takes) {
    if (takes === this.takesPins) return;
    this.takesPins = takes;
    this.root.toggleAttribute("data-pins", takes);
    listKeys(this.find(".help dl"), takes);
    this.showRemarks();
  },

  get mayPin() {
    return this.takesPins && Boolean(this.header?.may_pin);
  },

  /** Brings markers and list in line with the header and with what is not stored yet. */
  showRemarks() {
    const header = { ...NO_REMARKS, ...this.header };
    const known = header.pins.flatMap((pin) => [pin.id, ...(pin.replies ?? []).map((reply) => reply.id)]);
    const isRemark = ({ kind, id }) => REMARK_KINDS.includes(kind) && !known.includes(id);
    // Those that are stored stay until the header that comes next tells of them.
    const own = this.takesPins ? [...outbox.recent.map((event) => ({ ...event, isStored: true })), ...outbox.events] : [];
    const pins = this.header ? addUnsaved(header, own.filter(isRemark)) : [];
    this.shownPins = pins;
    this.pins.fill(pins);
    this.remarks.fill(pins, { mayPin: this.mayPin });
    this.allow(".pin-toggle", this.mayPin && Boolean(this.picture), "You may look, not remark");
    if (!this.mayPin) this.stopPinning();
    this.pins.place(this.view);
  },

  complain(sentence) {
    const line = this.find(".remarks .refusal");
    line.textContent = sentence;
    line.hidden = false;
  },

  switchPinning(byKeys) {
    if (this.root.dataset.pinning) {
      this.stopPinning();
      return;
    }
    if (!this.mayPin || !this.picture) return;
    this.root.dataset.pinning = byKeys ? "keys" : "hand";
    this.find(".pin-toggle").setAttribute("aria-pressed", "true");
    const panes = this.find(".panes");
    panes.scrollIntoView({ block: "nearest", behavior: calm.matches ? "auto" : "smooth" });
    panes.focus({ preventScroll: true });
    const touch = matchMedia("(hover: none)").matches ? HOW_TO_PIN_BY_TOUCH : HOW_TO_PIN;
    this.announce(byKeys ? HOW_TO_PIN_BY_KEYS : touch);
  },

  /** @returns {boolean} whether there was something to stop */
  stopPinning() {
    if (!this.root.dataset.pinning) return false;
    delete this.root.dataset.pinning;
    this.setCross(0.5, 0.5);
    this.find(".pin-toggle").setAttribute("aria-pressed", "false");
    return true;
  },

  /** Puts the cross somewhere in the panes, as parts of their width and height. */
  setCross(x, y) {
    this.cross = { x, y };
    this.root.style.setProperty("--cross-x", `${x * 100}%`);
    this.root.style.setProperty("--cross-y", `${y * 100}%`);
  },

  /**
   * Leads the cross over a picture that is seen whole and so cannot be moved under it.
   *
   * @returns {boolean} whether it was the cross that moved.
   */
  moveCross(across, down) {
    if (!this.root.dataset.pinning) return false;
    this.root.dataset.pinning = "keys";
    if (!this.view.fitted) return false;
    const { x, y } = this.cross;
    this.setCross(clamp(x - across * CROSS_STEP, 0.01, 0.99), clamp(y - down * CROSS_STEP, 0.01, 0.99));
    this.schedule();
    return true;
  },

  /**
   * Starts a remark at a point of a pane, in its device pixels; under the cross where none is given.
   *
   * @returns {boolean} whether the point was taken for one.
   */
  placePin(x = this.view.pane.w * this.cross.x, y = this.view.pane.h * this.cross.y) {
    if (!this.root.dataset.pinning || !this.picture) return false;
    // A glide under way is not over yet, and the place meant is the one it ends at.
    const at = this.motion.goal;
    const pixel = this.view.pixelAt(x, y, at);
    if (!pixel) {
      this.announce("This is beside the picture");
      return true;
    }
    const { x: left, y: top } = this.view.offsetAt(at);
    const { w, h } = this.picture;
    const exact = (length, most) => clamp(Number(length.toFixed(2)), 0, most);
    this.stopPinning();
    this.startRemark({ pixel, x: exact((x - left) / at.scale, w), y: exact((y - top) / at.scale, h) });
    return true;
  },

  /** What lies under the place of the remark that is being written. */
  get pinned() {
    const { pixel } = this.pinAt;
    const sample = this.tellOf(pixel);
    const sureness = sample.confidence === undefined ? null : Number.parseFloat(sample.confidence);
    return { sample, sureness, region: this.answer ? this.regionOf(pixel) : null };
  },

  tellComposer() {
    if (!this.pinAt) return;
    const { sample, region } = this.pinned;
    const size = region ? `area of ${formatPixels(region.pixels)}` : "";
    this.composer.tell([sample.entry?.name, size, Readout.judge(sample)].filter(Boolean).join(" · "));
  },

  /** The connected area at a pixel, in pixels of the picture; null while it is not known. */
  regionOf({ x, y }) {
    const found = this.findRegions();
    if (!found) return null;
    const { image } = this.header;
    const at = regionAt(found, Math.floor((x * found.w) / image.w), Math.floor((y * found.h) / image.h));
    const [left, top, right, bottom] = found.boxes.subarray(at * 4, at * 4 + 4);
    const [across, down] = [image.w / found.w, image.h / found.h];
    const box = [left * across, top * down, (right - left) * across, (bottom - top) * down];
    return { pixels: Math.round(found.sizes[at]), box: box.map((length) => Number(length.toFixed(2))) };
  },

  placeComposer() {
    if (!this.composer.isOpen) return;
    const marker = [...this.root.querySelectorAll(".pin.draft")].findLast((each) => !each.hidden && each.offsetParent);
    const box = (marker ?? this.find(".panes")).getBoundingClientRect();
    this.composer.place(box.left + box.width / 2, box.top + box.height / 2);
  },

  closeComposer() {
    if (!this.composer.isOpen) return;
    const hadFocus = this.composer.element.contains(this.root.getRootNode().activeElement);
    this.composer.close();
    this.pinAt = null;
    this.pins.setDraft(null);
    this.pins.place(this.view);
    if (hadFocus) this.find(".panes").focus({ preventScroll: true });
  },

  /** What remarks of the picture on screen are about. */
  get subject() {
    return this.header?.link?.item ?? this.header?.subject ?? "";
  },

  /** Another picture comes: words that were typed stay with the one they are about. */
  keepDraft() {
    if (!this.header || !this.composer.isOpen || !this.composer.text.value.trim()) return;
    if (this.subject) this.drafts.set(this.subject, { pinAt: this.pinAt, text: this.composer.text.value });
  },

  /** The picture is back, and with it the remark that was being written; hands stay where they are. */
  resumeDraft() {
    const draft = this.drafts.get(this.subject);
    if (!draft?.pinAt || !this.mayPin || !this.picture || this.composer.isOpen) return;
    this.startRemark(draft.pinAt, draft.text);
  },

  startRemark(pinAt, text = "") {
    this.pinAt = pinAt;
    this.pins.setDraft({ x: pinAt.x, y: pinAt.y });
    this.composer.open(text);
    this.tellComposer();
    this.pins.place(this.view);
    this.placeComposer();
  },

  savePin(text) {
    const { x, y } = this.pinAt;
    const { sample, sureness, region } = this.pinned;
    const { entry } = sample;
    this.drafts.delete(this.subject);
    this.closeComposer();
    this.keepRemark({
      kind: "pin",
      x,
      y,
      text,
      class_id: entry?.id ?? null,
      class_name: entry?.name ?? "",
      sureness,
      region: region ?? {},
    });
    this.announce("Remark set");
  },

  keepRemark(event) {
    this.find(".remarks .refusal").hidden = true;
    const id = makeId();
    outbox.put({ ...event, id, subject: this.subject });
    this.showRemarks();
    this.remarks.reveal(event.pin ?? id);
  },

  /** A marker was clicked: its line in the list, and its words in the picture. */
  chooseRemark(id) {
    const pin = this.shownPins.find((each) => each.id === id);
    if (!pin) return;
    this.remarks.reveal(id);
    this.pins.flash(id);
    this.announce(`${pin.number}: ${pin.text}`);
  },

  goToRemark(id) {
    const pin = this.shownPins.find((each) => each.id === id);
    if (!pin || !this.view.known) return;
    this.find(".panes").scrollIntoView({ block: "nearest", behavior: calm.matches ? "auto" : "smooth" });
    const { x, y, w, h } = this.view.region;
    const room = 0.06;
    const isIn = (at, from, length) => at > from + room * length && at < from + (1 - room) * length;
    this.wish = null;
    if (!this.view.fitted && !(isIn(pin.x, x, w) && isIn(pin.y, y, h)))
      this.motion.glideTo((view) => view.place(view.scale, pin.x, pin.y));
    this.remarks.reveal(id);
    this.pins.flash(id);
    this.say(`Remark ${pin.number}, ${pin.text}`);
  },
};

Object.defineProperties(Viewer.prototype, Object.getOwnPropertyDescriptors(remarking));

/** A header's pins with those, and those answers, that are on their way. */
function addUnsaved({ pins, subject, link }, events) {
  const shown = pins.map((pin) => ({ ...pin, replies: [...(pin.replies ?? [])] }));
  const own = events.filter((event) => event.subject === (link?.item ?? subject));
  for (const event of own) {
    if (event.kind === "pin") {
      const number = Math.max(0, ...shown.map((pin) => pin.number)) + 1;
      shown.push({ ...event, number, author: "", when: "", is_open: true, replies: [], saving: !event.isStored });
      continue;
    }
    const pin = shown.find((each) => each.id === event.pin);
    if (!pin) continue;
    if (event.kind !== "reply") pin.is_open = event.kind === "reopen";
    pin.replies.push({ author: "", when: "", act: event.kind, text: event.text, saving: !event.isStored });
  }
  return shown;
}

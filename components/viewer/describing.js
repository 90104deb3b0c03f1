// What the viewer makes of an answer: counts, cuts, colours, words. A part of the viewer's own class,
// in a file of its own.

const describing = {
  /** The cut in force: bytes below `level` show as class `to`; null where nothing is cut here. */
  get cut() {
    const { header, confidence } = this;
    return header?.cut ? { level: lowestKeptByte(confidence.percent), to: header.cut.to } : null;
  },

  /** Whether the confidences themselves are coloured: wanted, and there to be coloured. */
  get showsHeat() {
    return this.look.heat && Boolean(this.answer?.confidence);
  },

  /** @returns {Scene} */
  get scene() {
    const { answer, look, spotlight } = this;
    const { percent } = this.confidence;
    const from = this.flipsFrom;
    const flips = from === null || !this.header?.cut || from === percent ? null : [from, percent].map(lowestKeptByte);
    return {
      picture: this.picture,
      answer,
      cut: answer && this.cut,
      look: { style: look.style, patterns: look.patterns, heat: this.showsHeat },
      tables: this.tables,
      patterns: this.patterns,
      shown: this.shown,
      flips: flips && { low: Math.min(...flips), high: Math.max(...flips), to: this.header.cut.to },
      spotlight,
    };
  },

  /** Puts names, colours and shares on the page. */
  describe() {
    const { header, answer, classes } = this;
    this.counts = answer ? new Counts(answer.table, header.cut?.to ?? null) : null;
    this.patterns = choosePatterns(classes.listed);
    this.writeShares(true);
    const size = `${formatCount(header.image.w)} × ${formatCount(header.image.h)} pixels`;
    this.find(".image .picture").setAttribute("aria-label", `Image ${header.name}, ${size}`);
    const without = answer && !answer.confidence ? "The server does not say how sure the model was of each place" : "";
    this.allow(".heat-toggle", Boolean(answer?.confidence), without);
    const uncut = without || (answer && !header.cut ? "Only where the desk can try confidences by itself" : "");
    this.allow(".flips-toggle", Boolean(answer && header.cut), uncut);
    this.allow(".curve-toggle", Boolean(answer && header.cut), uncut);
    this.root.toggleAttribute("data-live", Boolean(header.cut));
    this.root.toggleAttribute("data-curveless", Boolean(answer && !header.cut && header.note));
    this.takeColours();
    this.showRemarks();
    this.link.writeSoon();
    this.paint();
  },

  /** What is to be known of the mask, beside its name. */
  writeCaption() {
    const { header, answer, solo } = this;
    const mask = answer?.mask;
    const notes = [];
    if (mask && (mask.w !== header.image.w || mask.h !== header.image.h)) notes.push(`${mask.w} × ${mask.h}, stretched`);
    if (answer?.doubt) notes.push("its confidences could not be read");
    if (!mask && header.pending) notes.push("on its way");
    // The one class may be in another picture.
    if (mask && solo !== null) notes.push(`only ${solo}`);
    this.find(".mask .caption small").textContent = notes.join("; ");
  },

  /** Switches a control on or off; off, its title says why. */
  allow(selector, isAllowed, why) {
    const button = this.find(selector);
    button.dataset.title ??= button.title;
    button.disabled = !isAllowed;
    button.title = isAllowed ? button.dataset.title : why;
  },

  /** Writes how much each class covers at the threshold in force. */
  writeShares(isNew = false) {
    this.areSharesOld = false;
    const { counts, classes, legend } = this;
    const split = counts ? classes.split(counts.at(this.confidence.percent)) : { present: [], absent: [] };
    if (!isNew && legend.holds(split)) legend.write(split.present);
    else {
      legend.fill(split);
      if (!isNew) this.markLegend();
    }
    if (!isNew) return this.writeChanges();
    const spoken = split.present.map((entry) => `${entry.name} ${formatShare(entry.share)}`).join(", ");
    this.find(".colours").setAttribute("aria-label", counts ? `Mask: ${spoken}` : "No mask");
  },

  /** Says what striped areas are, and how much of the picture they are. */
  writeChanges() {
    const { counts, flipsFrom: from, header } = this;
    const line = this.find(".changes");
    line.hidden = from === null || !counts || !header.cut;
    this.find(".flips-toggle").setAttribute("aria-pressed", String(from !== null));
    if (line.hidden) return;
    const { percent } = this.confidence;
    const share = counts.flips(from, percent, (id) => this.isShown(this.classes.of(id).name));
    line.textContent =
      from === percent
        ? `Move the slider: what changes from ${from} % is striped`
        : `Striped: ${formatShare(share)} of the picture changes from ${from} % to ${percent} %`;
  },

  isShown(name) {
    return this.solo === null ? !this.hidden.has(name) : this.solo === name;
  },

  /** Takes up colours, and which classes are shown; asks for a frame. */
  recolour(spoken) {
    if (!this.classes) return;
    this.takeColours();
    if (spoken) this.say(spoken);
    this.link.writeSoon();
    this.schedule();
  },

  /** Brings tables, list, curve and words in line with colours and with which classes are shown. */
  takeColours() {
    const { classes } = this;
    memory.solo = this.solo;
    const isShown = (name) => this.isShown(name);
    this.tables = classes.tables(isShown);
    this.shown = Uint8Array.from({ length: 256 }, (_, id) => Number(isShown(classes.of(id).name)));
    this.writeCaption();
    this.writeChanges();
    this.markLegend();
    this.curve.draw(this.counts, classes, isShown);
    this.find(".heat-legend").hidden = !this.showsHeat;
  },

  markLegend() {
    const { solo, look } = this;
    const patterns = look.patterns && look.style !== "outline" ? this.patterns : null;
    const hidesAny = solo !== null || this.hidden.size > 0;
    this.legend.mark({ isShown: (name) => this.isShown(name), solo, hidesAny, patterns }, this.classes);
  },

  onLook(changed) {
    const { look } = this;
    memory.look = Object.fromEntries(Object.keys(FIRST_LOOK).map((name) => [name, look[name]]));
    this.link.writeSoon();
    // Opacity and the swipe's border are the compositor's work alone.
    if (changed.some((name) => ["patterns", "heat", "style"].includes(name))) this.recolour();
    if (changed.includes("layout")) this.schedule();
  },

  /** The slider moves: everything here follows at once where the answer can be cut. */
  onThreshold() {
    this.tellSight();
    if (!this.header?.cut || !this.answer) return;
    this.endSpotlight();
    // Once a frame is enough, however often the slider tells.
    this.areSharesOld = true;
    this.schedule();
  },

  /** The slider was let go of. */
  release(percent) {
    this.say(`Confidence ${percent} percent`);
    if (this.header && !this.header.cut && this.root.hasAttribute("data-asks")) {
      const isNew = percent !== this.header.threshold;
      this.root.toggleAttribute("data-asking", isNew);
      this.writeCaption();
      if (this.answer && isNew) this.find(".mask .caption small").textContent = `asking for ${percent} %`;
    }
    this.tell?.("confidence", { percent, subject: this.header?.subject ?? "" });
  },

  /** Python draws charts in the same colours. */
  tellColours() {
    const text = JSON.stringify(Object.fromEntries(this.own));
    if (text === memory.told) return;
    memory.told = text;
    this.tell?.("colours", JSON.parse(text));
  },

  /** The pixel of the picture at (x, y): its class, its confidence, the region it is part of. */
  sampleAt(x, y) {
    const sample = { x, y };
    const { header, answer, classes } = this;
    if (!answer) return sample;
    const { mask, confidence } = answer;
    const { cut } = this;
    const id = valueAt(mask, header.image, x, y);
    const byte = confidence ? valueAt(confidence, header.image, x, y) : 255;
    const isCut = cut !== null && byte < cut.level && id !== cut.to;
    sample.entry = classes.of(isCut ? cut.to : id);
    if (isCut) sample.under = classes.of(id);
    if (confidence) sample.confidence = formatConfidence(byte);
    return sample;
  },

  /** All that is to be told of a pixel: its sample, and the size of the region around it. */
  tellOf(pixel) {
    const sample = pixel && this.sampleAt(pixel.x, pixel.y);
    if (sample && this.answer) sample.region = this.regionSize(sample);
    return sample;
  },

  /** Says what is under the pointer, and marks the same place in the other pane. */
  read() {
    const { pointer, header } = this;
    const pixel = pointer && this.picture ? this.view.pixelAt(pointer.x, pointer.y) : null;
    this.readout.show(this.tellOf(pixel), header);
    this.stage.mark(pixel && pointer);
  },

  /** Image pixels of the region at a sample; 0 while it is not known. */
  regionSize({ x, y }) {
    const { header } = this;
    const found = this.findRegions();
    if (!found) return 0;
    const column = Math.floor((x * found.w) / header.image.w);
    const row = Math.floor((y * found.h) / header.image.h);
    return found.sizes[regionAt(found, column, row)];
  },

  /** The regions at the threshold in force; null while they are looked for. */
  findRegions() {
    return this.regions.of(this.answer, this.cut, this.header.image);
  },

  onRegions() {
    if (!this.answer) return;
    if (this.spotlight && !this.spotlight.regions) this.lightRegions();
    this.tellComposer();
    this.read();
  },
};

Object.defineProperties(Viewer.prototype, Object.getOwnPropertyDescriptors(describing));

// What people do with the viewer: commands, classes, the hands. A part of the viewer's own class,
// in a file of its own.

const acting = {
  /** @returns {boolean} whether there was something to do */
  command(name) {
    const { view, motion, look } = this;
    const always = {
      help: () => this.find(".help").showModal(),
      screen: () => this.switchScreen(),
    };
    if (name === "stop") return this.stopPinning();
    if (name === "place") return this.placePin();
    if (name === "pin" && !this.mayPin) return false;
    const looking = {
      in: () => motion.zoomStep(1),
      out: () => motion.zoomStep(-1),
      full: () => motion.zoomTo(1),
      fit: () => motion.fit(),
      left: () => this.walk(0.1, 0),
      right: () => this.walk(-0.1, 0),
      up: () => this.walk(0, 0.1),
      down: () => this.walk(0, -0.1),
      leave: () => this.find(".panes").blur(),
      save: () => this.savePicture(),
      link: () => this.copyLink(),
      pin: () => this.switchPinning(true),
    };
    const masking = {
      layout: () => look.cycle("layout"),
      style: () => look.cycle("style"),
      patterns: () => look.toggle("patterns"),
      heat: () => this.find(".heat-toggle").click(),
      flips: () => this.find(".flips-toggle").click(),
      clearer: () => look.set({ opacity: Math.max(0, look.opacity - 10) }),
      denser: () => look.set({ opacity: Math.min(100, look.opacity + 10) }),
      less: () => this.confidence.step(-1),
      more: () => this.confidence.step(1),
      all: () => this.showAll(),
    };
    const act =
      always[name] ?? (this.picture && view.known && looking[name]) ?? (this.answer && masking[name]) ?? null;
    if (!act) return false;
    if (looking[name]) this.wish = null;
    act();
    if (["in", "out", "full", "fit"].includes(name)) this.say(formatScale(motion.goal.scale));
    return true;
  },

  /** Pans by keyboard; the middle of the pane, or the cross, is then what the read-out tells of. */
  walk(across, down) {
    const { view } = this;
    if (!this.moveCross(across, down)) this.motion.panStep(across, down);
    this.pointer = { pane: null, x: view.pane.w * this.cross.x, y: view.pane.h * this.cross.y };
    const pixel = view.pixelAt(this.pointer.x, this.pointer.y, this.motion.goal);
    this.say(Readout.say(this.tellOf(pixel)));
  },

  point(pointer) {
    this.pointer = pointer;
    this.read();
  },

  blink(hides) {
    this.root.toggleAttribute("data-blink", hides && Boolean(this.answer));
  },

  toggle(name) {
    if (this.solo === null) {
      if (!this.hidden.delete(name)) this.hidden.add(name);
    } else {
      // From one class alone to that one and another.
      const others = [...this.legend.rows.keys()].map((id) => this.classes.of(id).name);
      const alone = this.solo;
      this.solo = null;
      for (const other of others) if (other !== alone && other !== name) this.hidden.add(other);
      this.hidden.delete(alone);
      if (alone === name) this.hidden.add(name);
      else this.hidden.delete(name);
    }
    this.recolour(`${name} ${this.isShown(name) ? "shown" : "hidden"}`);
  },

  setSolo(name) {
    this.solo = this.solo === name ? null : name;
    this.recolour(this.solo === null ? "Other classes shown again" : `Only ${name} shown`);
  },

  showAll() {
    this.hidden.clear();
    this.solo = null;
    this.recolour("All classes shown");
  },

  giveColour(name, colour, isFinal) {
    this.own.set(name, colour);
    if (isFinal) {
      saveOwnColour(name, colour);
      this.tellColours();
    }
    this.recolour();
  },

  resetColours() {
    this.own.clear();
    clearOwnColours();
    this.tellColours();
    this.recolour("Colours as at first");
  },

  /** Flashes a class; asked again meanwhile, goes from one of its areas to the next. */
  locate(id) {
    if (!this.answer) return;
    if (this.look.shownLayout === "image") this.look.set({ layout: "overlay" });
    // On a phone the list is a long way below the picture.
    this.find(".panes").scrollIntoView({ block: "nearest", behavior: calm.matches ? "auto" : "smooth" });
    if (this.spotlight?.entry.id === id && this.spotlight.regions) {
      this.showNextRegion();
    } else {
      this.spotlight = new Spotlight(this.classes.of(id), this.view);
      this.lightRegions();
    }
    this.flash();
    this.schedule();
  },

  /** Goes to the next area of the class in the spotlight. */
  showNextRegion() {
    const { spotlight, look } = this;
    const box = spotlight.takeNext();
    // In swipe the middle is under the handle; the right half is the one with the mask.
    if (look.shownLayout === "swipe") Object.assign(box, { x: box.x - box.w, w: 2 * box.w });
    this.motion.showRegion(box);
    this.announce(spotlight.describePlace());
  },

  /** Says something in the picture and to a screen reader. */
  announce(text) {
    this.say(text);
    showHint(this.find(".hint"), text);
  },

  async savePicture() {
    const name = await downloadPicture(composePicture(this.stage, this.scene.look, this.look), this.header.name);
    this.announce(`Saved as ${name}`);
  },

  /** Tells of the areas of the class in the spotlight, as soon as they are known. */
  lightRegions() {
    const { spotlight, header } = this;
    const found = this.findRegions();
    spotlight.regions = found && listRegions(found, spotlight.entry.id, header.image);
    if (spotlight.regions?.length) {
      if (!spotlight.isInSight) this.motion.fit();
      this.announce(spotlight.describe());
    }
    this.schedule();
  },

  flash() {
    clearTimeout(this.spotlightTimer);
    this.spotlightTimer = setTimeout(() => this.endSpotlight(), SPOTLIGHT_MS);
    if (calm.matches) return;
    const frames = [1, 0.1, 1].map((opacity) => ({ opacity }));
    this.find(".flash").animate(frames, { duration: SPOTLIGHT_MS / 4, iterations: 3, easing: "ease-in-out" });
  },

  endSpotlight() {
    clearTimeout(this.spotlightTimer);
    if (!this.spotlight) return;
    this.spotlight = null;
    this.schedule();
  },

  toggleFlips() {
    this.flipsFrom = this.flipsFrom === null ? this.confidence.stored : null;
    this.writeChanges();
    this.schedule();
  },

  async switchScreen() {
    const { root } = this;
    const page = document.documentElement;
    if (root.matches(":fullscreen")) return document.exitFullscreen();
    if (root.hasAttribute("data-large")) return this.leaveScreen();
    // Alone, the viewer fills the screen; with a decision bar below it, the page does, and the
    // viewer all of it but for the bar.
    const hasBar = page.style.getPropertyValue("--mask-desk-bar") !== "";
    // Phones let only films fill the screen: the window is the next best.
    const isFull = await (hasBar ? page : root).requestFullscreen?.().then(() => true, () => false);
    if (isFull && !hasBar) return;
    root.toggleAttribute("data-large", true);
    page.style.setProperty("--mask-desk-bar-layer", "1000001");
  },

  /** Back to its place on the page. */
  leaveScreen() {
    if (!this.root.hasAttribute("data-large")) return;
    this.root.removeAttribute("data-large");
    const page = document.documentElement;
    page.style.removeProperty("--mask-desk-bar-layer");
    if (document.fullscreenElement === page) document.exitFullscreen();
  },

  async copyLink() {
    const link = this.link.make({
      ...this.header.link,
      ...(this.header.link ? { confidence: String(this.confidence.percent) } : {}),
    });
    const copied = await copyText(link, this.root);
    const text = copied ? "Link copied" : "This browser does not let the page copy. The address above has it all.";
    if (!copied) this.link.write();
    this.announce(text);
  },
};

Object.defineProperties(Viewer.prototype, Object.getOwnPropertyDescriptors(acting));

/** What the list of classes asks of a viewer. */
function makeLegendActs(viewer) {
  return {
    toggle: (name) => viewer.toggle(name),
    solo: (name) => viewer.setSolo(name),
    find: (id) => viewer.locate(id),
    recolour: (name, colour, isFinal) => viewer.giveColour(name, colour, isFinal),
    showAll: () => viewer.showAll(),
    resetColours: () => viewer.resetColours(),
  };
}

function listenToViewer(viewer, signal) {
  const { root, motion } = viewer;
  const panes = viewer.find(".panes");
  const on = (element, type, handler) => element.addEventListener(type, handler, { signal });
  let hovered = false;
  on(panes, "pointerenter", () => (hovered = true));
  on(panes, "pointerleave", () => (hovered = false));
  const leaveLink = (act) => {
    viewer.wish = null;
    act();
  };
  const target = {
    zoomBy: (factor, x, y) => leaveLink(() => motion.zoomBy(factor, x, y)),
    panBy: (dx, dy) => leaveLink(() => motion.panBy(dx, dy)),
    command: (name) => viewer.command(name),
    point: (pane, x, y) => viewer.point(pane && { pane, x, y }),
    hint: (text) => giveHint(viewer.find(".hint"), text),
    engaged: () => Boolean(viewer.find(".stage:focus-within")),
    place: (x, y) => viewer.placePin(x, y),
    blink: (hides) => viewer.blink(hides),
    hovered: () => hovered,
    density: () => viewer.stage.density,
  };
  listenToHands(panes, target, signal);
  listenToKeys(root, panes, target, signal);
  on(panes, "focusout", () => viewer.pointer?.pane === null && viewer.point(null));
  for (const button of root.querySelectorAll("[data-command]"))
    on(button, "click", () => viewer.command(button.dataset.command));
  on(viewer.find(".flips-toggle"), "click", () => viewer.toggleFlips());
  const blink = viewer.find(".blink");
  on(blink, "pointerdown", (event) => {
    blink.setPointerCapture(event.pointerId);
    viewer.blink(true);
  });
  for (const type of ["pointerup", "pointercancel", "blur", "keyup"]) on(blink, type, () => viewer.blink(false));
  on(blink, "keydown", (event) => [" ", "Enter"].includes(event.key) && viewer.blink(true));
  on(blink, "contextmenu", (event) => event.preventDefault());
  viewer.find(".heat-legend i").style.background = HEAT_GRADIENT;
  const help = viewer.find(".help");
  listKeys(help.querySelector("dl"), false);
  // A click beside the sheet closes it.
  on(help, "click", (event) => (event.target === help || event.target.closest(".close")) && help.close());
  on(document, "fullscreenchange", () => {
    root.toggleAttribute("data-full", root.matches(":fullscreen"));
    if (!document.fullscreenElement) viewer.leaveScreen();
  });
}

/** For tests and measurements: reads, never writes. */
function revealToTests(viewer) {
  const idle = async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    await frame();
    while (viewer.frame || viewer.motion.glide || (viewer.picture && !viewer.picture.isWhole)) await frame();
  };
  return {
    sampleAt: (x, y) => viewer.sampleAt(x, y),
    regionAt: (x, y) => viewer.regionSize({ x, y }),
    transform: () => ({ scale: viewer.view.scale, ...viewer.view.offset, pane: { ...viewer.view.pane } }),
    decodes: () => picturesDecoded,
    answersDecoded: () => answersDecoded,
    ahead: () => viewer.ahead.ready,
    frames: () => [...viewer.frames],
    idle,
  };
}

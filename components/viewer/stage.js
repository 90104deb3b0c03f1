// The panes and their canvases: as many device pixels as the screen gives them, painted together.

/**
 * What is to be seen, beside where it lies.
 *
 * @typedef {{picture: Picture|null, answer: object|null, cut: {level: number, to: number}|null,
 *   look: object, tables: object, patterns: Uint16Array, shown: Uint8Array,
 *   flips: {low: number, high: number, to: number}|null, spotlight: Spotlight|null}} Scene
 */

const NARROW = 640;
const MIDDLE = 900;

class Stage {
  /**
   * @param {Element} root the whole viewer
   * @param {View} view
   * @param {() => void} onResize called when canvases were resized, and so are empty
   * @param {() => void} onArrange called when the width allows another arrangement
   */
  constructor(root, view, onResize, onArrange) {
    this.onArrange = onArrange;
    this.root = root;
    this.view = view;
    this.painter = new MaskPainter();
    this.sampled = false;
    this.panes = [...root.querySelectorAll(".pane")].map((element) => ({
      element,
      picture: element.querySelector(".picture").getContext("2d"),
      ...Object.fromEntries(
        ["colours", "lines", "flash"].map((name) => [name, element.querySelector(`.${name}`)?.getContext("2d")]),
      ),
      twin: element.querySelector(".twin"),
      // In CSS pixels; asking the element itself would make the browser lay out the page anew.
      width: 0,
    }));
    this.sizes = new ResizeObserver((entries) => {
      for (const { target, contentRect } of entries) if (target === root) this.arrange(contentRect.width);
      if (this.measure(entries)) onResize();
    });
    this.sizes.observe(root);
    for (const { element } of this.panes) {
      try {
        this.sizes.observe(element, { box: "device-pixel-content-box" });
      } catch {
        this.sizes.observe(element);
      }
    }
  }

  arrange(width) {
    const fitting = width < NARROW ? "narrow" : width < MIDDLE ? "middle" : "wide";
    if (this.root.dataset.width === fitting) return;
    this.root.dataset.width = fitting;
    this.onArrange();
  }

  measure(entries) {
    let resized = false;
    for (const { target, contentRect, devicePixelContentBoxSize } of entries) {
      const pane = this.panes.find(({ element }) => element === target);
      if (!pane) continue;
      const [w, h] = [
        [contentRect.width, "inlineSize"],
        [contentRect.height, "blockSize"],
      ].map(([css, side]) => {
        const rounded = Math.round(css * devicePixelRatio);
        // The exact size knows how edges snap to the screen, but is wrong under device emulation.
        const exact = devicePixelContentBoxSize?.[0]?.[side];
        return Math.abs(exact - rounded) <= 1 ? exact : rounded;
      });
      pane.width = contentRect.width;
      // A pane that is not on screen keeps its canvases.
      if (!w || !h) continue;
      for (const ctx of [pane.picture, pane.colours, pane.lines, pane.flash])
        if (ctx) Object.assign(ctx.canvas, { width: w, height: h });
      this.view.setPane(w, h);
      resized = true;
    }
    return resized;
  }

  /** The picture moved, or another one or another answer is shown: nothing sampled is of use. */
  forget() {
    this.sampled = false;
  }

  /** Device pixels of a pane per CSS pixel. */
  get density() {
    const pane = this.shownPanes()[0];
    return pane ? pane.picture.canvas.width / pane.width : 1;
  }

  shownPanes() {
    return this.panes.filter(({ width }) => width);
  }

  /** @param {Scene} scene what is to be seen */
  paintPictures({ picture }) {
    const { view } = this;
    let painted = null;
    for (const { picture: ctx } of this.shownPanes()) {
      const { canvas } = ctx;
      // Both panes show the same picture: a copy is cheaper than scaling once more.
      if (painted && painted.width >= canvas.width && painted.height === canvas.height) copyCanvas(ctx, painted);
      else if (picture && view.known) paintPicture(ctx, picture, view);
      else ctx.clearRect(0, 0, canvas.width, canvas.height);
      painted ??= canvas;
    }
  }

  /** @param {Scene} scene what is to be seen */
  paintMask(scene) {
    const { view, painter } = this;
    const { width: paneWidth, colours, lines, flash } = this.panes.find((pane) => pane.colours);
    if (!paneWidth) return;
    if (!scene.answer || !view.known) {
      for (const ctx of [colours, lines, flash]) clearCanvas(ctx);
      return;
    }
    const { width, height } = colours.canvas;
    if (!this.sampled) painter.sample(scene.answer, view, width, height);
    this.sampled = true;
    painter.cut(scene.cut);
    const density = width / paneWidth;
    const { look, tables } = scene;
    const hasLines = look.style !== "fill" && !look.heat;
    if (look.heat) painter.heat(colours, HEAT_RAMP, scene.shown);
    else if (look.style === "outline") clearCanvas(colours);
    else if (look.patterns) painter.hatch(colours, tables, scene.patterns, density);
    else painter.fill(colours, tables);
    if (hasLines) painter.lines(lines, tables, Math.max(2, Math.round(1.5 * density)));
    else clearCanvas(lines);
    if (scene.spotlight) scene.spotlight.paint(painter, flash, density);
    else if (scene.flips) painter.flips(flash, tables.first, scene.flips, density);
    else clearCanvas(flash);
  }

  /** Marks a point (device pixels) in every pane but the one the pointer is over. */
  mark(point) {
    for (const { element, picture, twin, width } of this.panes) {
      const hidden = !point || element === point.pane;
      if (twin.hidden !== hidden) twin.hidden = hidden;
      if (hidden || !width) continue;
      const ratio = picture.canvas.width / width;
      twin.style.transform = `translate(${point.x / ratio}px, ${point.y / ratio}px)`;
    }
  }

  end() {
    this.sizes.disconnect();
  }
}

function copyCanvas(ctx, source) {
  ctx.globalCompositeOperation = "copy";
  ctx.drawImage(source, 0, 0);
  ctx.globalCompositeOperation = "source-over";
}

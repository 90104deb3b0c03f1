// The panes and their canvases: as many device pixels as the screen gives them, painted together.

const NARROW = 640;
const MIDDLE = 900;

class Stage {
  /**
   * @param {Element} root the whole viewer
   * @param {View} view
   * @param {() => void} onResize called when canvases were resized, and so are empty
   */
  constructor(root, view, onResize) {
    this.root = root;
    this.view = view;
    this.panes = [...root.querySelectorAll(".pane")].map((element) => ({
      element,
      picture: element.querySelector(".picture").getContext("2d"),
      colours: element.querySelector(".colours")?.getContext("2d"),
      twin: element.querySelector(".twin"),
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
    this.root.dataset.layout = width < NARROW ? "narrow" : width < MIDDLE ? "middle" : "wide";
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
      // A pane that is not on screen keeps its canvases.
      if (!w || !h) continue;
      for (const ctx of [pane.picture, pane.colours]) if (ctx) Object.assign(ctx.canvas, { width: w, height: h });
      this.view.setPane(w, h);
      resized = true;
    }
    return resized;
  }

  /**
   * @param {Picture|null} picture
   * @param {object|null} mask from `decodeMask`
   * @param {Uint32Array|null} table
   */
  paint(picture, mask, table) {
    const { view } = this;
    let painted = null;
    for (const { element, picture: ctx, colours } of this.panes) {
      if (!element.clientWidth) continue;
      const { canvas } = ctx;
      // Both panes show the same picture: a copy is cheaper than scaling once more.
      if (painted && painted.width >= canvas.width && painted.height === canvas.height) copyCanvas(ctx, painted);
      else if (picture && view.known) paintPicture(ctx, picture, view);
      else ctx.clearRect(0, 0, canvas.width, canvas.height);
      painted ??= canvas;
      if (!colours) continue;
      if (mask && view.known) this.frame = paintMask(colours, mask, table, view, this.frame);
      else colours.clearRect(0, 0, colours.canvas.width, colours.canvas.height);
    }
  }

  /** Marks a point (device pixels) in every pane but the one the pointer is over. */
  mark(point) {
    for (const { element, picture, twin } of this.panes) {
      twin.hidden = !point || element === point.pane;
      if (twin.hidden || !element.clientWidth) continue;
      const ratio = picture.canvas.width / element.clientWidth;
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

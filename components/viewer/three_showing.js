// What the three panes show of two answers, and what they say of a place. A part of the class of
// three panes, in a file of its own.

const GONE = packPixel([20, 23, 28], 200);

const showing = {
  paint() {
    const { view, picture, panes } = this;
    const shown = panes.filter(({ width }) => width);
    let painted = null;
    for (const { picture: ctx } of shown) {
      if (painted) copyPainted(ctx, painted);
      else if (picture && view.known) paintPicture(ctx, picture, view);
      else ctx.clearRect(0, 0, ctx.canvas.width, ctx.canvas.height);
      painted ??= ctx.canvas;
    }
    this.map.mark();
    const isKnown = Boolean(picture && this.answers && view.known);
    this.find(".scale").textContent = isKnown ? formatScale(view.scale) : "";
    this.root.dataset.scale = isKnown ? String(view.scale) : "";
    this.find(".panes").classList.toggle("movable", isKnown && !view.fitted);
    if (!isKnown) {
      for (const { colours } of panes) clearCanvas(colours);
      return;
    }
    if (shown.length) this.sample(shown[0].colours.canvas);
    for (const pane of shown) this.paintMask(pane);
    picture.suffices(Math.min(view.scale, 1));
  },

  sample({ width, height }) {
    for (const side of SIDES) {
      const painter = this.painters[side];
      painter.sample(this.answers[side], this.view, width, height);
      painter.cut(this.header[side].cut);
    }
  },

  paintMask({ name, colours }) {
    const [a, b] = SIDES.map((side) => this.painters[side].visible);
    const [first, second] = this.tables;
    const { places: placesA } = this.header.a;
    const { places: placesB } = this.header.b;
    const { origin } = this.painters.a;
    const shrink = 1 / this.density;
    const isDifference = name === "difference";
    const isOnly = looks.isOnly;
    const { colours: own } = name === "b" ? second : first;
    const ids = name === "b" ? b : a;
    this.painters.a.paint(colours, (out, at, end, x, y) => {
      for (; at < end; at++, x++) {
        const isChanged = placesA[a[at]] !== placesB[b[at]];
        if (!isDifference) {
          if (isChanged || !isOnly) out[at] = own[ids[at]];
        } else if (isChanged) {
          const gained = second.colours[b[at]];
          // What B marks no more is striped in the colour that A gave it.
          const isLine = (((x - origin.x + y - origin.y) * shrink) & 7) > 5;
          out[at] = gained || (isLine ? GONE : first.colours[a[at]]);
        }
      }
    });
  },

  point(pane, x, y) {
    const pixel = pane && this.answers ? this.view.pixelAt(x, y) : null;
    for (const { element, picture, twin, width } of this.panes) {
      const isHidden = !pixel || element === pane || !width;
      if (twin.hidden !== isHidden) twin.hidden = isHidden;
      if (isHidden) continue;
      const ratio = picture.canvas.width / width;
      twin.style.transform = `translate(${x / ratio}px, ${y / ratio}px)`;
    }
    this.say(pixel);
  },

  /** What both sides say of a pixel of the picture. */
  say(pixel) {
    const readout = this.find(".readout");
    readout.classList.toggle("resting", !pixel);
    if (!pixel) {
      readout.textContent = RESTING;
      return;
    }
    const [a, b] = SIDES.map((side) => this.classAt(side, pixel));
    const where = document.createElement("span");
    where.className = "resting";
    where.textContent = `${pixel.x}, ${pixel.y}`;
    if (this.header.a.places[a] === this.header.b.places[b]) {
      readout.replaceChildren("The same in both: ", this.nameClass("a", a), where);
      return;
    }
    readout.replaceChildren(this.nameClass("a", a), "became", this.nameClass("b", b), where);
  },

  classAt(side, { x, y }) {
    const { mask, confidence } = this.answers[side];
    const { cut } = this.header[side];
    const image = this.view.image;
    const isCut = cut && confidence && valueAt(confidence, image, x, y) < cut.level;
    return isCut ? cut.to : valueAt(mask, image, x, y);
  },

  nameClass(side, id) {
    const { names, colours } = this.header[side];
    const element = document.createElement("span");
    const swatch = document.createElement("i");
    swatch.style.backgroundColor = colours[id];
    element.append(swatch, names[id]);
    return element;
  },
};

Object.defineProperties(Three.prototype, Object.getOwnPropertyDescriptors(showing));

/** Canvas pixels by class id; the background is clear. */
function makeTable({ colours, clear }) {
  const table = new Uint32Array(256);
  for (let id = 0; id < 256; id++) if (!clear[id]) table[id] = packPixel(readColour(colours[id]));
  return { colours: table };
}

function copyPainted(ctx, source) {
  ctx.globalCompositeOperation = "copy";
  ctx.drawImage(source, 0, 0, ctx.canvas.width, ctx.canvas.height);
  ctx.globalCompositeOperation = "source-over";
}

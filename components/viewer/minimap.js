// A small map of where one is; it shows while there is more of the picture than the pane shows.

class Minimap {
  /**
   * @param {Element} element
   * @param {View} view
   * @param {(cx: number, cy: number) => void} goTo called with the image point to bring to the middle
   */
  constructor(element, view, goTo, signal) {
    this.element = element;
    this.view = view;
    this.canvas = element.querySelector("canvas");
    this.here = element.querySelector(".here");
    const move = (event) => {
      const box = element.getBoundingClientRect();
      goTo(
        ((event.clientX - box.left) / box.width) * view.image.w,
        ((event.clientY - box.top) / box.height) * view.image.h,
      );
    };
    const on = (type, handler) => element.addEventListener(type, handler, { signal });
    on("pointerdown", (event) => {
      event.preventDefault();
      event.stopPropagation();
      element.setPointerCapture(event.pointerId);
      move(event);
    });
    on("pointermove", (event) => {
      if (element.hasPointerCapture(event.pointerId)) move(event);
      event.stopPropagation();
    });
    on("dblclick", (event) => event.stopPropagation());
  }

  /** Takes the picture that is looked at; null for none. */
  take(picture) {
    this.picture = picture;
    this.isDrawn = false;
  }

  /** Draws the whole picture. */
  draw() {
    const { picture } = this;
    this.isDrawn = true;
    const bitmap = picture.level(0);
    const long = 132;
    const shrink = long / Math.max(picture.w, picture.h);
    const [w, h] = [picture.w, picture.h].map((length) => Math.max(8, Math.round(length * shrink)));
    Object.assign(this.element.style, { width: `${w}px`, height: `${h}px` });
    Object.assign(this.canvas, { width: w * 2, height: h * 2 });
    const ctx = this.canvas.getContext("2d");
    ctx.imageSmoothingQuality = "medium";
    ctx.drawImage(bitmap, 0, 0, w * 2, h * 2);
  }

  /** Marks the part that is on screen. */
  mark() {
    const { view } = this;
    const whole = !view.known || view.fitted || view.scale <= view.fitScale * 1.001;
    this.element.hidden = whole;
    if (whole) return;
    // Only where it is seen, and once for each picture.
    if (!this.isDrawn) this.draw();
    const { x, y, w, h } = view.region;
    const [left, right] = [x, x + w].map((at) => (clamp(at, 0, view.image.w) / view.image.w) * 100);
    const [top, bottom] = [y, y + h].map((at) => (clamp(at, 0, view.image.h) / view.image.h) * 100);
    Object.assign(this.here.style, {
      left: `${left}%`,
      top: `${top}%`,
      width: `${right - left}%`,
      height: `${bottom - top}%`,
    });
  }
}

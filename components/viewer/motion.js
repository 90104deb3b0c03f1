// How the view moves: at once under a hand, in a short glide after a key or a button.

const GLIDE_MS = 160;
const calm = matchMedia("(prefers-reduced-motion: reduce)");

class Motion {
  /**
   * @param {View} view
   * @param {() => void} schedule asks for a frame
   */
  constructor(view, schedule) {
    this.view = view;
    this.schedule = schedule;
    this.glide = null;
  }

  /** Where the view is, or will be once a glide under way ends. */
  get goal() {
    return this.glide?.to ?? this.view;
  }

  /** Ends a glide where it is. */
  stop() {
    this.glide = null;
  }

  /** Moves the view at once. */
  move(change) {
    this.stop();
    if (!this.view.known) return;
    change(this.view);
    this.schedule();
  }

  /** Moves the view in a glide, or at once where the system asks for calm. */
  glideTo(change) {
    const { view } = this;
    const { scale, cx, cy } = view;
    this.move(change);
    if (calm.matches || !view.known) return;
    this.glide = { from: { scale, cx, cy }, to: { scale: view.scale, cx: view.cx, cy: view.cy }, began: null };
    Object.assign(view, this.glide.from);
  }

  /** Takes the glide a frame further; called before each painting. */
  step(now) {
    const { view, glide } = this;
    if (!glide) return;
    glide.began ??= now;
    const part = Math.min(1, (now - glide.began) / GLIDE_MS);
    if (part === 1) {
      Object.assign(view, glide.to);
      this.glide = null;
      return;
    }
    const { from, to } = glide;
    const eased = 1 - (1 - part) ** 3;
    view.scale = from.scale * (to.scale / from.scale) ** eased;
    view.cx = from.cx + (to.cx - from.cx) * eased;
    view.cy = from.cy + (to.cy - from.cy) * eased;
    this.schedule();
  }

  zoomBy(factor, x, y) {
    this.move((view) => view.zoomAt(view.scale * factor, x, y));
  }

  panBy(dx, dy) {
    this.move((view) => view.panBy(dx, dy));
  }

  /** Brings an image point to the middle. */
  centre(cx, cy) {
    this.move((view) => view.place(view.scale, cx, cy));
  }

  fit() {
    this.glideTo((view) => view.fit());
  }

  zoomTo(scale) {
    this.glideTo((view) => view.zoomAt(scale, view.pane.w / 2, view.pane.h / 2));
  }

  /** To a part of the picture, in image pixels. */
  showRegion(region) {
    this.glideTo((view) => view.showRegion(region));
  }

  /** To the next stop, counted from where a glide under way will end. */
  zoomStep(direction) {
    Object.assign(this.view, this.glide?.to);
    this.zoomTo(this.view.nextStop(direction));
  }

  /** Pans by portions of the pane. */
  panStep(across, down) {
    Object.assign(this.view, this.glide?.to);
    this.glideTo((view) => view.panBy(across * view.pane.w, down * view.pane.h));
  }
}

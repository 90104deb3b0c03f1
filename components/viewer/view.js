// The one transform of both panes. Lengths are device pixels, so that 100 % is one pixel of the
// picture on one pixel of the screen.

const ZOOM_STOPS = [
  0.01, 0.02, 0.03, 0.05, 0.0625, 0.0833, 0.125, 0.1667, 0.25, 0.3333, 0.5, 0.6667, 1, 1.5, 2, 3, 4, 6, 8, 12, 16,
  24, 32, 48, 64,
];

class View {
  constructor() {
    this.pane = { w: 0, h: 0 };
    this.image = { w: 0, h: 0 };
    this.fitted = true;
    this.scale = 1;
    this.cx = 0;
    this.cy = 0;
  }

  get known() {
    return this.pane.w > 0 && this.pane.h > 0 && this.image.w > 0;
  }

  get fitScale() {
    return Math.min(this.pane.w / this.image.w, this.pane.h / this.image.h, ZOOM_STOPS.at(-1));
  }

  get minScale() {
    return Math.min(this.fitScale, 1);
  }

  get maxScale() {
    return Math.max(ZOOM_STOPS.at(-1), this.fitScale);
  }

  /** Where the picture's left top corner lies in a pane; whole, so that pixels stay crisp. */
  get offset() {
    return this.offsetAt(this);
  }

  offsetAt({ scale, cx, cy }) {
    return { x: Math.round(this.pane.w / 2 - cx * scale), y: Math.round(this.pane.h / 2 - cy * scale) };
  }

  setPane(w, h) {
    this.pane = { w, h };
    if (!this.known) return;
    if (this.fitted || this.scale < this.minScale) this.fit();
  }

  setImage(w, h) {
    this.image = { w, h };
    this.fit();
  }

  fit() {
    this.fitted = true;
    if (!this.known) return;
    this.scale = this.fitScale;
    this.cx = this.image.w / 2;
    this.cy = this.image.h / 2;
  }

  /** Puts image point (cx, cy) in the middle at a scale; the middle always shows some picture. */
  place(scale, cx, cy) {
    if (!this.known) return;
    this.scale = clamp(scale, this.minScale, this.maxScale);
    if (Math.abs(this.scale / this.fitScale - 1) < 1e-6 && this.scale <= 1) return this.fit();
    this.fitted = false;
    this.cx = clamp(cx, 0, this.image.w);
    this.cy = clamp(cy, 0, this.image.h);
  }

  /** Zooms so that what lies under pane point (x, y) stays there. */
  zoomAt(scale, x, y) {
    const to = clamp(scale, this.minScale, this.maxScale);
    const dx = x - this.pane.w / 2;
    const dy = y - this.pane.h / 2;
    this.place(to, this.cx + dx / this.scale - dx / to, this.cy + dy / this.scale - dy / to);
  }

  panBy(dx, dy) {
    this.place(this.scale, this.cx - dx / this.scale, this.cy - dy / this.scale);
  }

  /** The part of the picture that a pane shows, in image pixels; it may reach beyond the picture. */
  get region() {
    const [w, h] = [this.pane.w / this.scale, this.pane.h / this.scale];
    return { x: this.cx - w / 2, y: this.cy - h / 2, w, h };
  }

  /** Shows a part of the picture as large as the pane allows, or at the scale that it had there. */
  showRegion({ x, y, w, h, scale = 0 }) {
    if (!this.known) return;
    const largest = Math.min(this.pane.w / w, this.pane.h / h);
    // A pane that comes back a pixel higher is no reason for 149.6 % where it was 150 %.
    const isSame = Math.abs(scale / largest - 1) < 0.02;
    this.place(isSame ? scale : largest, x + w / 2, y + h / 2);
  }

  /** The next stop up (direction 1) or down (-1); fitting is a stop too. */
  nextStop(direction) {
    const near = this.scale * (1 + direction * 0.01);
    const stops = [...ZOOM_STOPS, this.fitScale]
      .filter((stop) => stop >= this.minScale && stop <= this.maxScale)
      .sort((a, b) => a - b);
    if (direction > 0) return stops.find((stop) => stop > near) ?? this.maxScale;
    return stops.findLast((stop) => stop < near) ?? this.minScale;
  }

  /** The image pixel under pane point (x, y), or null beside the picture; `at` is another place to look from. */
  pixelAt(x, y, at = this) {
    if (!this.known) return null;
    const { x: left, y: top } = this.offsetAt(at);
    const pixel = { x: Math.floor((x - left) / at.scale), y: Math.floor((y - top) / at.scale) };
    const inside = pixel.x >= 0 && pixel.y >= 0 && pixel.x < this.image.w && pixel.y < this.image.h;
    return inside ? pixel : null;
  }
}

function clamp(value, low, high) {
  return Math.min(Math.max(value, low), high);
}

/** A scale as reviewers read it: no decimals from 10 % on. */
function formatScale(scale) {
  const percent = scale * 100;
  return `${percent < 10 ? percent.toFixed(1) : Math.round(percent).toLocaleString("en")} %`;
}

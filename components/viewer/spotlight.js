// Finding a class: everything else goes dark for a moment, the class flashes, and what is too small
// to be seen gets a ring. Asked again meanwhile, the view goes from one of its areas to the next.

const SPOTLIGHT_MS = 2400;
const RINGED_BELOW = 14;
const MOST_RINGS = 400;

class Spotlight {
  /**
   * @param {{id: number, name: string, colour: string}} entry
   * @param {View} view
   */
  constructor(entry, view) {
    this.entry = entry;
    this.view = view;
    this.regions = null;
    this.next = 0;
  }

  /** Paints veil, class and rings on the canvas over the mask. */
  paint(painter, ctx, density) {
    painter.spotlight(ctx, this.entry.id, packPixel(readColour(this.entry.colour)));
    const { view } = this;
    const { x: left, y: top } = view.offset;
    let rings = 0;
    for (const { x, y, w, h } of this.regions ?? []) {
      if (Math.max(w, h) * view.scale > RINGED_BELOW * density) continue;
      const [middleX, middleY] = [left + (x + w / 2) * view.scale, top + (y + h / 2) * view.scale];
      if (middleX < 0 || middleY < 0 || middleX > ctx.canvas.width || middleY > ctx.canvas.height) continue;
      if (rings++ === MOST_RINGS) break;
      for (const [width, colour] of [
        [5, "#000"],
        [2.5, "#fff"],
      ]) {
        ctx.beginPath();
        ctx.arc(middleX, middleY, 11 * density, 0, 2 * Math.PI);
        ctx.lineWidth = width * density;
        ctx.strokeStyle = colour;
        ctx.stroke();
      }
    }
  }

  /** Whether any of the class's areas is on screen. */
  get isInSight() {
    const { x, y, w, h } = this.view.region;
    return (this.regions ?? []).some((box) => box.x < x + w && box.y < y + h && box.x + box.w > x && box.y + box.h > y);
  }

  /** The area to look at next, the smallest first, with some room around it. */
  takeNext() {
    this.at = this.next++ % this.regions.length;
    const box = this.regions[this.at];
    const room = Math.max(24, box.w, box.h);
    return { x: box.x - room, y: box.y - room, w: box.w + 2 * room, h: box.h + 2 * room };
  }

  /** Which of the areas is looked at, in words. */
  describePlace() {
    const count = formatCount(this.regions.length);
    return `${this.entry.name}: area ${formatCount(this.at + 1)} of ${count}, ${formatPixels(this.regions[this.at].size)}`;
  }

  /** What was found, in words. */
  describe() {
    const { name } = this.entry;
    if (!this.regions) return name;
    const count = this.regions.length;
    if (count === 1) return `${name}: one area of ${formatPixels(this.regions[0].size)}`;
    return `${name}: ${formatCount(count)} areas, the smallest ${formatPixels(this.regions[0].size)}`;
  }
}

function formatPixels(count) {
  return count === 1 ? "1 pixel" : `${formatCount(count)} pixels`;
}

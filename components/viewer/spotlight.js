// Finding a class: everything else goes dark for a moment, the class flashes, and what is too small
// to be seen gets a ring. Asked again meanwhile, the view goes from one of its areas to the next.

const SPOTLIGHT_MS = 2400;
// CSS pixels: what is smaller than the first, or thinner than the second, is marked.
const RINGED_BELOW = 14;
const THIN_BELOW = 2;
const RING = 11;
const RING_ROOM = 6;
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
    const { x: originX, y: originY } = view.offset;
    let rings = 0;
    for (const { x, y, w, h } of this.regions ?? []) {
      const [across, down] = [w * view.scale, h * view.scale];
      if (Math.min(across, down) > THIN_BELOW * density && Math.max(across, down) > RINGED_BELOW * density) continue;
      const [middleX, middleY] = [originX + (x + w / 2) * view.scale, originY + (y + h / 2) * view.scale];
      const isBeside = middleX + across < 0 || middleX - across > ctx.canvas.width;
      if (isBeside || middleY + down < 0 || middleY - down > ctx.canvas.height) continue;
      if (rings++ === MOST_RINGS) break;
      for (const [width, colour] of [
        [5, "#000"],
        [2.5, "#fff"],
      ]) {
        ctx.beginPath();
        // A ring around a speck, a longer one around a thin line.
        const [halfW, halfH] = [across, down].map((length) => length / 2 + RING_ROOM * density);
        const [left, top] = [middleX - Math.max(halfW, RING * density), middleY - Math.max(halfH, RING * density)];
        ctx.roundRect(left, top, 2 * (middleX - left), 2 * (middleY - top), RING * density);
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

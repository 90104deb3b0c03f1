// Regions of the answer on screen: looked for when somebody asks, once for each threshold.

class Regions {
  /** @param {() => void} onFound */
  constructor(onFound) {
    this.onFound = onFound;
    this.forget();
  }

  forget() {
    this.answer = this.found = this.asked = null;
    this.level = -1;
  }

  /**
   * The regions of an answer cut at a level, or null while they are still looked for.
   *
   * @param {object} answer
   * @param {{level: number, to: number}|null} cut
   */
  of(answer, cut, image) {
    const level = cut ? cut.level : -1;
    if (this.answer === answer && this.level === level) return this.found;
    this.search(answer, cut, level, image);
    return null;
  }

  async search(answer, cut, level, image) {
    // One search at a time; the threshold may still be moving.
    if (this.asked) return;
    this.asked = answer;
    const { value } = await settle(searchRegions(answer, cut, image));
    if (this.asked !== answer) return;
    this.asked = null;
    Object.assign(this, { answer, level, found: value ?? null });
    this.onFound();
  }
}

/** The number of the region at mask pixel (x, y). */
function regionAt({ rows, starts, region }, x, y) {
  let [low, high] = [rows[y], rows[y + 1] - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle] <= x) low = middle;
    else high = middle - 1;
  }
  return region[low];
}

/**
 * The regions of one class, the smallest first.
 *
 * @returns {{size: number, x: number, y: number, w: number, h: number}[]} size in image pixels, boxes in
 *   image pixels.
 */
function listRegions({ w, h, ids, sizes, boxes }, id, image) {
  const [across, down] = [image.w / w, image.h / h];
  const found = [];
  ids.forEach((each, at) => {
    if (each !== id) return;
    const [left, top, right, bottom] = boxes.subarray(at * 4, at * 4 + 4);
    found.push({
      size: sizes[at],
      x: left * across,
      y: top * down,
      w: (right - left) * across,
      h: (bottom - top) * down,
    });
  });
  return found.sort((a, b) => a.size - b.size);
}

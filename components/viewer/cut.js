// What a threshold cuts away. The rule is the desk's: a pixel keeps its class when its confidence
// byte / 255 is at least percent / 100; one that does not becomes the background.

/** The smallest confidence byte that is kept at a threshold in percent, 0–100; 0 counts as 1. */
function lowestKeptByte(percent) {
  return Math.floor((Math.max(percent, 1) * 255 + 99) / 100);
}

/** Counts of one answer, at every threshold. */
class Counts {
  /**
   * @param {Float64Array} table from `tabulate`.
   * @param {number|null} to the id that cut pixels become; null where nothing is cut here.
   */
  constructor(table, to) {
    this.to = to;
    this.total = 0;
    /** For each id that occurs: image pixels with at least a confidence byte, at that byte; 257 long. */
    this.above = new Map();
    for (let id = 0; id < 256; id++) {
      const sums = new Float64Array(257);
      for (let byte = 255; byte >= 0; byte--) sums[byte] = sums[byte + 1] + table[id * 256 + byte];
      this.total += sums[0];
      if (sums[0] > 0) this.above.set(id, sums);
    }
  }

  /** Image pixels by id at a threshold in percent: Float64Array (256). */
  at(percent) {
    const counts = new Float64Array(256);
    const byte = this.to === null ? 0 : lowestKeptByte(percent);
    for (const [id, sums] of this.above) {
      const kept = id === this.to ? sums[0] : sums[byte];
      counts[id] += kept;
      if (this.to !== null) counts[this.to] += sums[0] - kept;
    }
    return counts;
  }

  /** The share (0–1) of one class at each whole percent from 0 to 100. */
  curve(id) {
    const sums = this.above.get(id);
    return Array.from({ length: 101 }, (_, percent) => (sums ? sums[lowestKeptByte(percent)] / this.total : 0));
  }

  /**
   * The share (0–1) of the image that is marked at one of two thresholds and not at the other.
   *
   * @param {(id: number) => boolean} counts whether a class counts
   */
  flips(a, b, counts) {
    const [low, high] = [Math.min(a, b), Math.max(a, b)].map(lowestKeptByte);
    let count = 0;
    for (const [id, sums] of this.above) if (id !== this.to && counts(id)) count += sums[low] - sums[high];
    return count / this.total;
  }
}

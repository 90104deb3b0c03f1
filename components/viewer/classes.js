// Class ids to names and colours. Hiding a class is an edit of the colour table, never a repaint
// of the mask's data; opacity is left to the compositor.

class Classes {
  /** @param {object} header */
  constructor(header) {
    this.palette = header.palette;
    this.listed = header.classes;
    this.byId = new Map(header.classes.map((entry) => [entry.id, entry]));
  }

  /** @returns {{id: number, name: string, colour: string, background: boolean}} */
  of(id) {
    return (
      this.byId.get(id) ?? { id, name: `unlabelled ${id}`, colour: this.palette[id], background: false }
    );
  }

  /**
   * Splits classes by whether the mask holds them.
   *
   * @param {Float64Array} counts image pixels by id.
   * @returns {{present: object[], absent: object[]}} present ones with their `share` (0–1), the
   *   largest first and the background last; absent ones as the class map lists them.
   */
  split(counts) {
    const total = counts.reduce((sum, count) => sum + count, 0);
    const present = [];
    counts.forEach((count, id) => {
      if (count > 0) present.push({ ...this.of(id), share: count / total });
    });
    present.sort((a, b) => a.background - b.background || b.share - a.share || a.id - b.id);
    const absent = this.listed.filter((entry) => !(counts[entry.id] > 0));
    return { present, absent };
  }

  /**
   * @param {Set<string>} hidden names of the classes not to be coloured.
   * @returns {Uint32Array} 256 canvas pixels (RGBA bytes), each opaque or fully clear.
   */
  table(hidden) {
    const table = new Uint32Array(256);
    const bytes = new Uint8Array(table.buffer);
    for (let id = 0; id < 256; id++) {
      const { name, colour, background } = this.of(id);
      if (background || hidden.has(name)) continue;
      const rgb = Number.parseInt(colour.slice(1), 16);
      bytes.set([rgb >> 16, (rgb >> 8) & 255, rgb & 255, 255], id * 4);
    }
    return table;
  }
}

/** A share (0–1) in words: one decimal, and never "0.0 %" for something that is there. */
function formatShare(share) {
  const percent = share * 100;
  if (percent > 0 && percent < 0.05) return "< 0.1 %";
  if (percent < 100 && percent >= 99.95) return "> 99.9 %";
  return `${percent.toFixed(1)} %`;
}

// The threshold curve: how much of the picture each class would cover at every confidence.

const CURVE_HEIGHT = 100;
const MOST_CURVES = 24;

class Curve {
  /**
   * @param {Element} element what holds plot and scale
   * @param {{go: (percent: number) => void}} acts
   */
  constructor(element, acts, signal) {
    this.svg = element.querySelector("svg");
    this.top = element.querySelector(".top");
    this.tip = element.querySelector(".tip");
    const percentAt = (event) => {
      const box = this.svg.getBoundingClientRect();
      return clamp(Math.round(((event.clientX - box.left) / box.width) * 100), 0, 100);
    };
    const on = (type, handler) => this.svg.addEventListener(type, handler, { signal });
    on("click", (event) => acts.go(percentAt(event)));
    on("pointermove", (event) => this.tell(percentAt(event)));
    on("pointerleave", () => (this.tip.hidden = true));
  }

  /**
   * @param {Counts|null} counts null where nothing is cut here
   * @param {Classes} classes
   * @param {(name: string) => boolean} isShown
   */
  draw(counts, classes, isShown) {
    const ids = counts && counts.to !== null ? [...counts.above.keys()].filter((id) => id !== counts.to) : [];
    this.lines = ids
      .map((id) => ({ entry: classes.of(id), shares: counts.curve(id) }))
      .filter(({ entry, shares }) => isShown(entry.name) && shares[0] > 0)
      .sort((a, b) => b.shares[0] - a.shares[0])
      .slice(0, MOST_CURVES);
    const highest = Math.max(...this.lines.map(({ shares }) => shares[0]), 1e-9);
    this.top.textContent = this.lines.length ? formatShare(highest) : "";
    this.svg.replaceChildren(
      ...this.lines.map(({ entry, shares }) => {
        const points = shares.map((share, percent) => `${percent},${CURVE_HEIGHT * (1 - share / highest)}`);
        const line = document.createElementNS("http://www.w3.org/2000/svg", "polyline");
        line.setAttribute("points", points.join(" "));
        line.setAttribute("stroke", entry.colour);
        return line;
      }),
    );
  }

  /** Says what the picture would hold at a value. */
  tell(percent) {
    const told = this.lines.slice(0, 5).map(({ entry, shares }) => `${entry.name} ${formatShare(shares[percent])}`);
    this.tip.textContent = [`At ${percent} %`, ...told].join(" · ");
    this.tip.hidden = false;
  }
}

// Streamlit's own bar lies over the top of the page.
const UNDER_TOP = 64;

/** The bar's room at the foot of the page, so that nothing lies hidden behind it. */
class Room {
  constructor(root, signal) {
    const host = root.getRootNode().host ?? root;
    const place = host.closest('[data-testid="stElementContainer"]');
    const scroller = host.closest('[data-testid="stMain"]');
    const block = host.closest('[data-testid="stMainBlockContainer"]');
    // Out of the flow, and never pale while a run is under way.
    place?.style.setProperty("position", "absolute");
    place?.style.setProperty("opacity", "1", "important");
    this.scroller = scroller;
    this.voice = document.createElement("div");
    this.voice.className = "spoken";
    this.voice.setAttribute("role", "status");
    root.append(this.voice);
    const bar = root.querySelector(".bar");
    const panel = root.querySelector(".panel");
    const reserve = () => {
      const high = Math.ceil(bar.getBoundingClientRect().height);
      const height = `${Math.max(high, Math.ceil(panel.getBoundingClientRect().height)) + 16}px`;
      document.documentElement.style.setProperty("--mask-desk-bar", `${high}px`);
      block?.style.setProperty("padding-bottom", height);
      scroller?.style.setProperty("scroll-padding-bottom", height);
    };
    this.reserve = reserve;
    this.before = null;
    const sizes = new ResizeObserver(reserve);
    sizes.observe(bar);
    // A keyboard on the screen covers the foot of the page.
    const seen = window.visualViewport;
    const lift = () => {
      const covered = seen.scale > 1.01 ? 0 : Math.max(0, innerHeight - seen.height - seen.offsetTop);
      root.style.setProperty("--covered", `${Math.round(covered)}px`);
    };
    for (const type of ["resize", "scroll"]) seen?.addEventListener(type, lift, { signal });
    signal.addEventListener("abort", () => {
      sizes.disconnect();
      for (const name of ["position", "opacity"]) place?.style.removeProperty(name);
      document.documentElement.style.removeProperty("--mask-desk-bar");
      block?.style.removeProperty("padding-bottom");
      scroller?.style.removeProperty("scroll-padding-bottom");
    });
  }

  rise() {
    if (this.scroller?.scrollTop) this.scroller.scrollTop = 0;
  }

  /** Brings the picture above the panel, where it can be looked at while one says what is wrong with it. */
  uncover() {
    const { scroller } = this;
    const [viewer] = parts.sights.keys();
    if (!scroller || !viewer?.isConnected) return;
    this.reserve();
    this.before ??= scroller.scrollTop;
    scroller.scrollTop += viewer.getBoundingClientRect().top - scroller.getBoundingClientRect().top - UNDER_TOP;
  }

  /** The panel is gone: back to where one was. */
  cover() {
    this.reserve();
    if (this.before !== null) this.scroller.scrollTop = this.before;
    this.before = null;
  }

  say(text) {
    this.voice.textContent = text;
  }
}

// Brings a person to what has just been put on the page, once for each time it is asked for.
const DONE = Symbol.for("mask-desk.arrivals");
const PATIENCE_MS = 5000;

export default function ({ data }) {
  const { target, id } = data;
  const done = (window[DONE] ??= new Set());
  if (done.has(id)) return undefined;
  done.add(id);
  let watch = null;
  let timer = 0;
  let frame = 0;

  const stop = () => {
    watch?.disconnect();
    clearTimeout(timer);
    cancelAnimationFrame(frame);
  };
  const bring = () => {
    const place = document.querySelector(target);
    const heading = place?.querySelector("h3");
    if (!heading) return;
    stop();
    // What stands above it may still come.
    frame = requestAnimationFrame(() => {
      const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
      heading.tabIndex = -1;
      heading.focus({ preventScroll: true });
      place.scrollIntoView({ block: "start", behavior: isCalm ? "auto" : "smooth" });
    });
  };
  watch = new MutationObserver(bring);
  watch.observe(document.body, { childList: true, subtree: true });
  timer = setTimeout(stop, PATIENCE_MS);
  bring();
  return stop;
}

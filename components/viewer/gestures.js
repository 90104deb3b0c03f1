// Wheel, drag and fingers. The page keeps scrolling: the wheel zooms only once the picture
// was clicked (or with ctrl), one finger scrolls, two fingers move the picture.

const WHEEL_HINT = "Click the picture to zoom with the wheel, or hold Ctrl";
// CSS pixels that a hand may stray in a click.
const CLICK_REACH = 6;
const TOUCH_HINT = "Use two fingers to move and zoom the picture";

/**
 * What gestures ask of the viewer. Points are device pixels of a pane.
 *
 * @typedef {{zoomBy: (factor: number, x: number, y: number) => void,
 *   panBy: (dx: number, dy: number) => void, command: (name: string) => boolean,
 *   point: (pane: Element|null, x: number, y: number) => void,
 *   place: (x: number, y: number) => boolean,
 *   hint: (text: string) => void, engaged: () => boolean, density: () => number}} GestureTarget
 */

/**
 * @param {Element} panes the focusable element that holds the panes
 * @param {GestureTarget} target
 * @param {AbortSignal} signal ends all listening
 */
function listenToHands(panes, target, signal) {
  listenToWheel(panes, target, signal);
  listenToTrackpad(panes, target, signal);
  listenToMouse(panes, target, signal);
  listenToTouch(panes, target, signal);
}

/** The pane under a client point and the point in its device pixels. */
function locate(panes, clientX, clientY) {
  for (const pane of panes.querySelectorAll(".pane")) {
    const box = pane.getBoundingClientRect();
    const x = clientX - box.left;
    const y = clientY - box.top;
    if (box.width && x >= 0 && y >= 0 && x < box.width && y < box.height) {
      const canvas = pane.querySelector("canvas");
      return { pane, x: (x * canvas.width) / box.width, y: (y * canvas.height) / box.height };
    }
  }
  return null;
}

function listenToWheel(panes, target, signal) {
  const onWheel = (event) => {
    const pinching = event.ctrlKey || event.metaKey;
    if (!pinching && !target.engaged()) {
      target.hint(WHEEL_HINT);
      return;
    }
    event.preventDefault();
    const place = locate(panes, event.clientX, event.clientY);
    if (!place) return;
    // Firefox tells a mouse's wheel in lines, 3 to 6 a notch where Chromium has 100 to 120 pixels.
    const pixels = event.deltaY * [1, 24, 400][event.deltaMode];
    // A pinch on a trackpad arrives as many small wheel steps with ctrl, always in pixels.
    const isPinch = pinching && event.deltaMode === 0 && Math.abs(pixels) < 40;
    const steps = clamp(pixels * (isPinch ? 0.01 : 0.0018), -0.6, 0.6);
    target.zoomBy(Math.exp(-steps), place.x, place.y);
  };
  panes.addEventListener("wheel", onWheel, { passive: false, signal });
}

/** Safari on a Mac tells a pinch on the trackpad by events of its own, which zoom the page if left alone. */
function listenToTrackpad(panes, target, signal) {
  let last = 1;
  let fingers = 0;
  const on = (type, handler) => panes.addEventListener(type, handler, { passive: false, signal });
  // On a touch screen they come beside the touches, which are followed already.
  for (const type of ["touchstart", "touchend", "touchcancel"]) on(type, (event) => (fingers = event.touches.length));
  on("gesturestart", (event) => {
    event.preventDefault();
    last = 1;
  });
  on("gesturechange", (event) => {
    event.preventDefault();
    const place = locate(panes, event.clientX, event.clientY);
    if (place && !fingers && event.scale > 0) target.zoomBy(event.scale / last, place.x, place.y);
    last = event.scale;
  });
}

function listenToMouse(panes, target, signal) {
  let drag = null;
  let start = { x: 0, y: 0 };
  let end = start;
  const on = (type, handler) => panes.addEventListener(type, handler, { signal });

  on("pointerdown", (event) => {
    start = { x: event.clientX, y: event.clientY };
    if (event.pointerType === "touch" || event.button > 1) return;
    panes.focus({ preventScroll: true });
    event.preventDefault();
    panes.setPointerCapture(event.pointerId);
    drag = { id: event.pointerId, x: event.clientX, y: event.clientY };
    panes.classList.add("dragging");
  });
  on("pointermove", (event) => {
    if (event.pointerType === "touch") return;
    if (drag?.id === event.pointerId) {
      const ratio = target.density();
      target.panBy((event.clientX - drag.x) * ratio, (event.clientY - drag.y) * ratio);
      drag = { id: drag.id, x: event.clientX, y: event.clientY };
    }
    const place = locate(panes, event.clientX, event.clientY);
    target.point(place?.pane ?? null, place?.x ?? 0, place?.y ?? 0);
  });
  const release = (event) => {
    if (drag?.id !== event.pointerId) return;
    drag = null;
    panes.classList.remove("dragging");
  };
  on("pointerup", (event) => {
    end = { x: event.clientX, y: event.clientY };
    release(event);
  });
  on("pointercancel", release);
  on("pointerleave", (event) => {
    if (event.pointerType !== "touch" && !drag) target.point(null, 0, 0);
  });
  on("dblclick", () => target.command("fit"));
  on("click", (event) => {
    const place = locate(panes, event.clientX, event.clientY);
    if (!place) return;
    const isDragged = Math.hypot(event.clientX - start.x, event.clientY - start.y) > CLICK_REACH;
    // A click tells whole pixels only; what is pointed at is known better.
    const exact = Math.hypot(event.clientX - end.x, event.clientY - end.y) < 2 && locate(panes, end.x, end.y);
    const { x, y } = exact || place;
    if (!isDragged && target.place(x, y)) return;
    // A tap reads the pixel out, since fingers do not hover.
    if (event.pointerType === "touch") target.point(place.pane, place.x, place.y);
  });
}

function listenToTouch(panes, target, signal) {
  let last = null;
  let start = null;
  const measure = ([a, b]) => ({
    x: (a.clientX + b.clientX) / 2,
    y: (a.clientY + b.clientY) / 2,
    apart: Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY),
  });
  const begin = (event) => {
    last = event.touches.length === 2 ? measure(event.touches) : null;
    start = event.touches.length === 1 ? event.touches[0] : null;
    if (last && event.cancelable) event.preventDefault();
  };
  const move = (event) => {
    if (start && event.touches.length === 1) {
      const [touch] = event.touches;
      if (Math.hypot(touch.clientX - start.clientX, touch.clientY - start.clientY) > 12) target.hint(TOUCH_HINT);
      return;
    }
    if (!last || event.touches.length !== 2) return;
    if (event.cancelable) event.preventDefault();
    const now = measure(event.touches);
    const ratio = target.density();
    target.panBy((now.x - last.x) * ratio, (now.y - last.y) * ratio);
    const place = locate(panes, now.x, now.y);
    if (place && last.apart > 0) target.zoomBy(now.apart / last.apart, place.x, place.y);
    last = now;
  };
  const end = () => {
    last = null;
    start = null;
  };
  panes.addEventListener("touchstart", begin, { passive: false, signal });
  panes.addEventListener("touchmove", move, { passive: false, signal });
  panes.addEventListener("touchend", end, { signal });
  panes.addEventListener("touchcancel", end, { signal });
}

const hintsGiven = new Set();

/** Shows a hint for a moment, once in this browser. */
function giveHint(element, text) {
  const key = `mask-desk:${text}`;
  if (hintsGiven.has(key)) return;
  hintsGiven.add(key);
  try {
    if (localStorage.getItem(key)) return;
    localStorage.setItem(key, "1");
  } catch {
    // Storage may be switched off; the hint then comes once a visit.
  }
  showHint(element, text);
}

let hintTimer = 0;

function showHint(element, text) {
  clearTimeout(hintTimer);
  element.textContent = text;
  element.classList.add("shown");
  hintTimer = setTimeout(() => element.classList.remove("shown"), 3500);
}

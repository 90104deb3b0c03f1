// Runs in every page before its own scripts, in ours and the peers' alike: when something was asked
// for, and when it was on screen. Milliseconds of the page's own clock.
(() => {
  const bench = (window.bench = { marks: {} });
  let wanted = "";
  let settle = null;
  let rounds = 0;

  bench.note = (name, at = performance.now()) => (bench.marks[name] ??= at);

  bench.pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

  /** Before the key is pressed; `id` is the picture that the viewer will show. */
  bench.arm = (id = "") => {
    wanted = id;
    bench.marks = {};
    bench.round = `bench-${++rounds}`;
    bench.painted = new Promise((resolve, reject) => {
      settle = resolve;
      setTimeout(() => reject(new Error(`Not shown within a minute: ${JSON.stringify(bench.marks)}`)), 60_000);
    });
  };

  // Element Timing: the moment at which a frame with the element in it was on screen, whichever
  // thread was late. The element is the peer's image itself, or the witness below.
  new PerformanceObserver((list) => {
    for (const { identifier, renderTime } of list.getEntries()) {
      if (identifier !== bench.round) continue;
      bench.note("painted", renderTime);
      settle(bench.marks);
    }
  }).observe({ type: "element" });

  /** In the turn in which a canvas is drawn: a letter that goes on screen in the same frame. */
  bench.shown = () => {
    bench.note("shown");
    const witness = document.createElement("p");
    witness.setAttribute("elementtiming", bench.round);
    witness.style.cssText = "position: fixed; left: 2px; bottom: 2px; margin: 0; z-index: 9999999";
    witness.textContent = "x";
    document.body.append(witness);
    bench.painted.finally(() => witness.remove());
  };

  const find = () => {
    const hosts = [...document.querySelectorAll('[data-testid="stBidiComponentIsolated"]')];
    return hosts.map((host) => host.shadowRoot?.querySelector(".desk")).find(Boolean);
  };
  const isShown = (desk) => ["ready", "empty"].includes(desk?.dataset.state);

  /** Waits for the viewer's first picture and watches the viewer from then on. */
  bench.follow = async () => {
    for (let at = 0; !isShown(find()); at++) {
      if (at > 600) throw new Error("The viewer did not show its first picture");
      await bench.pause(100);
    }
    const desk = (bench.desk = find());
    const look = () => {
      if (!wanted) return;
      bench.note("called");
      if (desk.dataset.imageId !== wanted || !isShown(desk)) return;
      wanted = "";
      bench.shown();
    };
    new MutationObserver(look).observe(desk, { attributeFilter: ["data-state", "data-image-id"] });
  };

  /** Where an element of the viewer is in the window. */
  bench.box = (selector) => {
    const element = bench.desk.querySelector(selector);
    if (!element) throw new Error(`The viewer has no ${selector}`);
    const { x, y, width, height } = element.getBoundingClientRect();
    return [x, y, width, height];
  };

  /** Notes every frame, and whether the picture has moved in it; a square moves where asked for. */
  bench.record = (withSquare) => {
    const found = (bench.recording = { at: [], moved: 0, square: null });
    if (withSquare) {
      found.square = document.createElement("div");
      found.square.style.cssText = "position: fixed; left: 0; top: 0; width: 20px; height: 20px; background: #888";
      document.body.append(found.square);
    }
    let before = "";
    const look = (now) => {
      if (bench.recording !== found) return;
      found.at.push(now);
      if (withSquare) found.square.style.transform = `translateX(${found.at.length % 200}px)`;
      const place = JSON.stringify(bench.desk.maskDesk.transform());
      if (place !== before) found.moved++;
      before = place;
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  };

  bench.recorded = () => {
    const { at, moved, square } = bench.recording;
    bench.recording = null;
    square?.remove();
    return [at, moved];
  };

  addEventListener("keydown", (event) => event.key === "Enter" && bench.note("pressed", event.timeStamp), true);

  // Heard before Streamlit's own listener: the moment at which a packet is in the browser.
  const BareSocket = window.WebSocket;
  window.WebSocket = class extends BareSocket {
    constructor(...settings) {
      super(...settings);
      this.addEventListener("message", ({ data }) => {
        if ((data.byteLength ?? data.size) > 100_000) bench.note("arrived");
      });
    }
  };
})();

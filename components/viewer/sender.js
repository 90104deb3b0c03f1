// What components tell Python goes one after the other. Of what is sent at one moment Streamlit runs one
// fragment only, and what is sent into a run breaks that run off: so each waits until the page is at rest.

const UNHEARD_MS = 600;
// A run that takes this long is taken for one that will not come to an end.
const LONGEST_REST_MS = 15_000;
const POLL_MS = 25;
// What is on screen comes before what may come next.
const PRIORITIES = ["move", "events"];

class Sender {
  constructor() {
    this.waiting = new Map();
    this.sentAt = -Infinity;
    this.heardAt = -Infinity;
    this.runs = 0;
  }

  /**
   * Has something sent when the page is at rest; of several by one name, the newest.
   *
   * @param {string} name
   * @param {() => boolean|void} send returns false where there is nothing to send after all.
   */
  request(name, send) {
    if (!this.waiting.size) this.since = performance.now();
    this.waiting.set(name, send);
    this.pump();
  }

  withdraw(name) {
    this.waiting.delete(name);
  }

  pump() {
    clearTimeout(this.timer);
    if (!this.waiting.size) return;
    if (!this.isAtRest) {
      this.timer = setTimeout(() => this.pump(), POLL_MS);
      return;
    }
    const names = [...this.waiting.keys()];
    const name = PRIORITIES.find((each) => names.includes(each)) ?? names[0];
    const send = this.waiting.get(name);
    this.waiting.delete(name);
    this.since = performance.now();
    if (send() !== false) this.sentAt = performance.now();
    this.pump();
  }

  /** Whether the last thing sent has been run, or will not be, and nothing else is being run. */
  get isAtRest() {
    const app = this.watch();
    if (!app) return false;
    const connection = app.getAttribute("data-test-connection-state");
    if ((connection && connection !== "CONNECTED") || leaving.isWhole) return false;
    const now = performance.now();
    const isRunning = app.getAttribute("data-test-script-state") === "running";
    if (isRunning) return now - this.since > LONGEST_REST_MS;
    return this.heardAt > this.sentAt || now - this.sentAt > UNHEARD_MS;
  }

  /** Streamlit's own element, watched for runs that begin and end between two looks. */
  watch() {
    const app = document.querySelector('[data-testid="stApp"]');
    if (app === this.app) return app;
    this.observer?.disconnect();
    this.app = app;
    if (!app) return null;
    this.observer = new MutationObserver(() => {
      if (app.getAttribute("data-test-script-state") !== "running") this.heardAt = performance.now();
      this.pump();
    });
    this.observer.observe(app, { attributes: true, attributeFilter: ["data-test-script-state", "data-test-connection-state"] });
    return app;
  }
}

const sender = (globalThis[Symbol.for("mask-desk.sender")] ??= new Sender());

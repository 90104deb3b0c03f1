// What waits in this browser, said at the foot of whatever page of the desk is open; and the way out of the
// outbox through that page. Where a decision bar is on the page, it says what waits itself.

const SLOW_PAGE_MS = 400;

class OutboxWaiting {
  constructor(root) {
    this.root = root;
    this.ending = new AbortController();
    const { signal } = this.ending;
    outbox.addEventListener("change", () => this.show(), { signal });
    outbox.addEventListener("unheard", ({ detail }) => this.add(detail), { signal });
    root.querySelector("ul").addEventListener("click", (event) => this.close(event.target.closest("button")), { signal });
    this.timer = setInterval(() => this.show(), SLOW_PAGE_MS);
    this.show();
  }

  /** Python's word: whose events may be sent, and what came of those that went through the page. */
  take({ owner, token, ...reply }, tell) {
    outbox.connect({ owner, token, tell });
    const text = JSON.stringify(reply);
    // The same word again is not news: the route may know better by now.
    if (text !== this.text) outbox.settle(reply);
    this.text = text;
    this.show();
  }

  show() {
    const hasBar = document.documentElement.style.getPropertyValue("--mask-desk-bar") !== "";
    const isWaiting = outbox.events.length > 0;
    this.since = isWaiting ? (this.since ?? performance.now()) : null;
    const isSlow = isWaiting && performance.now() - this.since > SLOW_PAGE_MS;
    const sentence = hasBar ? "" : describeWaiting(outbox, isSlow) || this.describeOthers();
    const place = this.root.querySelector(".sentence");
    if (place.textContent !== sentence) place.textContent = sentence;
    place.hidden = sentence === "";
    this.root.hidden = sentence === "" && !this.root.querySelector("li");
    this.root.dataset.unsaved = outbox.unsaved;
  }

  /** What somebody decided in this browser who is not signed in now. */
  describeOthers() {
    const others = [...outbox.held.values()].filter((event) => event.owner && event.owner !== outbox.owner);
    if (!others.length) return "";
    const [{ owner }] = others;
    const count = others.filter((event) => event.owner === owner).length;
    const what = count === 1 ? `1 decision or remark by ${owner} is waiting` : `${count} decisions and remarks by ${owner} are waiting`;
    return `${what} in this browser, to be sent when ${owner} next signs in here.`;
  }

  /** Something that nobody else on the page tells of. */
  add({ sentence }) {
    const line = document.createElement("li");
    const words = document.createElement("span");
    words.textContent = sentence;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Close";
    line.append(words, button);
    this.root.querySelector("ul").append(line);
    this.show();
  }

  close(button) {
    button?.closest("li").remove();
    this.show();
  }

  end() {
    this.ending.abort();
    clearInterval(this.timer);
  }
}

const waitings = new WeakMap();

export default function showOutbox({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".outbox-waiting");
  let found = waitings.get(parentElement);
  if (found?.root !== root) {
    found?.end();
    found = new OutboxWaiting(root);
    waitings.set(parentElement, found);
  }
  found.take(data, leaving.guard(parentElement, setTriggerValue));
  return () => {
    waitings.get(parentElement)?.end();
    waitings.delete(parentElement);
  };
}

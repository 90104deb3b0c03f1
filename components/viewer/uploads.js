// Files on their way to the desk: a few at a time, counted, and those that got lost told of.
//
// Streamlit sends every file of a folder at the same moment. A browser holds only so many requests
// open, ends the others (Chromium: ERR_INSUFFICIENT_RESOURCES), and Streamlit drops those files.
const OURS = Symbol.for("mask-desk.uploads");
const PATH = "/_stcore/upload_file/";
// A browser opens six connections to a server; pages and pictures need some meanwhile.
const AT_ONCE = 4;
const PAUSES_MS = [500, 2000];
const MANY = 20;
const UPDATE_MS = 250;

// One queue for the whole document: pages come and go, the requests they began go on.
function openQueue() {
  const queue = { total: 0, arrived: 0, lost: 0, waiting: [], flying: 0, pausing: 0, heard: null };
  queue.isBusy = () => queue.waiting.length + queue.flying + queue.pausing > 0;

  queue.join = (sending) => {
    if (!queue.isBusy()) Object.assign(queue, { total: 0, arrived: 0, lost: 0 });
    queue.total += sending.weight();
    queue.waiting.push(sending);
    queue.move();
  };

  queue.leave = (sending) => {
    queue.waiting = queue.waiting.filter((other) => other !== sending);
    queue.total -= sending.weight();
    queue.heard?.();
  };

  queue.move = () => {
    while (queue.flying < AT_ONCE && queue.waiting.length) queue.waiting.shift().fly();
    queue.heard?.();
  };
  return queue;
}

// Gives one request its place in the queue; all its own methods and events stay as they are.
function follow(request, opening, queue) {
  const { open, send, abort, setRequestHeader } = XMLHttpRequest.prototype;
  const headers = [];
  let state = "open"; // waiting, flying, pausing, over
  let body = null;
  let tries = 0;
  let isAborted = false;
  let isAgain = false;
  let weight = 1; // files in it
  let within = 0; // of these, sent so far

  const gone = (number) => {
    queue.arrived += number - within;
    within = number;
  };

  const sending = {
    weight: () => weight,
    fly() {
      state = "flying";
      queue.flying += 1;
      try {
        send.call(request, body);
      } catch (error) {
        state = "over";
        queue.flying -= 1;
        queue.lost += weight;
        request.dispatchEvent(new ProgressEvent("error"));
        request.dispatchEvent(new ProgressEvent("loadend"));
        console.warn(error);
      }
    },
  };

  const hold = (event) => {
    if (state !== "flying" || isAborted || tries >= PAUSES_MS.length) return;
    // Nobody else hears of it: for them it is still on its way.
    event.stopImmediatePropagation();
    isAgain = true;
  };

  const end = (event) => {
    if (state !== "flying") return;
    queue.flying -= 1;
    if (isAgain) {
      event.stopImmediatePropagation();
      isAgain = false;
      gone(0);
      state = "pausing";
      queue.pausing += 1;
      setTimeout(tryAgain, PAUSES_MS[tries]);
      tries += 1;
    } else {
      state = "over";
      body = null;
      gone(0);
      if (isAborted) queue.total -= weight;
      else if (request.status >= 200 && request.status < 300) queue.arrived += weight;
      else queue.lost += weight;
    }
    queue.move();
  };

  const tryAgain = () => {
    queue.pausing -= 1;
    if (state !== "pausing") return queue.move();
    const { responseType, timeout } = request;
    open.apply(request, opening);
    Object.assign(request, { responseType, timeout });
    for (const header of headers) setRequestHeader.apply(request, header);
    state = "waiting";
    queue.waiting.unshift(sending);
    queue.move();
  };

  // Before any that the page adds, so that a try that is repeated can be kept from them.
  request.addEventListener("error", hold);
  request.addEventListener("loadend", end);

  request.setRequestHeader = (...header) => {
    setRequestHeader.apply(request, header);
    headers.push(header);
  };
  request.send = (given = null) => {
    if (state !== "open") throw new DOMException("It is being sent.", "InvalidStateError");
    body = given;
    const ends = findEnds(body);
    if (ends) {
      weight = ends.length;
      request.upload.addEventListener("progress", ({ loaded }) => {
        if (state !== "flying") return;
        gone(ends.filter((end) => end <= loaded).length);
        queue.heard?.();
      });
    }
    state = "waiting";
    queue.join(sending);
  };
  request.abort = () => {
    isAborted = true;
    const isHere = state === "waiting" || state === "pausing";
    if (isHere) {
      state = "over";
      queue.leave(sending);
    }
    abort.call(request);
    if (!isHere) return;
    // Not on its way just now, so the browser says nothing itself.
    request.dispatchEvent(new ProgressEvent("abort"));
    request.dispatchEvent(new ProgressEvent("loadend"));
  };
}

function isUpload(method, address) {
  if (!/^(PUT|POST)$/i.test(String(method))) return false;
  return new URL(String(address), document.baseURI).pathname.includes(PATH);
}

function install() {
  if (window[OURS]) return window[OURS];
  const queue = (window[OURS] = openQueue());
  const { open } = XMLHttpRequest.prototype;
  const followed = new WeakSet();
  XMLHttpRequest.prototype.open = function (...opening) {
    const result = open.apply(this, opening);
    // What is opened a second time, or made to block, goes its own way.
    if (isUpload(...opening) && opening[2] !== false && !followed.has(this)) {
      followed.add(this);
      follow(this, opening, queue);
    }
    return result;
  };
  return queue;
}

const write = (number) => number.toLocaleString("en-US");

function tell(queue) {
  const total = `${write(queue.total)} ${queue.total === 1 ? "file" : "files"}`;
  if (queue.isBusy()) {
    return queue.total < MANY ? "" : `${write(queue.arrived)} of ${write(queue.total)} uploaded`;
  }
  if (!queue.lost) return "";
  return (
    `${write(queue.lost)} of ${total} did not arrive. Choose ` +
    `${queue.total === 1 ? "it" : "them all"} again: what is here already is recognised and ` +
    "costs nothing."
  );
}

export default function ({ parentElement, data }) {
  const queue = install();
  installPacks(data.within);
  const place = parentElement.querySelector(".uploads");
  let timer = 0;

  const show = () => {
    timer = 0;
    const said = tell(queue);
    const isLost = Boolean(said) && !queue.isBusy();
    if (place.textContent !== said) place.textContent = said;
    place.classList.toggle("uploads-lost", isLost);
  };
  queue.heard = () => {
    timer ||= setTimeout(show, UPDATE_MS);
  };
  const { heard } = queue;
  show();

  return () => {
    clearTimeout(timer);
    if (queue.heard === heard) queue.heard = null;
  };
}

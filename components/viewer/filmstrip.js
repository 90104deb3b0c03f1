// A row of pictures to choose from: real buttons, arrow keys between them.
const STRIPS = new WeakMap();

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  let strip = STRIPS.get(parentElement);
  if (!strip) {
    const list = parentElement.querySelector(".strip");
    strip = { list, shown: "" };
    STRIPS.set(parentElement, strip);
    list.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button) pick(strip, button);
    });
    list.addEventListener("keydown", (event) => move(strip, event));
    list.addEventListener("scroll", () => fade(list), { passive: true });
    new ResizeObserver(() => fade(list)).observe(list);
  }
  strip.send = leaving.guard(parentElement, setTriggerValue);
  const text = JSON.stringify(data);
  if (text !== strip.shown) {
    strip.shown = text;
    draw(strip, data);
  }
}

function draw(strip, data) {
  const { list } = strip;
  const hadFocus = list.contains(list.getRootNode().activeElement);
  list.setAttribute("aria-label", data.label);
  list.replaceChildren(...data.items.map((item) => makeTile(item, data.chosen)));
  const chosen = list.querySelector('[aria-selected="true"]') || list.firstElementChild;
  if (!chosen) return;
  chosen.tabIndex = 0;
  const left = chosen.offsetLeft - list.offsetLeft;
  if (left < list.scrollLeft || left + chosen.offsetWidth > list.scrollLeft + list.clientWidth) {
    list.scrollLeft = left - 16;
  }
  if (hadFocus) chosen.focus({ preventScroll: true });
}

/** Pictures beyond the edge show through it, so that one sees there are more. */
function fade(list) {
  const rest = list.scrollWidth - list.clientWidth - list.scrollLeft;
  list.classList.toggle("more-left", list.scrollLeft > 4);
  list.classList.toggle("more-right", rest > 4);
}

function makeTile(item, chosen) {
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.id = item.id;
  button.title = item.title;
  button.tabIndex = -1;
  button.setAttribute("role", "option");
  button.setAttribute("aria-selected", String(item.id === chosen));
  const image = document.createElement("img");
  image.src = item.picture;
  image.alt = "";
  image.decoding = "async";
  const name = document.createElement("span");
  name.textContent = item.title;
  button.append(image, name);
  return button;
}

function pick(strip, button) {
  // Shown as chosen at once; Python confirms it with the next data.
  for (const other of strip.list.children) {
    other.setAttribute("aria-selected", String(other === button));
    other.tabIndex = other === button ? 0 : -1;
  }
  strip.shown = "";
  strip.send("picked", button.dataset.id);
}

function move(strip, event) {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  const at = event.target.closest("button");
  if (!step || !at) return;
  const next = step > 0 ? at.nextElementSibling : at.previousElementSibling;
  if (next) {
    event.preventDefault();
    at.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  }
}

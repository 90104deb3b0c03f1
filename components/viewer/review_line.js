// The line over a picture under review. What stands in it comes from the decision bar, which knows
// first which picture is on screen.

const lines = new WeakMap();

function fillLine(root, { card, progress }) {
  root.hidden = !card;
  if (!card) return;
  const write = (selector, text) => {
    const place = root.querySelector(selector);
    if (place.textContent !== text) place.textContent = text;
    place.hidden = text === "";
  };
  root.dataset.confidence = card.answer.split("@")[1] ?? "";
  write(".review-name strong", card.name);
  write(".review-group", card.group);
  root.querySelector(".pills").replaceChildren(
    ...card.pills.map(([kind, words]) => {
      const pill = document.createElement("span");
      pill.className = `review-state review-${kind}`;
      pill.textContent = words;
      return pill;
    }),
  );
  root.querySelector(".review-progress").hidden = !progress;
  if (!progress) return;
  const count = (number) => number.toLocaleString("en");
  write(".done", `${count(progress.done)} of ${count(progress.total)} ${progress.said}`);
  write("small", progress.rest);
  const meter = root.querySelector("i");
  meter.setAttribute("aria-label", `Pictures ${progress.verb}`);
  meter.setAttribute("aria-valuemax", String(progress.total));
  meter.setAttribute("aria-valuenow", String(progress.done));
  meter.firstElementChild.style.width = `${((100 * progress.done) / Math.max(progress.total, 1)).toFixed(1)}%`;
}

export default function showLine({ data, parentElement }) {
  const root = parentElement.querySelector(".review-line");
  const key = new TextDecoder().decode(data instanceof ArrayBuffer ? new Uint8Array(data) : data);
  const known = lines.get(parentElement);
  if (known?.root !== root) {
    known?.ending.abort();
    const ending = new AbortController();
    lines.set(parentElement, { root, ending });
    const onLine = (bytes) => fillLine(root, JSON.parse(new TextDecoder().decode(bytes)));
    parts.watch(`line:${key}`, onLine, ending.signal);
  }
  return () => {
    lines.get(parentElement)?.ending.abort();
    lines.delete(parentElement);
  };
}

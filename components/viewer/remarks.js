// The list of remarks: what was said about which place, and the answers. All of it was typed by
// people and is put in as text.

const ACTS = { reply: "", resolve: "resolved it", reopen: "reopened it" };

class Remarks {
  /**
   * @param {Element} element
   * @param {{go: (id: string) => void, reply: (id: string, text: string) => void,
   *   settle: (id: string, act: "resolve"|"reopen") => void, replies: Drafts}} acts
   */
  constructor(element, acts, signal) {
    this.element = element;
    this.acts = acts;
    this.list = element.querySelector("ul");
    this.row = element.querySelector("template");
    this.rows = new Map();
    const on = (type, handler) => this.list.addEventListener(type, handler, { signal });
    on("click", (event) => this.onClick(event));
    on("submit", (event) => {
      event.preventDefault();
      this.send(event.target.closest("li"));
    });
    on("input", (event) => acts.replies.set(event.target.closest("li").dataset.id, { text: event.target.value }));
    on("keydown", (event) => {
      if (event.isComposing || !event.target.matches("textarea")) return;
      const row = event.target.closest("li");
      if (event.key === "Escape") this.fold(row);
      else if (isDoneKey(event)) this.send(row);
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
  }

  onClick(event) {
    const row = event.target.closest("li");
    const button = event.target.closest("button");
    if (!row || !button) return;
    const { id } = row.dataset;
    if (button.matches(".place")) this.acts.go(id);
    if (button.matches(".settle")) this.acts.settle(id, row.matches(".resolved") ? "reopen" : "resolve");
    if (button.matches(".cancel")) this.fold(row);
    if (!button.matches(".answer")) return;
    row.querySelector("form").hidden = false;
    button.hidden = true;
    row.querySelector("textarea").focus();
  }

  send(row) {
    const field = row.querySelector("textarea");
    const text = makeWhole(field.value.trim());
    if (!text) return;
    this.fold(row);
    this.acts.reply(row.dataset.id, text);
  }

  fold(row) {
    this.acts.replies.delete(row.dataset.id);
    row.querySelector("form").hidden = true;
    row.querySelector("textarea").value = "";
    const answer = row.querySelector(".answer");
    answer.hidden = false;
    answer.focus();
  }

  /**
   * @param {object[]} pins as from a header; those not stored yet with `saving`.
   * @param {{mayPin: boolean}} may
   */
  fill(pins, { mayPin }) {
    this.element.hidden = pins.length === 0 && !mayPin;
    const open = pins.filter((pin) => pin.is_open).length;
    this.element.querySelector(".count").textContent = pins.length ? `${open} open` : "";
    this.element.querySelector(".none").hidden = pins.length > 0;
    const before = this.rows;
    this.rows = new Map(pins.map((pin) => [pin.id, before.get(pin.id) ?? this.makeRow(pin.id)]));
    for (const [id, row] of before) if (!this.rows.has(id)) row.remove();
    pins.forEach((pin, at) => {
      const row = this.rows.get(pin.id);
      // Moved only where it has to: a moved field loses the keyboard's place.
      if (this.list.children[at] !== row) this.list.insertBefore(row, this.list.children[at] ?? null);
      this.write(row, pin, mayPin);
    });
  }

  makeRow(id) {
    const row = document.createElement("li");
    row.className = "remark";
    row.dataset.id = id;
    row.append(this.row.content.cloneNode(true));
    // Typed before a reload.
    const text = this.acts.replies.get(id)?.text;
    if (text) {
      row.querySelector("form").hidden = false;
      row.querySelector(".answer").hidden = true;
      row.querySelector("textarea").value = text;
    }
    return row;
  }

  write(row, pin, mayPin) {
    const put = (selector, text) => {
      const part = row.querySelector(selector);
      if (part.textContent !== text) part.textContent = text;
      part.hidden = text === "";
    };
    row.classList.toggle("resolved", !pin.is_open);
    put(".number", String(pin.number));
    row.querySelector(".place").setAttribute("aria-label", `Go to remark ${pin.number}: ${pin.text}`);
    put(".words", pin.text);
    put(".who", [pin.author, pin.saving ? "saving…" : pin.when].filter(Boolean).join(", "));
    const sure = typeof pin.sureness === "number" ? `${pin.sureness.toFixed(1)} % sure` : "";
    put(".what", [pin.class_name, pin.class_name && sure].filter(Boolean).join(", "));
    put(".state", pin.is_open ? "" : "Resolved");
    row.querySelector(".replies").replaceChildren(...(pin.replies ?? []).map(makeReply));
    const isLate = Boolean(pin.saving);
    row.querySelector(".acts").hidden = !mayPin || isLate;
    put(".settle", pin.is_open ? "Resolve" : "Reopen");
  }

  /** Brings a remark's line into view. */
  reveal(id) {
    const row = this.rows.get(id);
    if (!row) return;
    for (const other of this.rows.values()) other.classList.toggle("chosen", other === row);
    // Within its own list only: the picture is to stay where it is.
    const { list } = this;
    const [top, bottom] = [row.offsetTop - list.offsetTop, row.offsetTop - list.offsetTop + row.offsetHeight];
    if (top < list.scrollTop) list.scrollTop = top;
    else if (bottom > list.scrollTop + list.clientHeight) list.scrollTop = bottom - list.clientHeight;
  }
}

function makeReply({ author, when, act, text, saving }) {
  const line = document.createElement("li");
  const who = document.createElement("span");
  who.className = "who";
  who.textContent = [[author, ACTS[act]].filter(Boolean).join(" "), saving ? "saving…" : when].filter(Boolean).join(", ");
  line.append(who);
  if (act === "reply") {
    const words = document.createElement("p");
    words.className = "words";
    words.textContent = text;
    line.prepend(words);
  }
  return line;
}

// The list of classes: what the mask holds and how much of it, what is hidden, and the ways to look
// at one class.

class Legend {
  /**
   * @param {Element} element the legend's root
   * @param {{toggle: Function, solo: Function, find: Function, recolour: Function, showAll: Function,
   *   resetColours: Function}} acts called with a class's name where they concern one
   */
  constructor(element, acts, signal) {
    this.list = element.querySelector(".present");
    this.fold = element.querySelector(".absent");
    this.count = element.querySelector(".count");
    this.all = element.querySelector(".show-all");
    this.reset = element.querySelector(".reset-colours");
    this.row = element.querySelector("template");
    this.rows = new Map();
    const on = (target, type, handler) => target.addEventListener(type, handler, { signal });
    on(this.all, "click", acts.showAll);
    on(this.reset, "click", acts.resetColours);
    on(this.list, "click", (event) => {
      const button = event.target.closest("button");
      const name = button?.dataset.name;
      if (name === undefined) return;
      if (button.matches(".eye")) acts.toggle(name);
      if (button.matches(".solo")) acts.solo(name);
      if (button.matches(".locate")) acts.find(Number(button.closest("li").dataset.id));
    });
    // While the choice is open the colour follows; "change" is its end.
    for (const type of ["input", "change"])
      on(this.list, type, (event) => acts.recolour(event.target.dataset.name, event.target.value, type === "change"));
  }

  /** @param {{present: object[], absent: object[]}} split from `Classes.split`. */
  fill({ present, absent }) {
    const before = this.rows;
    this.rows = new Map(
      present.map((entry) => {
        const row = before.get(entry.id);
        // A row that is there stays, and with it the keyboard's place or a colour being chosen.
        const stays = row?.dataset.name === entry.name && row.matches(".background") === entry.background;
        return [entry.id, stays ? row : this.makeRow(entry)];
      }),
    );
    const rows = [...this.rows.values()];
    for (const row of [...this.list.children]) if (!rows.includes(row)) row.remove();
    rows.forEach((row, at) => {
      if (this.list.children[at] !== row) this.list.insertBefore(row, this.list.children[at] ?? null);
    });
    this.write(present);
    this.fold.hidden = absent.length === 0;
    this.fold.querySelector("summary span").textContent = `${absent.length} not in this image`;
    this.fold.querySelector("ul").replaceChildren(...absent.map((entry) => this.makeAbsent(entry)));
  }

  /** Whether the list holds exactly these classes, so that writing their shares is enough. */
  holds({ present }) {
    return present.length === this.rows.size && present.every((entry) => this.rows.has(entry.id));
  }

  /** Writes shares into the rows that are there, in their order. */
  write(present) {
    const largest = Math.max(...present.filter((entry) => !entry.background).map((entry) => entry.share), 1e-9);
    for (const entry of present) {
      const row = this.rows.get(entry.id);
      const text = formatShare(entry.share);
      const share = row.querySelector(".share");
      row.querySelector(".portion").style.transform = `scaleX(${Math.min(1, entry.share / largest)})`;
      if (share.textContent !== text) share.textContent = text;
    }
    const found = present.filter((entry) => !entry.background).length;
    this.count.textContent = found ? String(found) : "";
  }

  makeRow(entry) {
    const row = document.createElement("li");
    row.append(this.row.content.cloneNode(true));
    row.className = entry.background ? "row background" : "row";
    row.style.setProperty("--colour", entry.colour);
    row.dataset.id = String(entry.id);
    row.dataset.name = entry.name;
    row.querySelector(".name").textContent = entry.name;
    row.title = entry.background ? `${entry.name} is never coloured` : entry.name;
    const colour = row.querySelector("input");
    if (entry.background) {
      colour.remove();
      // They keep their room, so that shares stand under one another.
      for (const button of row.querySelectorAll("button")) button.disabled = true;
      return row;
    }
    colour.value = entry.colour;
    colour.setAttribute("aria-label", `Colour of ${entry.name}`);
    for (const control of [colour, ...row.querySelectorAll("button")]) control.dataset.name = entry.name;
    row.querySelector(".locate").setAttribute("aria-label", `Find ${entry.name}`);
    return row;
  }

  makeAbsent(entry) {
    const item = document.createElement("li");
    item.className = "row";
    item.style.setProperty("--colour", entry.colour);
    const swatch = document.createElement("span");
    swatch.className = "swatch";
    const name = document.createElement("span");
    name.className = "name";
    name.textContent = entry.name;
    item.append(swatch, name);
    return item;
  }

  /**
   * Says which classes are shown, and in which colours and patterns.
   *
   * @param {{isShown: (name: string) => boolean, solo: string|null, hidesAny: boolean,
   *   patterns: Uint16Array|null}} look
   * @param {Classes} classes
   */
  mark({ isShown, solo, hidesAny, patterns }, classes) {
    let allShown = !hidesAny;
    for (const [id, row] of this.rows) {
      const { name, colour, background } = classes.of(id);
      if (background) continue;
      const shown = isShown(name);
      const share = row.querySelector(".share").textContent;
      const [eye, only] = [row.querySelector(".eye"), row.querySelector(".solo")];
      eye.setAttribute("aria-pressed", String(shown));
      eye.setAttribute("aria-label", `${name}, ${share} of the image, ${shown ? "shown" : "hidden"}`);
      eye.title = shown ? `Hide ${name}` : `Show ${name}`;
      only.setAttribute("aria-pressed", String(solo === name));
      only.setAttribute("aria-label", solo === name ? `Show the other classes too` : `Show only ${name}`);
      only.title = only.getAttribute("aria-label");
      row.classList.toggle("off", !shown);
      row.style.setProperty("--colour", colour);
      row.style.setProperty("--pattern", patterns ? drawSwatch(patterns, id, colour) : "none");
      row.querySelector("input").value = colour;
      allShown &&= shown;
    }
    // Kept in the layout while invisible, so that the list does not jump.
    this.all.classList.toggle("idle", allShown);
    this.all.disabled = allShown;
    this.reset.hidden = classes.own.size === 0;
  }
}

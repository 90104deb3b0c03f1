// The list of classes: what the mask holds, how much of it, and what is hidden.

class Legend {
  /**
   * @param {Element} element the legend's root
   * @param {(name: string) => void} toggle called with the class to hide or show
   * @param {() => void} showAll
   */
  constructor(element, toggle, showAll, signal) {
    this.element = element;
    this.list = element.querySelector(".present");
    this.fold = element.querySelector(".absent");
    this.count = element.querySelector(".count");
    this.all = element.querySelector(".show-all");
    this.row = element.querySelector("template");
    this.all.addEventListener("click", showAll, { signal });
    this.list.addEventListener(
      "click",
      (event) => {
        const row = event.target.closest("button[data-name]");
        if (row) toggle(row.dataset.name);
      },
      { signal },
    );
  }

  /** @param {{present: object[], absent: object[]}} split from `Classes.split`. */
  fill({ present, absent }) {
    const largest = Math.max(...present.map((entry) => entry.share));
    this.list.replaceChildren(...present.map((entry) => this.makeRow(entry, largest)));
    const found = present.filter((entry) => !entry.background).length;
    this.count.textContent = found ? String(found) : "";
    this.fold.hidden = absent.length === 0;
    this.fold.querySelector("summary span").textContent = `${absent.length} not in this image`;
    this.fold.querySelector("ul").replaceChildren(...absent.map((entry) => this.makeAbsent(entry)));
  }

  makeRow(entry, largest) {
    const item = document.createElement("li");
    const row = document.createElement(entry.background ? "div" : "button");
    row.append(this.row.content.cloneNode(true));
    row.className = entry.background ? "row background" : "row";
    row.style.setProperty("--colour", entry.colour);
    row.style.setProperty("--portion", String(entry.share / largest));
    row.querySelector(".name").textContent = entry.name;
    row.querySelector(".share").textContent = formatShare(entry.share);
    row.title = entry.background ? `${entry.name} is never coloured` : "";
    row.dataset.id = String(entry.id);
    if (!entry.background) {
      row.type = "button";
      row.dataset.name = entry.name;
    }
    item.append(row);
    return item;
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

  /** @param {Set<string>} hidden names of hidden classes. */
  mark(hidden) {
    let any = false;
    for (const row of this.list.querySelectorAll("button[data-name]")) {
      const { name } = row.dataset;
      const shown = !hidden.has(name);
      const share = row.querySelector(".share").textContent;
      row.setAttribute("aria-pressed", String(shown));
      row.setAttribute("aria-label", `${name}, ${share} of the image, ${shown ? "shown" : "hidden"}`);
      row.title = shown ? `Hide ${name}` : `Show ${name}`;
      any ||= !shown;
    }
    // Kept in the layout while invisible, so that the list does not jump.
    this.all.classList.toggle("idle", !any);
    this.all.disabled = !any;
  }
}

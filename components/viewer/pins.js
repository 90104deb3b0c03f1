// Numbered markers over the picture, one in each pane, moved with it at every painting.

// CSS pixels that a marker may reach beyond the pane's edge before it is put away.
const MARKER_ROOM = 16;
const FLASH_MS = 1600;

class Pins {
  /**
   * @param {Stage} stage
   * @param {(id: string) => void} pick called with a pin's id when its marker is clicked.
   */
  constructor(stage, pick) {
    this.stage = stage;
    this.pick = pick;
    this.pins = [];
    this.draft = null;
    for (const pane of stage.panes) {
      const layer = document.createElement("div");
      layer.className = "pins";
      // The list of remarks says the same in words, and is reached by the keyboard.
      layer.setAttribute("aria-hidden", "true");
      pane.element.append(layer);
      pane.pins = layer;
    }
  }

  /** @param {object[]} pins as from a header. */
  fill(pins) {
    this.pins = pins;
    for (const { pins: layer } of this.stage.panes) {
      const before = new Map([...layer.children].map((marker) => [marker.dataset.id, marker]));
      for (const pin of this.listed) {
        const marker = before.get(pin.id) ?? this.makeMarker(pin.id);
        before.delete(pin.id);
        marker.textContent = pin.number;
        marker.title = pin.text ?? "";
        marker.classList.toggle("resolved", pin.is_open === false);
        marker.classList.toggle("draft", pin === this.draft);
        if (!marker.isConnected) layer.append(marker);
      }
      for (const marker of before.values()) marker.remove();
    }
  }

  /** Marks the place of a remark that is being written; null where none is. */
  setDraft(place) {
    this.draft = place && { id: "draft", number: "+", ...place };
    this.fill(this.pins);
  }

  get listed() {
    return this.draft ? [...this.pins, this.draft] : this.pins;
  }

  makeMarker(id) {
    const marker = document.createElement("button");
    marker.type = "button";
    marker.className = "pin";
    marker.dataset.id = id;
    marker.tabIndex = -1;
    // The picture under it is not to be dragged, tapped or fitted.
    for (const type of ["pointerdown", "touchstart", "dblclick"])
      marker.addEventListener(type, (event) => event.stopPropagation(), { passive: true });
    marker.addEventListener("click", (event) => {
      event.stopPropagation();
      this.pick(id);
    });
    return marker;
  }

  /** Puts markers where their places are now. */
  place(view) {
    const { x: left, y: top } = view.offset;
    for (const { element, picture, pins: layer, width } of this.stage.panes) {
      if (!width || !layer.children.length) continue;
      const density = picture.canvas.width / width;
      const height = picture.canvas.height / density;
      for (const { id, x, y } of this.listed) {
        const marker = element.querySelector(`.pin[data-id="${CSS.escape(id)}"]`);
        const [across, down] = [(left + x * view.scale) / density, (top + y * view.scale) / density];
        const isInside =
          view.known &&
          across > -MARKER_ROOM && down > -MARKER_ROOM && across < width + MARKER_ROOM && down < height + MARKER_ROOM;
        marker.hidden = !isInside;
        if (isInside) marker.style.transform = `translate(${across.toFixed(2)}px, ${down.toFixed(2)}px)`;
      }
    }
  }

  /** Shows which one is meant, for a moment. */
  flash(id) {
    clearTimeout(this.timer);
    const mark = (isOn) => {
      for (const marker of this.stage.root.querySelectorAll(".pin"))
        marker.classList.toggle("flashed", isOn && marker.dataset.id === id);
    };
    mark(true);
    this.timer = setTimeout(() => mark(false), FLASH_MS);
  }
}

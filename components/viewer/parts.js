// Pictures and answers travel apart from the viewer, each of them once: Python delivers them by
// name, viewers take them from here. All components of a page share the one collection.

class Parts {
  constructor() {
    this.owners = new Map();
    this.waiting = new Map();
  }

  /**
   * @param {Element} owner the element that delivers; a part lasts as long as it does.
   * @param {string} name
   * @param {Uint8Array} bytes
   */
  put(owner, name, bytes) {
    this.owners.set(owner, { name, bytes });
    for (const resolve of this.waiting.get(name) ?? []) resolve(bytes);
    this.waiting.delete(name);
  }

  remove(owner) {
    this.owners.delete(owner);
  }

  /** The bytes of this name, as soon as they are there. */
  take(name) {
    for (const part of this.owners.values()) if (part.name === name) return Promise.resolve(part.bytes);
    return new Promise((resolve) => {
      this.waiting.set(name, [...(this.waiting.get(name) ?? []), resolve]);
    });
  }

  /** Nobody waits any more for what has not come. */
  forgetWaiting() {
    this.waiting.clear();
  }
}

const parts = (globalThis[Symbol.for("mask-desk.parts")] ??= new Parts());

// Pictures, answers and headers travel apart from the viewer, so that each goes over only when it is
// new: Python delivers them by name, viewers take them from here. All components of a page share the
// one collection.

class Parts {
  constructor() {
    this.owners = new Map();
    this.waiting = new Map();
    this.watchers = new Map();
    /** What each viewer of the page shows, by its root: {subject, isLoading}. */
    this.sights = new Map();
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
    for (const watcher of this.watchers.get(name) ?? []) watcher(bytes);
  }

  /** Calls back with the bytes of this name now and whenever others come. */
  watch(name, onBytes, signal) {
    const watchers = this.watchers.get(name) ?? new Set();
    this.watchers.set(name, watchers.add(onBytes));
    signal.addEventListener("abort", () => watchers.delete(onBytes));
    const part = this.find(name);
    if (part) onBytes(part.bytes);
  }

  remove(owner) {
    this.owners.delete(owner);
  }

  /** The bytes of this name, as soon as they are there. */
  take(name) {
    const part = this.find(name);
    if (part) return Promise.resolve(part.bytes);
    return new Promise((resolve) => {
      this.waiting.set(name, [...(this.waiting.get(name) ?? []), resolve]);
    });
  }

  find(name) {
    return [...this.owners.values()].findLast((part) => part.name === name);
  }
}

const parts = (globalThis[Symbol.for("mask-desk.parts")] ??= new Parts());

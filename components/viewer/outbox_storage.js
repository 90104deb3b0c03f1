// Where the outbox is kept: the browser's database, written through to the disk. It outlives the tab, a
// crash of the browser and of the machine. Where there is no such database, the simpler storage does.

const OUTBOX_DATABASE = "mask-desk";
const OUTBOX_STORE = "outbox";
// What earlier versions of the desk kept, by the first part of its name in the simpler storage.
const EARLIER = ["mask-desk:outbox:", "mask-desk:remarks:"];

/** The desk's own path; another desk may have another one on the same host. */
function findBase() {
  return location.pathname.replace(/[^/]*$/, "");
}

function settleRequest(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function findEarlier() {
  try {
    return Object.keys(localStorage).filter((name) => EARLIER.some((start) => name.startsWith(start)));
  } catch {
    return [];
  }
}

/** What is kept under an earlier version's name; null where it cannot be read, and stays. */
function readEarlier(name) {
  const start = EARLIER.find((each) => name.startsWith(each));
  const [project, ...words] = name.slice(start.length).split(" ");
  try {
    const events = JSON.parse(localStorage.getItem(name) ?? "[]");
    const whole = events.filter((event) => typeof event?.id === "string");
    return whole.map((event, at) => ({ ...event, project, owner: words.join(" "), order: at }));
  } catch {
    return null;
  }
}

class OutboxStorage {
  constructor() {
    this.name = `${OUTBOX_DATABASE} ${findBase()}`;
    this.database = this.open();
  }

  async open() {
    try {
      const request = indexedDB.open(this.name, 1);
      request.onupgradeneeded = () => request.result.createObjectStore(OUTBOX_STORE, { keyPath: "id" });
      const database = await settleRequest(request);
      // Another version of the desk may want to change it.
      database.onversionchange = () => database.close();
      return database;
    } catch {
      return null;
    }
  }

  /** All events that wait, the oldest first. */
  async load() {
    const database = await this.database;
    const found = database ? await this.ask(database) : this.loadSimply();
    return [...found, ...this.takeEarlier()].sort((one, other) => one.order - other.order);
  }

  async ask(database) {
    try {
      return await settleRequest(database.transaction(OUTBOX_STORE).objectStore(OUTBOX_STORE).getAll());
    } catch {
      return this.loadSimply();
    }
  }

  /** Resolves once the event is on the disk; to false where it could not be kept at all. */
  add(event) {
    return this.write((store) => store.put(event), (events) => [...events.filter(({ id }) => id !== event.id), event]);
  }

  remove(ids) {
    return this.write(
      (store) => ids.forEach((id) => store.delete(id)),
      (events) => events.filter(({ id }) => !ids.includes(id)),
    );
  }

  async write(change, changeSimply) {
    const database = await this.database;
    try {
      const transaction = database.transaction(OUTBOX_STORE, "readwrite", { durability: "strict" });
      change(transaction.objectStore(OUTBOX_STORE));
      await new Promise((resolve, reject) => {
        transaction.oncomplete = resolve;
        transaction.onabort = transaction.onerror = () => reject(transaction.error);
      });
      return true;
    } catch {
      return this.keepSimply(changeSimply(this.loadSimply()));
    }
  }

  loadSimply() {
    try {
      return JSON.parse(localStorage.getItem(this.name) ?? "[]");
    } catch {
      return [];
    }
  }

  keepSimply(events) {
    try {
      if (events.length) localStorage.setItem(this.name, JSON.stringify(events));
      else localStorage.removeItem(this.name);
      return true;
    } catch {
      // Switched off or full; the page itself still keeps and sends it.
      return false;
    }
  }

  /** What an earlier version of the desk left unsent, once. */
  takeEarlier() {
    return findEarlier().flatMap((name) => {
      const events = readEarlier(name);
      if (!events) return [];
      // Gone from the old place only once it is in the new one.
      Promise.all(events.map((event) => this.add(event))).then((kept) => {
        if (kept.every(Boolean)) localStorage.removeItem(name);
      });
      return events;
    });
  }
}

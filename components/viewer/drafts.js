// What was chosen or typed and is not sent yet, by what it is about: there again after a reload, a restart
// of the desk, or a visit to another picture.

const DRAFTS = "mask-desk:drafts";
const MOST_DRAFTS = 60;
// Where the browser keeps nothing, they last as long as the page.
let unkept = {};

class Drafts {
  /** @param {string} kind "why", "pin" or "reply". */
  constructor(kind) {
    this.kind = kind;
  }

  name(subject) {
    return `${outbox.owner} ${this.kind} ${subject}`;
  }

  load() {
    try {
      const found = JSON.parse(localStorage.getItem(DRAFTS) ?? "{}");
      return found && typeof found === "object" && !Array.isArray(found) ? found : {};
    } catch {
      return unkept;
    }
  }

  /** null where there is none. */
  get(subject) {
    return this.load()[this.name(subject)] ?? null;
  }

  set(subject, draft) {
    const all = this.load();
    // Put last, as the newest.
    delete all[this.name(subject)];
    const kept = Object.entries({ ...all, [this.name(subject)]: draft }).slice(-MOST_DRAFTS);
    this.keep(Object.fromEntries(kept));
  }

  delete(subject) {
    const all = this.load();
    if (!Object.hasOwn(all, this.name(subject))) return;
    delete all[this.name(subject)];
    this.keep(all);
  }

  keep(all) {
    unkept = all;
    try {
      if (Object.keys(all).length) localStorage.setItem(DRAFTS, JSON.stringify(all));
      else localStorage.removeItem(DRAFTS);
    } catch {
      // Switched off or full.
    }
  }
}

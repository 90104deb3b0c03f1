// Pictures that are likely to be looked at next, decoded while the one on screen is looked at: when
// their turn comes, nothing but a header is on its way and there is nothing to decode.

// Where the browser does not tell, what is held in a hand counts as small.
const MEMORY = navigator.deviceMemory ?? (matchMedia("(pointer: coarse)").matches ? 4 : 8);
// Decoded pictures take memory by their pixels, whatever their number.
const AHEAD_PIXELS = MEMORY <= 4 ? 13e6 : 26e6;
const MOST_AHEAD = 16;
const FEWEST_AHEAD = MEMORY <= 4 ? 1 : 2;
const SETTLING_MS = 20;
// No fewer than supply.py has.
const SLOTS = 16;

class Ahead {
  /** @param {() => Picture|null} read gives the picture on screen; null while it is not ready. */
  constructor(read) {
    this.read = read;
    this.headers = [];
    /** Headers of what is supplied, by slot, and which pictures come next. */
    this.supplied = new Map();
    this.next = [];
    this.loans = new Map();
    /** Ids of the pictures that are decoded. */
    this.ready = [];
  }

  /** @param {string[]} subjects of the pictures that come next, the likeliest first. */
  take(subjects) {
    this.next = subjects;
    this.arrange();
  }

  /** The header of what a slot was filled with; null for nothing. */
  takeSlot(slot, header) {
    this.supplied.set(slot, header);
    this.arrange();
  }

  arrange() {
    const headers = [...this.supplied.values()].filter(Boolean);
    const expected = this.next.map((subject) => headers.find((header) => header.subject === subject)).filter(Boolean);
    let pixels = 0;
    this.headers = expected.slice(0, MOST_AHEAD).filter(({ image }, at) => {
      pixels += image.w * image.h;
      return at < FEWEST_AHEAD || pixels <= AHEAD_PIXELS;
    });
    const wanted = new Set(this.headers.map(nameLoan));
    for (const [name, loan] of this.loans) if (!wanted.has(name)) this.release(name, loan);
    this.ready = this.headers.filter((header) => this.loans.get(nameLoan(header))?.isReady).map(({ id }) => id);
    // What is announced together comes one after the other.
    this.timer ||= setTimeout(() => this.prepare(), SETTLING_MS);
  }

  /** Decodes what was announced, one after the other, once what is looked at is all there. */
  async prepare() {
    clearTimeout(this.timer);
    this.timer = 0;
    if (this.isPreparing) return;
    this.isPreparing = true;
    for (;;) {
      const shown = this.read();
      const header = this.headers.find((each) => !this.loans.get(nameLoan(each))?.isReady);
      if (!shown || !header || this.isOver) break;
      // The finer detail of what is looked at comes first.
      await settle(shown.whole);
      const name = nameLoan(header);
      if (!this.headers.includes(header)) continue;
      const loan = this.loans.get(name) ?? { picture: borrowPicture(header), answer: header.mask ? borrowAnswer(header) : null };
      this.loans.set(name, loan);
      const picture = loan.picture.thing;
      await settle(picture.ready);
      picture.wishWhole?.();
      await settle(Promise.all([picture.whole, loan.answer?.thing.ready]));
      loan.isReady = true;
      if (this.loans.get(name) === loan) this.ready.push(header.id);
    }
    this.isPreparing = false;
  }

  release(name, loan) {
    this.loans.delete(name);
    pictures.release(loan.picture);
    if (loan.answer) answers.release(loan.answer);
  }

  end() {
    this.isOver = true;
    clearTimeout(this.timer);
    for (const [name, loan] of this.loans) this.release(name, loan);
  }
}

function nameLoan({ id, answer }) {
  return `${id} ${answer}`;
}

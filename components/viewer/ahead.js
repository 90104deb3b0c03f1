// Pictures that are likely to be looked at next, decoded while the one on screen is looked at: when
// their turn comes, nothing but a header is on its way and there is nothing to decode.

// An announcement and the header of the picture that left it come in either order.
const HEADER_MS = 250;
// Where the browser does not tell, what is held in a hand counts as small.
const MEMORY = navigator.deviceMemory ?? (matchMedia("(pointer: coarse)").matches ? 4 : 8);
const MOST_AHEAD = MEMORY <= 4 ? 1 : 2;
// As many as supply.py has.
const SLOTS = 4;

class Ahead {
  /** @param {() => Picture|null} read gives the picture on screen; null while it is not ready. */
  constructor(read) {
    this.read = read;
    this.headers = [];
    /** Headers of what is supplied, by slot, and which pictures come next. */
    this.supplied = new Map();
    this.next = [];
    this.loans = new Map();
    this.turn = 0;
    /** Ids of the pictures that are decoded. */
    this.ready = [];
  }

  /** @param {string[]} subjects of the pictures that come next, the likeliest first. */
  take(subjects) {
    this.next = subjects;
    this.arrange();
  }

  /** The header of what a slot was filled with; null for nothing. */
  takeSlot(slot, bytes) {
    this.supplied.set(slot, JSON.parse(new TextDecoder().decode(bytes)));
    this.arrange();
  }

  arrange() {
    const headers = [...this.supplied.values()].filter(Boolean);
    const expected = this.next.map((subject) => headers.find((header) => header.subject === subject));
    this.headers = expected.filter(Boolean).slice(0, MOST_AHEAD);
    this.ready = [];
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.prepare(), HEADER_MS);
  }

  /** Decodes what was announced, one after the other, and lets go of what is not wanted any more. */
  async prepare() {
    const shown = this.read();
    if (!shown) return;
    const turn = ++this.turn;
    const wanted = new Map(this.headers.map((header) => [`${header.id} ${header.answer}`, header]));
    for (const [name, loan] of this.loans) if (!wanted.has(name)) this.release(name, loan);
    this.ready = [];
    // The finer detail of what is looked at comes first.
    await settle(shown.whole);
    for (const [name, header] of wanted) {
      if (turn !== this.turn) return;
      let loan = this.loans.get(name);
      if (!loan) {
        loan = { picture: borrowPicture(header), answer: header.mask ? borrowAnswer(header) : null };
        this.loans.set(name, loan);
      }
      const picture = loan.picture.thing;
      await settle(picture.ready);
      picture.wishWhole?.();
      await settle(Promise.all([picture.whole, loan.answer?.thing.ready]));
      if (turn === this.turn) this.ready.push(header.id);
    }
  }

  release(name, loan) {
    this.loans.delete(name);
    pictures.release(loan.picture);
    if (loan.answer) answers.release(loan.answer);
  }

  end() {
    this.turn++;
    clearTimeout(this.timer);
    for (const [name, loan] of this.loans) this.release(name, loan);
  }
}

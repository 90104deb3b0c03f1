// From a packet to what is shown, each part as soon as it is there. A part of the viewer's own class,
// in a file of its own.

const loading = {
  /** Decodes a packet and shows each part as soon as it is there. */
  async load(header, generation) {
    const stale = () => generation !== this.generation;
    this.announcePicture(header);
    const answerLoan = header.mask ? borrowAnswer(header) : null;
    const release = () => answerLoan && answers.release(answerLoan);
    const answerReady = answerLoan ? settle(answerLoan.thing.ready) : Promise.resolve({});
    const checked = settle(checkBytes(header, answerLoan));
    if (!this.picture) {
      const loan = borrowPicture(header);
      const { error } = await settle(loan.thing.ready);
      if (error || stale()) {
        pictures.release(loan);
        release();
        if (stale()) return;
        const cannot = "The picture that came could not be shown: this browser cannot read it.";
        this.failWhole(error instanceof Unreadable ? error.message : cannot);
        return;
      }
      this.showPicture(loan);
    }
    const answerError = (await answerReady).error;
    const error = (await checked).error ?? answerError;
    if (stale()) return release();
    this.dropAnswer();
    this.answerLoan = answerLoan;
    this.answer = answerLoan && !error ? answerLoan.thing : null;
    if (error instanceof Unreadable) {
      this.failWhole(error.message);
      return;
    }
    // A mask that has to be cut is no mask without its confidences.
    const reason = error?.message ?? (header.cut && this.answer?.doubt);
    if (reason) this.answer = null;
    this.describe();
    this.root.dataset.answer = header.answer;
    if (reason) this.failMask(`The mask that came could not be read: ${reason}. Ask for the prediction once more.`);
    else this.setState(this.answer ? "ready" : header.pending ? "waiting" : "empty");
    this.read();
    this.resumeDraft();
    this.tellColours();
    // Once what can be seen is on screen, there is time for the picture's finer detail.
    requestAnimationFrame(() =>
      setTimeout(() => {
        this.picture?.wishWhole?.();
        this.ahead.prepare();
      }),
    );
  },

  showPicture(loan) {
    this.pictureLoan = loan;
    this.picture = loan.thing;
    this.repaint = () => this.schedule();
    this.picture.listeners.add(this.repaint);
    this.view.setImage(this.picture.w, this.picture.h);
    const { wish, header } = this;
    const isElsewhere = wish?.imageId && wish.imageId !== header.id;
    // The picture of a link may be gone, and another one in its place.
    const isGone = wish?.picture && header.link && wish.picture !== header.link.picture;
    if (isElsewhere || isGone) this.wish = null;
    this.followWish();
    this.map.take(this.picture);
    this.stage.forget();
    this.paint();
    this.link.writeSoon();
  },

  /** Goes where a link pointed to; the page may still be finding its shape. */
  followWish() {
    const { wish, view } = this;
    if (!wish || !this.picture || !view.known) return;
    if (wish.until === Infinity) Object.assign(wish, { until: performance.now() + ARRIVING_MS, imageId: this.header.id });
    if (performance.now() > wish.until) this.wish = null;
    else view.showRegion(wish.region);
  },

  announcePicture({ id, name, image, mask, pending }) {
    const { root } = this;
    this.setState("loading");
    root.dataset.imageId = id;
    // A mask that is on its way keeps its place, so that nothing moves when it is there.
    root.toggleAttribute("data-alone", !mask && !pending);
    root.style.setProperty("--ratio", String(image.w / image.h));
    const keys = "Plus and minus zoom, arrow keys move, question mark lists all keys, Escape leaves.";
    this.find(".panes").setAttribute("aria-label", `${name}${mask ? " and its mask" : ""}. ${keys}`);
  },
};

Object.defineProperties(Viewer.prototype, Object.getOwnPropertyDescriptors(loading));

/** What came has to be whole, also where it is decoded already; what is decoded need not come again. */
function checkBytes(header, answerLoan) {
  const isDue = (name, isKnown) => !isKnown || parts.find(name);
  return Promise.all([
    isDue(`picture:${header.id}`, pictures.holds(header.id)) && takePicture(header),
    answerLoan && isDue(`answer:${header.answer}`, answerLoan.isReady) && takeAnswer(header),
  ]);
}

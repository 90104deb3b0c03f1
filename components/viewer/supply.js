// A slot: it hands on what it was filled with, and asks for something else where it is to hold that.

// A wish may get lost with a desk that was restarted.
const ASK_AGAIN_MS = 3000;

/** The slots of one viewer, asked one after the other, the likeliest pictures first. */
class Slots {
  constructor() {
    this.slots = new Map();
    this.wants = [];
    this.asked = null;
    setInterval(() => this.ask(), ASK_AGAIN_MS / 4);
  }

  ask() {
    const due = this.wants.find(([slot, want]) => this.slots.has(slot) && !this.isFilled(slot, want));
    if (!due) {
      this.asked = null;
      return;
    }
    const [slot, want] = due;
    const now = performance.now();
    if (this.asked && this.asked.want === want && now - this.asked.at < ASK_AGAIN_MS) return;
    sender.request("want", () => {
      const holder = this.slots.get(slot);
      if (!holder || this.isFilled(slot, want) || !this.wants.some(([, each]) => each === want)) return false;
      this.asked = { want, at: performance.now() };
      holder.tell("want", want);
      return true;
    });
  }

  /** A wish may leave open which answer it is. */
  isFilled(slot, want) {
    const { holds } = this.slots.get(slot);
    return holds === want || holds.startsWith(`${want} `);
  }
}

const suppliers = (globalThis[Symbol.for("mask-desk.suppliers")] ??= new Map());
const places = new WeakMap();

export default function supplySlot({ data, parentElement, setTriggerValue }) {
  const host = parentElement.getRootNode().host ?? parentElement;
  host.closest('[data-testid="stElementContainer"]')?.style.setProperty("display", "none");
  const bytes = data instanceof ArrayBuffer ? new Uint8Array(data) : data;
  let at = 4 + new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  const { key, slot, holds, card, parts: bodies } = JSON.parse(new TextDecoder().decode(bytes.subarray(4, at)));
  if (!suppliers.has(key)) suppliers.set(key, new Slots());
  const slots = suppliers.get(key);
  const place = places.get(parentElement) ?? { owners: [{}, {}, {}], ending: new AbortController() };
  bodies.forEach(([name, length], index) => {
    if (name) parts.put(place.owners[index], name, bytes.subarray(at, at + length));
    else parts.remove(place.owners[index]);
    at += length;
  });
  parts.put(place.owners[2], `card:${key}:${slot}`, new TextEncoder().encode(JSON.stringify(card)));
  slots.slots.set(slot, { holds, tell: leaving.guard(parentElement, setTriggerValue) });
  if (!places.has(parentElement)) {
    places.set(parentElement, place);
    const onWants = (found) => {
      slots.wants = JSON.parse(new TextDecoder().decode(found));
      slots.ask();
    };
    if (slot === 0) parts.watch(`wants:${key}`, onWants, place.ending.signal);
  }
  slots.ask();
  return () => {
    place.ending.abort();
    for (const owner of place.owners) parts.remove(owner);
    slots.slots.delete(slot);
    places.delete(parentElement);
  };
}

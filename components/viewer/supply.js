// A slot that finds itself wanting: it knows what it holds, hears what it is to hold, and where the two
// differ has its fragment run, once for each wish.

const slots = new WeakMap();

export default function supplySlot({ data, parentElement, setTriggerValue }) {
  const host = parentElement.getRootNode().host ?? parentElement;
  host.closest('[data-testid="stElementContainer"]')?.style.setProperty("display", "none");
  const bytes = data instanceof ArrayBuffer ? new Uint8Array(data) : data;
  const state = JSON.parse(new TextDecoder().decode(bytes));
  const slot = slots.get(parentElement) ?? { ending: new AbortController(), asked: null };
  Object.assign(slot, state, { tell: setTriggerValue });
  const ask = () => {
    const want = slot.wants?.[slot.slot];
    if (want === undefined || want === slot.asked) return;
    // A wish may leave open which answer it is.
    if (slot.holds === want || slot.holds.startsWith(`${want} `)) return;
    slot.asked = want;
    slot.tell("want", want);
  };
  if (!slots.has(parentElement)) {
    slots.set(parentElement, slot);
    const onWants = (found) => {
      slot.wants = JSON.parse(new TextDecoder().decode(found));
      ask();
    };
    parts.watch(`wants:${state.key}`, onWants, slot.ending.signal);
  }
  // What it holds may be what was wanted a moment ago.
  if (slot.holds === slot.asked) slot.asked = null;
  ask();
  return () => {
    slots.get(parentElement)?.ending.abort();
    slots.delete(parentElement);
  };
}

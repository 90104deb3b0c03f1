// A slot that finds itself wanting: it knows what it holds, hears what it is to hold, and where the two
// differ has its fragment run.

// A wish may get lost: with a desk that was restarted, or in one message with another's.
const ASK_AGAIN_MS = 3000;
const APART_MS = 40;

const slots = new WeakMap();

export default function supplySlot({ data, parentElement, setTriggerValue }) {
  const host = parentElement.getRootNode().host ?? parentElement;
  host.closest('[data-testid="stElementContainer"]')?.style.setProperty("display", "none");
  const bytes = data instanceof ArrayBuffer ? new Uint8Array(data) : data;
  const state = JSON.parse(new TextDecoder().decode(bytes));
  const slot = slots.get(parentElement) ?? { ending: new AbortController(), asked: null };
  Object.assign(slot, state, { tell: leaving.guard(parentElement, setTriggerValue) });
  const ask = () => {
    const want = slot.wants?.[slot.slot];
    // A wish may leave open which answer it is.
    const isFilled = want === undefined || slot.holds === want || slot.holds.startsWith(`${want} `);
    if (isFilled || slot.ending.signal.aborted) {
      slot.asked = null;
      return;
    }
    if (want === slot.asked) return;
    slot.asked = want;
    clearTimeout(slot.timer);
    slot.timer = setTimeout(() => {
      slot.asked = null;
      ask();
    }, ASK_AGAIN_MS);
    slot.tell("want", want);
  };
  if (!slots.has(parentElement)) {
    slots.set(parentElement, slot);
    const onWants = (found) => {
      slot.wants = JSON.parse(new TextDecoder().decode(found));
      // One after the other: of what is sent at one moment Streamlit runs one fragment only.
      setTimeout(ask, slot.slot * APART_MS);
    };
    parts.watch(`wants:${state.key}`, onWants, slot.ending.signal);
  }
  ask();
  return () => {
    slots.get(parentElement)?.ending.abort();
    slots.delete(parentElement);
  };
}

// The quiet line under the picture: what lies under the pointer.

class Readout {
  constructor(element) {
    this.element = element;
    this.part = (name) => element.querySelector(`.${name}`);
  }

  /** @param {object|null} sample from `Viewer.sampleAt`; null says what picture this is instead. */
  show(sample, header) {
    const entry = sample?.entry;
    this.element.classList.toggle("resting", !sample);
    this.part("swatch").hidden = !entry;
    if (entry) this.part("swatch").style.setProperty("--colour", entry.colour);
    this.part("swatch").classList.toggle("clear", Boolean(entry?.background));
    const size = header ? `${formatCount(header.image.w)} × ${formatCount(header.image.h)}` : "";
    this.write("what", entry?.name ?? (sample ? "" : (header?.name ?? "")));
    this.write("id", entry ? `id ${entry.id}` : "");
    this.write("sure", Readout.judge(sample));
    this.write("where", sample ? `x ${formatCount(sample.x)}  y ${formatCount(sample.y)}` : size);
    this.write("region", sample?.region ? `area of ${formatPixels(sample.region)}` : "");
  }

  write(name, text) {
    const part = this.part(name);
    if (part.textContent !== text) part.textContent = text;
    part.hidden = text === "";
  }

  /** How sure the model was; a place it cut as not sure enough may carry no confidence any more. */
  static judge(sample) {
    if (sample?.confidence === undefined) return "";
    if (sample.under) return `not sure enough of ${sample.under.name}: ${sample.confidence}`;
    if (sample.entry?.background && sample.confidence === "0.0 %") return "not sure enough to mark";
    return `confidence ${sample.confidence}`;
  }

  /** The same in one sentence, for a screen reader. */
  static say(sample) {
    if (!sample) return "Beside the picture";
    const what = sample.entry ? `${sample.entry.name}, id ${sample.entry.id}, ` : "";
    const judged = Readout.judge(sample);
    const sure = judged && `${judged}, `;
    const region = sample.region ? `, area of ${formatPixels(sample.region)}` : "";
    return `${what}${sure}x ${sample.x}, y ${sample.y}${region}`;
  }
}

function formatCount(count) {
  return count.toLocaleString("en");
}

/** A confidence byte (0–255) in percent. */
function formatConfidence(byte) {
  return `${((byte / 255) * 100).toFixed(1)} %`;
}

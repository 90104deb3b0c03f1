// The colours of the confidence map, and what they mean.

// Seven anchors of the viridis ramp (public domain, CC0): even steps in lightness, readable by
// people with colour-vision deficiencies.
const VIRIDIS = ["#440154", "#443983", "#31688e", "#21918c", "#35b779", "#90d743", "#fde725"];

/** 256 canvas pixels, by confidence byte. */
const HEAT_RAMP = Uint32Array.from({ length: 256 }, (_, byte) => {
  const place = (byte / 255) * (VIRIDIS.length - 1);
  const from = Math.min(Math.floor(place), VIRIDIS.length - 2);
  const [a, b] = [VIRIDIS[from], VIRIDIS[from + 1]].map(readColour);
  return packPixel(a.map((value, at) => Math.round(value + (b[at] - value) * (place - from))));
});

const HEAT_GRADIENT = `linear-gradient(to right, ${VIRIDIS.join(", ")})`;

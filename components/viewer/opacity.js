// How strongly the mask covers the picture. The compositor blends the two, so that a change paints
// nothing and shows the very next frame.

const FIRST_OPACITY = 60;

function listenToOpacity(root, signal) {
  const slider = root.querySelector(".opacity input");
  const number = root.querySelector(".opacity output");
  const cover = () => {
    root.style.setProperty("--opacity", `${slider.value}%`);
    number.textContent = `${slider.value} %`;
  };
  slider.value = String(FIRST_OPACITY);
  slider.addEventListener("input", cover, { signal });
  cover();
}

// Keys: inside the viewer, and on the page while nothing has the focus; never while someone types.

/** [key, command, what the list of keys says]; a key without words shares the line before it. */
const KEYS = [
  ["+", "in", "Zoom in"],
  ["=", "in"],
  ["-", "out", "Zoom out"],
  ["_", "out"],
  ["0", "fit", "Fit the picture"],
  ["1", "full", "Show at 100 %"],
  ["l", "layout", "Next layout"],
  ["d", "style", "Areas, outlines, or both"],
  ["p", "patterns", "Patterns on or off"],
  ["h", "heat", "How sure the model was"],
  ["w", "flips", "What changes with the confidence"],
  ["[", "clearer", "Mask more transparent"],
  ["]", "denser", "Mask stronger"],
  [",", "less", "Confidence down"],
  [".", "more", "Confidence up"],
  ["n", "all", "Show all classes"],
  ["z", "screen", "Full screen"],
  ["m", "pin", "Pin a remark to a place"],
  ["?", "help", "This list"],
];

/** With the picture itself in focus. */
const PICTURE_KEYS = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
  Escape: "leave",
  Enter: "place",
};

const COMMAND_BY_KEY = new Map(KEYS.map(([key, command]) => [key, command]));

/**
 * @param {Element} root the whole viewer
 * @param {Element} panes the focusable picture area
 * @param {{command: (name: string) => boolean, blink: (hides: boolean) => void,
 *   hovered: () => boolean}} target
 */
function listenToKeys(root, panes, target, signal) {
  const listens = (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return false;
    const path = event.composedPath();
    if (!path.includes(root) && event.target !== document.body) return false;
    const [origin] = path;
    if (origin.isContentEditable || /^(textarea|select)$/i.test(origin.tagName)) return false;
    if (origin.closest?.("dialog")) return false;
    return !/^input$/i.test(origin.tagName) || /^(range|radio|checkbox|color)$/.test(origin.type);
  };
  const onKey = (event) => {
    if (!listens(event)) return;
    const [origin] = event.composedPath();
    // Buttons keep their space bar; on the page it scrolls, unless the picture is pointed at.
    if (event.key === " ") {
      if (origin !== panes && !(event.target === document.body && target.hovered())) return;
      event.preventDefault();
      target.blink(true);
      return;
    }
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (key === "Escape" && target.command("stop")) {
      event.preventDefault();
      return;
    }
    const name = COMMAND_BY_KEY.get(key) ?? (origin === panes ? PICTURE_KEYS[key] : undefined);
    if (name && target.command(name)) event.preventDefault();
  };
  const onRelease = (event) => {
    if (event.key === " ") target.blink(false);
  };
  document.addEventListener("keydown", onKey, { signal });
  document.addEventListener("keyup", onRelease, { signal });
  // A window that loses the keyboard never hears the key come up.
  window.addEventListener("blur", () => target.blink(false), { signal });
}

// The decision bar's, told here because it is here that one looks for keys.
const REVIEW_KEYS = [
  ["A", "Approve"],
  ["F", "Needs fix"],
  ["X", "Reject"],
  ["S", "Skip"],
  ["U", "Undo"],
  ["← →", "Picture before, next picture"],
];

/** Fills the list of keys; that for remarks is in it where they are taken. */
function listKeys(list, takesPins) {
  list.replaceChildren();
  const rows = [
    ...KEYS.filter(([, command, words]) => words && (takesPins || command !== "pin")).map(([key, , words]) => [key.toUpperCase(), words]),
    ...(takesPins ? REVIEW_KEYS : []),
    ["Space", "Hold: hide the mask"],
    ["Arrows", "Move the picture (once it is clicked)"],
    ["Double-click", "Fit the picture"],
    ["Ctrl + wheel", "Zoom to the pointer"],
  ];
  for (const [key, words] of rows) {
    const term = document.createElement("dt");
    const kbd = document.createElement("kbd");
    kbd.textContent = key;
    term.append(kbd);
    const meaning = document.createElement("dd");
    meaning.textContent = words;
    const row = document.createElement("div");
    row.append(term, meaning);
    list.append(row);
  }
}

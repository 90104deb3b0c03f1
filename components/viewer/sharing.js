// Taking something away: the link, and what is seen as a PNG.

/** @returns {Promise<boolean>} whether the text is on the clipboard now */
async function copyText(text, root) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Without HTTPS browsers offer only the old way.
  }
  const focused = root.getRootNode().activeElement;
  const field = document.createElement("textarea");
  field.value = text;
  field.style.cssText = "position:fixed;opacity:0";
  root.append(field);
  field.select();
  let done = false;
  try {
    done = document.execCommand("copy");
  } catch {
    done = false;
  }
  field.remove();
  focused?.focus();
  return done;
}

/** Draws the panes on screen as they are, side by side or one above the other. */
function composePicture(stage, { style, heat }, { opacity, split, shownLayout }) {
  const panes = stage.shownPanes();
  const boxes = panes.map(({ element }) => element.getBoundingClientRect());
  const [left, top] = [Math.min(...boxes.map((box) => box.left)), Math.min(...boxes.map((box) => box.top))];
  const { density } = stage;
  const canvas = document.createElement("canvas");
  canvas.width = Math.round((Math.max(...boxes.map((box) => box.right)) - left) * density);
  canvas.height = Math.round((Math.max(...boxes.map((box) => box.bottom)) - top) * density);
  const ctx = canvas.getContext("2d");
  ctx.fillStyle = getComputedStyle(panes[0].element).backgroundColor;
  ctx.fillRect(0, 0, canvas.width, canvas.height);
  panes.forEach(({ picture, colours, lines }, at) => {
    const x = Math.round((boxes[at].left - left) * density);
    const y = Math.round((boxes[at].top - top) * density);
    ctx.drawImage(picture.canvas, x, y);
    if (!colours) return;
    ctx.save();
    if (shownLayout === "swipe") {
      const cut = (picture.canvas.width * split) / 100;
      ctx.beginPath();
      ctx.rect(x + cut, y, picture.canvas.width - cut, picture.canvas.height);
      ctx.clip();
    }
    ctx.globalAlpha = opacity / 100;
    ctx.drawImage(colours.canvas, x, y);
    if (style === "both" && !heat) ctx.globalAlpha = 1;
    ctx.drawImage(lines.canvas, x, y);
    ctx.restore();
  });
  return canvas;
}

/** @returns {Promise<string>} the file's name */
async function downloadPicture(canvas, name) {
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = `${name.replace(/\.[^.]+$/, "")} with mask.png`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  return link.download;
}

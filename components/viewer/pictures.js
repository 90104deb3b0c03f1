// Decoded pictures, shared by all viewers of the tab. Those on screen are kept, and one more: going
// back to the picture before, or away from the page and back, decodes nothing.

const IDLE_PICTURES = 1;
const pictures = new Map();

class Picture {
  constructor(id, image) {
    this.id = id;
    this.w = image.w;
    this.h = image.h;
    this.users = 0;
    /** Bitmaps, the full one first, each half of the one before. */
    this.levels = [];
  }

  /** The smallest level that still has a pixel for every device pixel at this scale. */
  level(scale) {
    return this.levels.findLast((bitmap) => bitmap.width >= this.w * scale) ?? this.levels[0];
  }

  /** Builds the smaller levels; a picture closed meanwhile stops it. */
  async shrink(done) {
    if (this.shrinking) return;
    this.shrinking = true;
    while (this.levels.length) {
      const last = this.levels.at(-1);
      if (Math.max(last.width, last.height) <= 1024) break;
      const half = await createImageBitmap(last, {
        resizeWidth: Math.ceil(last.width / 2),
        resizeHeight: Math.ceil(last.height / 2),
        resizeQuality: "medium",
      }).catch(() => null);
      if (!half) return;
      if (!this.levels.length) return half.close();
      this.levels.push(half);
    }
    done();
  }

  close() {
    for (const bitmap of this.levels) bitmap.close();
    this.levels = [];
  }
}

/**
 * Decodes a picture, or hands out the one already decoded. Give it back with `returnPicture`.
 *
 * @throws {Error} where the browser cannot decode it.
 */
async function borrowPicture(id, image, bytes) {
  let entry = pictures.get(id);
  if (!entry) {
    const picture = new Picture(id, image);
    const blob = new Blob([bytes], { type: image.type });
    entry = {
      picture,
      ready: createImageBitmap(blob).then((bitmap) => {
        if (bitmap.width !== image.w || bitmap.height !== image.h) {
          bitmap.close();
          throw new Error("the picture has another size than was promised");
        }
        picture.levels = [bitmap];
      }),
    };
  }
  // Set anew so that the map's order is the order of last use.
  pictures.delete(id);
  pictures.set(id, entry);
  entry.picture.users++;
  try {
    await entry.ready;
  } catch (error) {
    if (pictures.get(id) === entry) pictures.delete(id);
    throw error;
  }
  return entry.picture;
}

function returnPicture(picture) {
  picture.users--;
  // Later, so that the picture asked for next is counted as in use: it may be the idle one.
  queueMicrotask(closeIdlePictures);
}

function closeIdlePictures() {
  const idle = [...pictures.values()].filter((entry) => entry.picture.users === 0);
  for (const { picture } of idle.slice(0, Math.max(0, idle.length - IDLE_PICTURES))) {
    pictures.delete(picture.id);
    picture.close();
  }
}

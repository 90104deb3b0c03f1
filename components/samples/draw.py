"""Draw the samples again: `python -m components.samples.draw [KEY ...]`.

Writes pictures, truth masks and thumbnails of the drawn scenes, and thumbnails of the photographs.
"""

from __future__ import annotations

import argparse
import io
from pathlib import Path

from PIL import Image

from components.samples.catalogue import DRAWN, PHOTOGRAPHS
from components.samples.drawing.scenes import draw_scene

PICTURES = Path(__file__).parent / "pictures"
QUALITY = 88
THUMBNAIL_WH = (320, 214)
THUMBNAIL_BYTES = 20_000


def draw_samples(folder: Path, keys: tuple[str, ...] = ()) -> None:
    """Draw scenes into a folder as KEY.jpg, KEY.truth.png and KEY.thumb.jpg.

    Args:
        folder: must exist.
        keys: which ones; all when empty.
    """
    for scene in DRAWN:
        if keys and scene.key not in keys:
            continue
        drawing = draw_scene(scene.seed, scene.size_wh, scene.kind, scene.light)
        picture = Image.fromarray(drawing.rgb)
        picture.save(folder / f"{scene.key}.jpg", quality=QUALITY, optimize=True)
        Image.fromarray(drawing.class_ids).save(folder / f"{scene.key}.truth.png", optimize=True)
        (folder / f"{scene.key}.thumb.jpg").write_bytes(make_thumbnail(picture))


def make_thumbnail(picture: Image.Image) -> bytes:
    """A JPEG of at most 320 × 214 pixels and 20 KB; of tall pictures the middle."""
    small = picture.convert("RGB")
    wide = min(small.width, round(small.height * THUMBNAIL_WH[0] / THUMBNAIL_WH[1]))
    high = min(small.height, round(small.width * THUMBNAIL_WH[1] / THUMBNAIL_WH[0]))
    left, top = (small.width - wide) // 2, (small.height - high) // 2
    small = small.resize(
        THUMBNAIL_WH, Image.Resampling.LANCZOS, (left, top, left + wide, top + high)
    )
    for quality in range(84, 20, -6):
        buffer = io.BytesIO()
        small.save(buffer, "JPEG", quality=quality, optimize=True)
        if buffer.tell() <= THUMBNAIL_BYTES:
            break
    return buffer.getvalue()


def main() -> None:
    """Draw what the command line names."""
    parser = argparse.ArgumentParser(description="Draw the sample scenes again.")
    parser.add_argument("keys", nargs="*", metavar="KEY", help="which ones; all when left out")
    keys = tuple(parser.parse_args().keys)
    draw_samples(PICTURES, keys)
    for photograph in PHOTOGRAPHS:
        if not keys or photograph.key in keys:
            with Image.open(PICTURES / f"{photograph.key}.jpg") as picture:
                thumbnail = make_thumbnail(picture)
            (PICTURES / f"{photograph.key}.thumb.jpg").write_bytes(thumbnail)


if __name__ == "__main__":
    main()

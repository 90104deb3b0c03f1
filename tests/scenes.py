"""Folders full of drawn scenes, as many as one likes: python -m tests.scenes FOLDER COUNT."""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image

from components.samples.drawing.scenes import draw_scene


def make_scenes(folder: Path, count: int, size_wh: tuple[int, int] = (320, 224)) -> None:
    """Write JPEGs into a folder, no two alike, the same ones each time."""
    folder.mkdir(parents=True, exist_ok=True)
    for seed in range(count):
        drawing = draw_scene(seed, size_wh)
        Image.fromarray(drawing.rgb).save(folder / f"scene-{seed:05}.jpg", quality=88)


if __name__ == "__main__":
    make_scenes(Path(sys.argv[1]), int(sys.argv[2]))

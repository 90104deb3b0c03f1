"""Reads exports with Datumaro and saves what it found: check_datumaro.py FOLDER OUT.npz."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
from datumaro.components.annotation import AnnotationType
from datumaro.components.dataset import Dataset


def draw(item: Any) -> np.ndarray:
    """The picture's mask: each pixel the place of its label in the list, 255 where it has none."""
    height, width = item.media.size
    drawn = np.full((height, width), 255, np.uint8)
    for found in item.annotations:
        if found.type is AnnotationType.mask:
            drawn[np.asarray(found.image).astype(bool)] = found.label
    return drawn


def main(folder: Path, out: Path) -> None:
    found: dict[str, Any] = {}
    for layout in ("coco", "voc_segmentation", "cityscapes"):
        dataset = Dataset.import_from(str(folder / layout.removesuffix("_segmentation")), layout)
        labels = dataset.categories()[AnnotationType.label]
        names = [label.name for label in labels]
        found[f"{layout}/names"] = np.array(names)
        for item in dataset:
            found[f"{layout}/{item.id}"] = draw(item)
    np.savez(out, **found)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

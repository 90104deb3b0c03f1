"""How the masks of a report agree with truth masks, summed up picture by picture."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from components.errors import ExportError, InferenceError
from components.export.legend import Legend
from components.model.classes import is_background_name
from components.model.confusion import (
    NamedConfusion,
    count_confusion,
    match_names,
    name_confusion,
    suggest_ignored,
)
from components.model.exhibit import Exhibit
from components.model.png import decode_gray
from components.model.scores import ClassScore, score_confusion


@dataclass(frozen=True, slots=True)
class Agreement:
    """What the masks have in common with the truth.

    Attributes:
        items: pictures that have both.
        classes: by name, of those that the truth or a mask has, the best found first.
        mean_iou: of these classes, 0–1.
        pixel_accuracy: pixels rightly classed over all that count, 0–1.
        ignored: pixels the truth says nothing about, over all, 0–1.
    """

    items: int
    classes: tuple[tuple[str, ClassScore], ...]
    mean_iou: float
    pixel_accuracy: float
    ignored: float


def compare(
    exhibit: Exhibit, class_ids: NDArray[np.uint8], legend: Legend
) -> NamedConfusion | None:
    """A mask against its picture's truth; None where there is none.

    Args:
        exhibit: the picture.
        class_ids: its mask in the ids of the legend, uint8 (h, w).
        legend: names the ids.

    Raises:
        ExportError: the truth mask cannot be decoded.
        StoreError: its bytes are lost.
    """
    png = exhibit.load_truth()
    if png is None or exhibit.truth is None:
        return None
    try:
        truth_ids = decode_gray(png, what="truth mask")
    except InferenceError as error:
        raise ExportError(
            f"The truth mask of {exhibit.item.name} is damaged.", error.detail
        ) from error
    # Without names of its own, a truth mask has the ids of the model.
    own = {} if exhibit.answer is None else exhibit.answer.class_map
    truth_map = exhibit.truth.class_map or own
    match = match_names(truth_map, legend.names, ignored_ids=suggest_ignored(truth_map))
    return name_confusion(count_confusion(truth_ids, class_ids, exhibit.image.size_wh), match)


class TruthSums:
    """Confusions of many pictures, by class name."""

    def __init__(self) -> None:
        self._items = 0
        self._pairs: Counter[tuple[str, str]] = Counter()
        self._ignored = 0
        self._names: dict[str, str] = {}

    def add(self, confusion: NamedConfusion) -> None:
        """Count one picture's."""
        self._items += 1
        self._ignored += sum(confusion.ignored.values())
        keys = [self._fold(name) for name in confusion.names]
        rows, columns = np.nonzero(confusion.counts)
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
            self._pairs[keys[row], keys[column]] += int(confusion.counts[row, column])

    def sum_up(self) -> Agreement | None:
        """Of all pictures; None where no pixel counts."""
        keys = sorted({key for pair in self._pairs for key in pair})
        counts = np.zeros((len(keys), len(keys)), np.int64)
        places = {key: at for at, key in enumerate(keys)}
        for (truth, answer), pixels in self._pairs.items():
            counts[places[truth], places[answer]] = pixels
        scores = score_confusion(counts)
        if scores.mean_iou is None or scores.pixel_accuracy is None:
            return None
        found = [
            (self._names[key], score)
            for key, score in zip(keys, scores.classes, strict=True)
            if score.iou is not None
        ]
        found.sort(key=lambda pair: (-(pair[1].iou or 0.0), pair[0]))
        return Agreement(
            self._items,
            tuple(found),
            scores.mean_iou,
            scores.pixel_accuracy,
            self._ignored / max(scores.pixels + self._ignored, 1),
        )

    def _fold(self, name: str) -> str:
        key = " background" if is_background_name(name) else name.strip().casefold()
        self._names.setdefault(key, name)
        return key

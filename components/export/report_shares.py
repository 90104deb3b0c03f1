"""How much of the pictures each class covers, summed up picture by picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from components.export.legend import Legend
from components.model.areas import Counts
from components.model.classes import ClassInfo


@dataclass(frozen=True, slots=True)
class ClassShare:
    """How much of the pictures a class covers.

    Attributes:
        info: the class.
        items: pictures it appears in.
        mean: of its share over all pictures with a mask, 0–1.
        low, high: a quarter of the pictures have less, a quarter have more, 0–1 in thousandths.
    """

    info: ClassInfo
    items: int
    mean: float
    low: float
    high: float


class ShareSums:
    """Shares of classes, summed up in the same room whatever the number of pictures."""

    _STEPS = 1000

    def __init__(self) -> None:
        self._items = 0
        self._shares = np.zeros(256, np.float64)
        self._present = np.zeros(256, np.int64)
        # Pictures by class and by its share in thousandths.
        self._table = np.zeros((256, self._STEPS + 1), np.int64)

    def add(self, counts: Counts) -> None:
        """Count one picture's pixels by class: int64 (256,)."""
        shares = counts / max(int(counts.sum()), 1)
        self._items += 1
        self._shares += shares
        self._present += counts > 0
        self._table[np.arange(256), np.rint(shares * self._STEPS).astype(np.int64)] += 1

    def list_shares(self, legend: Legend) -> list[ClassShare]:
        """Of the classes that appear, the largest first, the background last."""
        found = [
            ClassShare(
                legend.classes[class_id],
                int(self._present[class_id]),
                float(self._shares[class_id] / self._items),
                self._find_part(class_id, 0.25),
                self._find_part(class_id, 0.75),
            )
            for class_id in np.flatnonzero(self._present).tolist()
        ]
        return sorted(found, key=lambda one: (one.info.is_background, -one.mean, one.info.class_id))

    def _find_part(self, class_id: int, part: float) -> float:
        """The share that this part of the pictures does not exceed."""
        reached = np.cumsum(self._table[class_id])
        return int(np.searchsorted(reached, part * self._items)) / self._STEPS

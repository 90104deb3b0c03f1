"""What is counted of one picture when it is stored, so that no chart has to read a mask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

TINY_SHARE: Final = 0.0005
"""A region smaller than this share of its mask is tiny."""


@dataclass(frozen=True, slots=True)
class Unmeasured:
    """How far counting has come.

    Attributes:
        items: pictures with an answer.
        pending: those of them whose answer, confidence or truth mask was not counted yet.
    """

    items: int
    pending: int


@dataclass(frozen=True, slots=True, eq=False)
class ClassMeasure:
    """What is counted of one class in one picture.

    Attributes:
        name: of the class, as the picture's areas call it.
        is_background: whether it takes what is cut.
        regions: connected regions of it, neighbours at sides and corners; at the confidence.
        tiny: regions smaller than TINY_SHARE of the mask that are not the largest of the class.
        bins: int64 (101,) as in Curves, of insights; None where the answer is not cut.
    """

    name: str
    is_background: bool
    regions: int
    tiny: int
    bins: NDArray[np.int64] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class TruthMeasure:
    """What is counted of one picture's answer against its truth mask.

    Attributes:
        pairs: pixels by name of the true class and of the answered one.
        boundary: by name, pixels of intersection and union of the class's borders.
        ignored: pixels whose truth is unknown, by what the truth mask calls them.
        mean_iou: mean IoU of the classes present in truth or answer, 0–1; None where all pixels are
            ignored.
    """

    pairs: Mapping[tuple[str, str], int]
    boundary: Mapping[str, tuple[int, int]]
    ignored: Mapping[str, int]
    mean_iou: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Measures:
    """What is counted of one picture's answer beside its areas.

    Attributes:
        confidence: percent 0–100 it was counted at.
        pixels: of the picture.
        classes: those present at the confidence, or at 1 %.
        truth_sha256: of the truth mask it was counted against; "" where there was none.
        truth: against that; None where there is none, or where it cannot be decoded.
    """

    confidence: int
    pixels: int
    classes: tuple[ClassMeasure, ...]
    truth_sha256: str = ""
    truth: TruthMeasure | None = None

"""What every built-in model offers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class ModelCard:
    """A model as a person meets it.

    Attributes:
        id: "<dataset>/<version>", the path it answers at.
        title: a short name.
        about: one plain sentence: that it is a demonstration, and what it is for.
        class_map: class id as a string to class name, as the API gives it.
    """

    id: str
    title: str
    about: str
    class_map: Mapping[str, str]


class Model(Protocol):
    """A pixel classifier."""

    @property
    def card(self) -> ModelCard:
        """What to tell people about it."""

    @property
    def background_id(self) -> int:
        """The class id that pixels under the threshold get."""

    def probabilities(self, rgb: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        """Class probabilities of every pixel.

        Args:
            rgb: uint8 (h, w, 3), upright, at most about one megapixel.

        Returns:
            float32 (classes, h, w); sums to 1 over the first axis; class id = index.
        """

"""What an export shows of one picture: facts at hand, bytes only when they are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from components.errors import ExportError, InferenceError
from components.model.areas import stretch
from components.model.cut import cut
from components.model.image import SizeWH
from components.model.png import decode_gray
from components.model.review import Item, Pin, Project, Review, Status


class Source(Protocol):
    """Where bytes come from by their sha256."""

    def load(self, sha256: str) -> bytes:
        """The bytes.

        Raises:
            StoreError: they are lost, or cannot be read now.
        """


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """A picture without its bytes; the attributes are those of `SourceImage`."""

    sha256: str
    name: str
    media_type: str
    size_wh: SizeWH
    original_size_wh: SizeWH
    original_format: str
    size_bytes: int
    thumbnail_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class AnswerFacts:
    """A model's answer without its masks.

    Attributes:
        id: 32 hex digits.
        model: "dataset/version".
        confidence: the threshold it was asked for at, percent 0–100.
        cut_to: the class id that pixels below a threshold take, where it is cut at the desk; None
            where the mask stands as it came.
        class_map: names by class id, exactly as they came.
        mask_sha256, confidence_sha256: of the PNGs; None where no confidence mask came.
        mask_size_wh: pixels of the mask as it came.
        at: when it was kept, UTC milliseconds.
    """

    id: str
    model: str
    confidence: int
    cut_to: int | None
    class_map: Mapping[int, str]
    mask_sha256: str
    mask_size_wh: SizeWH
    confidence_sha256: str | None
    at: int


@dataclass(frozen=True, slots=True)
class TruthFacts:
    """A truth mask without its pixels.

    Attributes:
        mask_sha256: of the PNG.
        size_wh: its pixels.
        class_map: names by class id, a map of its own.
    """

    mask_sha256: str
    size_wh: SizeWH
    class_map: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One picture as it is handed on.

    Attributes:
        item: with its status, which is the verdict where there is one.
        image: the picture.
        answer: what the newest verdict that agrees with the status was about; without such a
            verdict what the desk shows; None where the model has not answered.
        confidence: the threshold that verdict was given at, without one the project's; where the
            mask stands as it came, the one it was asked for at. Percent 0–100.
        reviews: all lines of the record about it, oldest first.
        truth: None where there is no truth mask.
        source: where the bytes come from.
        pins: remarks at places of it, oldest first, with their replies.
    """

    item: Item
    image: ImageFacts
    answer: AnswerFacts | None
    confidence: int
    reviews: tuple[Review, ...]
    truth: TruthFacts | None
    source: Source = field(repr=False, compare=False)
    pins: tuple[Pin, ...] = ()

    @property
    def is_cut(self) -> bool:
        """Whether its mask is made by cutting at the threshold."""
        answer = self.answer
        return (
            answer is not None
            and answer.cut_to is not None
            and answer.confidence_sha256 is not None
        )

    @property
    def is_stretched(self) -> bool:
        """Whether its mask has another size than the picture."""
        return self.answer is not None and self.answer.mask_size_wh != self.image.size_wh

    def load_image(self) -> bytes:
        """The encoded picture, as it was shown and sent."""
        return self.source.load(self.image.sha256)

    def load_thumbnail(self) -> bytes | None:
        """A small JPEG; None where none was made."""
        sha256 = self.image.thumbnail_sha256
        return None if sha256 is None else self.source.load(sha256)

    def load_mask(self) -> bytes:
        """The mask's PNG as it came: neither cut nor stretched.

        Raises:
            ExportError: there is no answer.
        """
        return self.source.load(self._require_answer().mask_sha256)

    def load_confidence(self) -> bytes | None:
        """The confidence mask's PNG as it came; None where none came."""
        sha256 = self._require_answer().confidence_sha256
        return None if sha256 is None else self.source.load(sha256)

    def load_truth(self) -> bytes | None:
        """The truth mask's PNG; None where there is none."""
        return None if self.truth is None else self.source.load(self.truth.mask_sha256)

    def read_class_ids(self) -> NDArray[np.uint8]:
        """The mask as it was decided on, in the model's class ids, at the size it came in.

        Returns:
            uint8 (h, w), cut at `confidence` where the desk cuts.

        Raises:
            ExportError: there is no answer, or its masks cannot be decoded.
        """
        answer = self._require_answer()
        try:
            class_ids = decode_gray(self.load_mask(), what="mask")
            if answer.cut_to is None:
                return class_ids
            confidence_png = self.load_confidence()
            if confidence_png is None:
                return class_ids
            confidence_map = decode_gray(confidence_png, what="confidence mask")
        except InferenceError as error:
            raise ExportError(
                f"The mask of {self.item.name} is damaged, so nothing with it can be exported. Ask "
                "the model about that picture again, or leave it out.",
                error.detail,
            ) from error
        return cut(class_ids, confidence_map, self.confidence, answer.cut_to)

    def stretch_class_ids(self) -> NDArray[np.uint8]:
        """As `read_class_ids`, at the picture's size by floor mapping: uint8 (H, W)."""
        return stretch(self.read_class_ids(), self.image.size_wh)

    def _require_answer(self) -> AnswerFacts:
        if self.answer is None:
            raise ExportError(
                f"{self.item.name} has no mask yet: the model has not answered about it."
            )
        return self.answer


class Exhibits(Protocol):
    """The pictures of an export: streamed, as often as wished, in the same order each time."""

    @property
    def project(self) -> Project:
        """The project they are of."""

    @property
    def counts(self) -> Mapping[Status, int]:
        """Pictures by status; statuses without any are left out."""

    @property
    def without_answer(self) -> int:
        """Pictures that have no mask to hand on."""

    @property
    def class_maps(self) -> tuple[Mapping[int, str], ...]:
        """Every class map that an answer here came with, the most frequent first."""

    @property
    def changed_at(self) -> int:
        """When the newest answer, line of the record or remark came, UTC milliseconds; else 0."""

    def __len__(self) -> int:
        """How many there are."""

    def __iter__(self) -> Iterator[Exhibit]:
        """Each in turn, by name; nothing of those before is held."""

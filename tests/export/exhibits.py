"""Pictures for an export, made on the spot, without a database."""

from __future__ import annotations

import hashlib
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from pycocotools import mask as coco

from components.errors import StoreError
from components.model.exhibit import AnswerFacts, Exhibit, ImageFacts, TruthFacts
from components.model.png import encode_gray
from components.model.review import Item, Project, Review, Status
from tests.pictures import make_jpeg

CLASS_MAP = {0: " background", 1: " road", 2: "tree"}
PROJECT = Project(
    id="p" * 32,
    name="Streets",
    model="streets/3",
    confidence=50,
    class_map=CLASS_MAP,
    instructions="",
    needed=1,
    policy="third_look",
    members=(),
    created_by="Ana",
    created_at=1_790_000_000_000,
)


@dataclass
class Bytes:
    """Bytes by their sha256; what is not there is lost."""

    held: dict[str, bytes] = field(default_factory=dict)

    def keep(self, data: bytes) -> str:
        sha256 = hashlib.sha256(data).hexdigest()
        self.held[sha256] = data
        return sha256

    def load(self, sha256: str) -> bytes:
        if sha256 not in self.held:
            raise StoreError("These bytes are lost.")
        return self.held[sha256]


@dataclass
class Shelf:
    """Pictures of a project, as the store would stream them."""

    listed: list[Exhibit]
    project: Project = PROJECT

    @property
    def counts(self) -> Mapping[Status, int]:
        return dict(Counter(one.item.status for one in self.listed))

    @property
    def without_answer(self) -> int:
        return sum(one.answer is None for one in self.listed)

    @property
    def class_maps(self) -> tuple[Mapping[int, str], ...]:
        maps: list[Mapping[int, str]] = []
        for one in self.listed:
            if one.answer and one.answer.class_map not in maps:
                maps.append(one.answer.class_map)
        return tuple(maps)

    @property
    def changed_at(self) -> int:
        return max((one.answer.at for one in self.listed if one.answer), default=0)

    def __len__(self) -> int:
        return len(self.listed)

    def __iter__(self) -> Iterator[Exhibit]:
        return iter(self.listed)


def make_mask(seed: int, size_wh: tuple[int, int] = (64, 48)) -> np.ndarray:
    """A mask of blocks of the three classes, with a hole in one: uint8 (H, W)."""
    width, height = size_wh
    blocks = np.random.default_rng(seed).integers(0, 3, (6, 8), np.uint8)
    class_ids = np.kron(blocks, np.ones((height // 6, width // 8), np.uint8))
    class_ids[4:20, 4:20], class_ids[8:12, 8:12] = 1, 2
    return class_ids


def draw(segmentation: Any) -> np.ndarray:
    """What pycocotools makes of a run-length encoding: uint8 (H, W), 0 and 1."""
    with warnings.catch_warnings():
        # It does not know yet how NumPy 2 asks for arrays.
        warnings.simplefilter("ignore", DeprecationWarning)
        return np.asarray(coco.decode(segmentation))


def make_exhibit(
    number: int = 1,
    *,
    name: str = "",
    status: Status = "approved",
    class_ids: np.ndarray | None = None,
    has_answer: bool = True,
    class_map: Mapping[int, str] = CLASS_MAP,
    source: Bytes | None = None,
    reviews: tuple[Review, ...] = (),
    confidence: int = 50,
    truth: TruthFacts | None = None,
) -> Exhibit:
    """A picture of 64 × 48, different for each number, with a mask of its own."""
    source = source or Bytes()
    data = make_jpeg(seed=number)
    sha256 = source.keep(data)
    name = name or f"street {number}.jpg"
    mask = make_mask(number) if class_ids is None else class_ids
    answer = AnswerFacts(
        id=f"{number:032x}",
        model=PROJECT.model,
        confidence=confidence,
        cut_to=None,
        class_map=class_map,
        mask_sha256=source.keep(encode_gray(mask)),
        mask_size_wh=(mask.shape[1], mask.shape[0]),
        confidence_sha256=None,
        at=1_790_000_100_000 + number,
    )
    item = Item(
        id=f"{number:032x}",
        project_id=PROJECT.id,
        position=number,
        name=name,
        image_sha256=sha256,
        answer_id=answer.id if has_answer else None,
        status=status if has_answer else "no_answer",
    )
    return Exhibit(
        item=item,
        image=ImageFacts(
            sha256=sha256,
            name=name,
            media_type="image/jpeg",
            size_wh=(64, 48),
            original_size_wh=(64, 48),
            original_format="JPEG",
            size_bytes=len(data),
            thumbnail_sha256=source.keep(make_jpeg((32, 24), seed=number)),
        ),
        answer=answer if has_answer else None,
        confidence=confidence,
        reviews=reviews,
        truth=truth,
        source=source,
    )

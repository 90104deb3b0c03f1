"""Sample pictures: drawn scenes with their truth masks, and photographs under a free licence."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from components.samples.catalogue import DRAWN, PHOTOGRAPHS

_PICTURES = Path(__file__).parent / "pictures"


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample picture.

    Attributes:
        key: url-safe name, for example "harbour".
        title: what to show, for example "Harbour at dusk".
        path: the picture, a JPEG.
        thumbnail_path: the same at most 320 pixels wide, a JPEG.
        truth_path: 8-bit gray PNG of the same size, class ids of the demo-scene model; None
            for photographs.
        model: the built-in model that suits it, "demo-scene/1" or "demo-object/1".
        credit: "" for drawn ones, else author and licence.
    """

    key: str
    title: str
    path: Path
    thumbnail_path: Path
    truth_path: Path | None
    model: str
    credit: str


def samples() -> tuple[Sample, ...]:
    """All samples, in the order to show them."""
    drawn = (
        Sample(
            key=scene.key,
            title=scene.title,
            path=_PICTURES / f"{scene.key}.jpg",
            thumbnail_path=_PICTURES / f"{scene.key}.thumb.jpg",
            truth_path=_PICTURES / f"{scene.key}.truth.png",
            model="demo-scene/1",
            credit="",
        )
        for scene in DRAWN
    )
    photographs = (
        Sample(
            key=photograph.key,
            title=photograph.title,
            path=_PICTURES / f"{photograph.key}.jpg",
            thumbnail_path=_PICTURES / f"{photograph.key}.thumb.jpg",
            truth_path=None,
            model="demo-object/1",
            credit=photograph.credit,
        )
        for photograph in PHOTOGRAPHS
    )
    return (*drawn, *photographs)

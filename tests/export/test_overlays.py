"""Overlays, read back by Pillow; each pixel checked against the formula."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from components.errors import ExportError
from components.export.exhibition import Format
from components.export.overlays import JPEG, WEBP, draw_overlay
from components.model.classes import list_classes
from tests.export.material import CLASSES, Show, find_stem, unpack


@pytest.mark.parametrize(("format_", "suffix"), [(JPEG, ".jpg"), (WEBP, ".webp")])
def test_every_picture_has_its_overlay(
    format_: Format, suffix: str, show: Show, tmp_path: Path
) -> None:
    folder = unpack(format_, show.exhibit(), tmp_path)
    for key, mask in show.masks.items():
        with Image.open(folder / f"{find_stem(show, key)}{suffix}") as image:
            assert image.size == mask.shape[::-1]
            assert image.format == suffix[1:].replace("jpg", "jpeg").upper()
    assert len(list(folder.iterdir())) == len(show.masks) + 1


def test_a_pixel_is_half_its_own_and_half_its_classs(show: Show) -> None:
    (exhibit,) = (one for one in show.open() if one.item.name == "folder/10.png")
    mask, colours = show.masks["cut"], list_classes(CLASSES)
    legend = show.exhibit().legend
    # PNG, so that nothing but the mixing is measured.
    with Image.open(BytesIO(draw_overlay(exhibit, legend, kind="PNG"))) as image:
        drawn = np.asarray(image).astype(int)
    with Image.open(BytesIO(exhibit.load_image())) as image:
        own = np.asarray(image.convert("RGB")).astype(int)
    for class_id in np.unique(mask):
        here = mask == class_id
        colour = np.array(list(bytes.fromhex(colours[class_id].colour[1:])))
        wanted = own[here] if class_id == 0 else (own[here] + colour) / 2
        assert np.abs(drawn[here] - wanted).max() <= 0.5


def test_a_large_picture_is_made_to_fit_a_slide(show: Show) -> None:
    exhibit = next(iter(show.open()))
    small = draw_overlay(exhibit, show.exhibit().legend, longest=20)
    with Image.open(BytesIO(small)) as image:
        assert image.size == (20, 15)


def test_the_legend_names_every_class_and_its_colour(show: Show, tmp_path: Path) -> None:
    folder = unpack(JPEG, show.exhibit(), tmp_path)
    root = ElementTree.fromstring((folder / "_legend.svg").read_text(encoding="utf-8"))  # noqa: S314
    named = [one.text for one in root.iter("{http://www.w3.org/2000/svg}text")]
    assert named == ["background", "road", "Straße, naß", "=sky"]


def test_a_damaged_picture_is_said_by_its_name(show: Show) -> None:
    exhibit = next(iter(show.open()))

    class Broken:
        def load(self, sha256: str) -> bytes:
            data = exhibit.source.load(sha256)
            return data if sha256 != exhibit.image.sha256 else data[:20]

    with pytest.raises(ExportError, match=exhibit.item.name):
        draw_overlay(replace(exhibit, source=Broken()), show.exhibit().legend)

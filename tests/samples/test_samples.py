"""The samples are there, small, true to their masks, and can be drawn again."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from components.local_server.models.scene import CLASSES as MODEL_CLASSES
from components.samples import Sample, samples
from components.samples.catalogue import DRAWN
from components.samples.draw import draw_samples
from components.samples.drawing.canvas import CLASSES

ALL = samples()


def pixels(path: Path) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    with Image.open(path) as image:
        return np.asarray(image)


@pytest.mark.parametrize("sample", ALL, ids=lambda sample: sample.key)
def test_a_sample_is_small_and_complete(sample: Sample) -> None:
    assert re.fullmatch(r"[a-z0-9-]+", sample.key)
    assert sample.title
    assert sample.path.stat().st_size <= 250_000
    assert sample.thumbnail_path.stat().st_size <= 20_000
    with Image.open(sample.path) as image, Image.open(sample.thumbnail_path) as thumbnail:
        assert image.format == thumbnail.format == "JPEG"
        assert image.mode == "RGB"
        assert thumbnail.width <= 320
        size = image.size
    if sample.truth_path is None:
        assert sample.model == "demo-object/1"
        assert "CC0" in sample.credit
        return
    assert sample.model == "demo-scene/1"
    assert sample.credit == ""
    with Image.open(sample.truth_path) as truth:
        assert truth.format == "PNG"
        assert truth.mode == "L"
        assert truth.size == size
        assert int(np.asarray(truth).max()) < len(CLASSES)


def test_there_are_enough_and_they_differ() -> None:
    assert len({sample.key for sample in ALL}) == len(ALL) >= 8
    assert sum(sample.truth_path is not None for sample in ALL) >= 6
    assert any(sample.credit for sample in ALL)


def test_every_class_of_the_model_is_somewhere() -> None:
    assert CLASSES == MODEL_CLASSES
    seen: set[int] = set()
    for sample in ALL:
        if sample.truth_path:
            seen |= set(np.unique(pixels(sample.truth_path)).tolist())
    assert seen == set(range(len(CLASSES)))


def test_every_photograph_has_its_licence_stated() -> None:
    text = (Path(ALL[0].path).parents[1] / "LICENSES.md").read_text(encoding="utf-8")
    for sample in ALL:
        assert f"`{sample.key}" in text


@pytest.mark.long
@pytest.mark.parametrize("key", [scene.key for scene in DRAWN])
def test_drawing_again_gives_the_same(key: str, tmp_path: Path) -> None:
    draw_samples(tmp_path, (key,))
    sample = next(sample for sample in ALL if sample.key == key)
    assert sample.truth_path is not None
    # Processors differ in the last bit of sines and exponentials, which may move a pixel or two.
    same = pixels(tmp_path / f"{key}.truth.png") == pixels(sample.truth_path)
    assert same.mean() >= 0.9999
    again = pixels(tmp_path / f"{key}.jpg").astype(int)
    assert np.abs(again - pixels(sample.path)).mean() < 1.0

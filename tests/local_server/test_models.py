"""How good the built-in models are."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from components.local_server.models import load_models
from components.local_server.models.foreground import ForegroundModel
from components.local_server.models.perceptron import Perceptron
from components.local_server.models.scene import CLASSES, SceneModel
from components.samples import samples
from tests.tools.train_scene import (
    FIRST_TRAINING_SEED,
    FIRST_UNSEEN_SEED,
    class_ious,
    count_confusion,
    draw_unseen,
)

UNSEEN = 9
FLOOR = 0.85


def sample_pixels(key: str) -> npt.NDArray[np.uint8]:
    sample = next(sample for sample in samples() if sample.key == key)
    with Image.open(sample.path) as image:
        return np.asarray(image)


@pytest.mark.long
def test_mean_iou_on_unseen_scenes() -> None:
    assert FIRST_UNSEEN_SEED > FIRST_TRAINING_SEED + 10_000
    model = SceneModel()
    confusion = np.zeros((len(CLASSES), len(CLASSES)), np.int64)
    survivors = np.zeros(5)
    pixels = 0
    for rgb, truth in draw_unseen(UNSEEN):
        probabilities = model.probabilities(rgb)
        confusion += count_confusion(truth, probabilities.argmax(axis=0))
        best = probabilities.max(axis=0)
        survivors += [int((best >= cut).sum()) for cut in (0.01, 0.5, 0.75, 0.9, 0.99)]
        pixels += best.size
    ious = class_ious(confusion)
    for name, iou in zip(CLASSES, ious, strict=True):
        print(f"{name:12} {iou:.3f}")
    print(f"mean IoU     {ious.mean():.3f}")
    print("kept at 1, 50, 75, 90, 99 %:", np.round(survivors / pixels, 3))
    assert ious.mean() >= FLOOR
    # Moving the threshold changes the picture step by step, and never leaves nothing.
    steps = survivors / pixels
    assert steps[0] == 1
    assert np.all(np.diff(steps) < 0)
    assert 0.3 < steps[-1] < 0.97


@pytest.mark.parametrize("key", [s.key for s in samples() if s.truth_path])
def test_the_samples_are_told_apart(key: str) -> None:
    sample = next(sample for sample in samples() if sample.key == key)
    assert sample.truth_path
    with Image.open(sample.truth_path) as truth:
        expected = np.asarray(truth)
    predicted = SceneModel().probabilities(sample_pixels(key)).argmax(axis=0)
    assert (predicted == expected).mean() > 0.9


@pytest.mark.parametrize("model", load_models(), ids=lambda model: model.card.id)
@pytest.mark.parametrize("shape", [(1, 1), (2, 300), (300, 2), (17, 5), (64, 96)])
def test_probabilities_of_any_size_sum_to_one(model: SceneModel, shape: tuple[int, int]) -> None:
    rgb = np.random.default_rng(3).integers(0, 256, (*shape, 3), dtype=np.uint8)
    probabilities = model.probabilities(rgb)
    assert probabilities.shape == (len(model.card.class_map), *shape)
    assert probabilities.dtype == np.float32
    assert np.allclose(probabilities.sum(axis=0), 1, atol=1e-4)
    assert probabilities.min() >= 0


@pytest.mark.parametrize("value", [0, 127, 255])
@pytest.mark.parametrize("model", load_models(), ids=lambda model: model.card.id)
def test_a_blank_picture_is_answered(model: SceneModel, value: int) -> None:
    probabilities = model.probabilities(np.full((48, 64, 3), value, np.uint8))
    assert np.isfinite(probabilities).all()


def test_answers_are_repeatable() -> None:
    rgb = sample_pixels("harbour")[::3, ::3]
    for model in load_models():
        assert np.array_equal(model.probabilities(rgb), model.probabilities(rgb))


def test_the_cup_is_the_object() -> None:
    rgb = sample_pixels("coffee")
    inside = ForegroundModel().probabilities(rgb)[1] > 0.5
    ys, xs = np.mgrid[: rgb.shape[0], : rgb.shape[1]]
    # The saucer, measured by hand on the 600 x 400 photograph.
    saucer = ((xs - 283) / 207) ** 2 + ((ys - 218) / 172) ** 2 < 1
    overlap = (inside & saucer).sum() / (inside | saucer).sum()
    assert overlap > 0.8


def test_the_cat_is_the_object() -> None:
    rgb = sample_pixels("cat")
    inside = ForegroundModel().probabilities(rgb)[1] > 0.5
    height, width = inside.shape
    assert inside[height // 3 : 2 * height // 3, width // 3 : 2 * width // 3].mean() > 0.9
    corner = np.s_[: height // 4, -width // 5 :]
    assert inside[corner].mean() < 0.2
    assert 0.2 < inside.mean() < 0.7


def test_a_perceptron_is_the_formula() -> None:
    weights = (np.array([[1, -1]], np.float32), np.array([0, 1], np.float32))
    last = (np.array([[1, 0], [0, 2]], np.float32), np.zeros(2, np.float32))
    result = Perceptron([weights, last])(np.array([[3.0, -2.0]], np.float32))
    logits = np.array([[3, 0], [0, 6]], float).T
    expected = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    assert np.allclose(result, expected.T, atol=1e-6)

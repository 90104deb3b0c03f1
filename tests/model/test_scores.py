"""Scores: scikit-learn's and torchmetrics' figures, and None where there is nothing to score."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from components.model.scores import list_errors, normalise_confusion, score_confusion
from tests.tools.record_scores import CLASSES, make_pair

sklearn: Any = import_module("sklearn.metrics")

RECORD = json.loads((Path(__file__).parent / "torchmetrics.json").read_text())
LABELS = np.arange(CLASSES)


def take(values: list[float | None]) -> np.ndarray:
    """scikit-learn and torchmetrics say 0 where nothing can be said."""
    return np.array([0.0 if value is None else value for value in values])


@given(
    arrays(np.int64, 60, elements=st.integers(0, CLASSES - 1)),
    arrays(np.int64, 60, elements=st.integers(0, CLASSES - 1)),
)
def test_scores_are_scikit_learns(truth: np.ndarray, answer: np.ndarray) -> None:
    counts = sklearn.confusion_matrix(truth, answer, labels=LABELS)
    scores = score_confusion(counts)
    told: dict[str, Any] = {"labels": LABELS, "average": None, "zero_division": 0}
    precision, recall, f1, _ = sklearn.precision_recall_fscore_support(truth, answer, **told)
    pairs = {
        "iou": sklearn.jaccard_score(truth, answer, **told),
        "precision": precision,
        "recall": recall,
        "f1": f1,
    }
    for name, theirs in pairs.items():
        ours = take([getattr(score, name) for score in scores.classes])
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-9)
    present = np.union1d(truth, answer)
    means = {"labels": present, "zero_division": 0}
    assert scores.mean_iou == pytest.approx(
        sklearn.jaccard_score(truth, answer, average="macro", **means), abs=1e-9
    )
    assert scores.weighted_iou == pytest.approx(
        sklearn.jaccard_score(truth, answer, average="weighted", **means), abs=1e-9
    )
    assert scores.pixel_accuracy == pytest.approx(sklearn.accuracy_score(truth, answer), abs=1e-9)
    for at, score in enumerate(scores.classes):
        assert score.truth_pixels == np.count_nonzero(truth == at)
        assert score.answer_pixels == np.count_nonzero(answer == at)
        assert (score.iou is None) == (score.f1 is None) == (at not in present)
        assert (score.precision is None) == (at not in answer)
        assert (score.recall is None) == (at not in truth)


@pytest.mark.parametrize(
    "figures", RECORD["figures"], ids=lambda row: f"seed {row['seed']} without {row['ignored']}"
)
def test_scores_are_torchmetrics(figures: dict[str, Any]) -> None:
    truth, answer = make_pair(figures["seed"])
    counts = sklearn.confusion_matrix(truth.ravel(), answer.ravel(), labels=LABELS)
    ignored = figures["ignored"]
    if ignored is not None:
        counts[ignored] = 0
    assert counts.tolist() == figures["confusion"]
    scores = score_confusion(counts, unscored=() if ignored is None else (ignored,))
    for name in ("iou", "precision", "recall", "f1"):
        ours = take([getattr(score, name) for score in scores.classes])
        np.testing.assert_allclose(ours, figures[name], rtol=0, atol=1e-9)
    for name in ("mean_iou", "weighted_iou", "pixel_accuracy"):
        assert getattr(scores, name) == pytest.approx(figures[name], abs=1e-9)


def test_a_class_that_is_nowhere_has_no_score() -> None:
    scores = score_confusion(np.array([[8, 0, 2], [0, 0, 0], [0, 0, 0]]))
    nowhere, invented = scores.classes[1:]
    assert (nowhere.iou, nowhere.precision, nowhere.recall, nowhere.f1) == (None,) * 4
    assert (invented.iou, invented.precision, invented.recall, invented.f1) == (0, 0, None, 0)
    assert scores.mean_iou == pytest.approx((0.8 + 0) / 2)
    assert scores.weighted_iou == pytest.approx(0.8)


def test_without_pixels_there_is_nothing_to_say() -> None:
    scores = score_confusion(np.zeros((3, 3), np.int64))
    assert (scores.mean_iou, scores.weighted_iou, scores.pixel_accuracy) == (None,) * 3
    assert scores.pixels == 0
    assert score_confusion(np.zeros((0, 0), np.int64)).classes == ()


def test_sums_of_a_large_project_stay_exact() -> None:
    huge = 2**60
    scores = score_confusion(np.array([[huge, 1], [0, huge]], np.int64))
    assert scores.pixels == 2 * huge + 1
    assert scores.classes[0].truth_pixels == huge + 1


def test_only_square_matrices() -> None:
    with pytest.raises(ValueError, match="square"):
        score_confusion(np.zeros((2, 3), np.int64))


def test_normalised_rows_are_scikit_learns() -> None:
    truth, answer = make_pair(2)
    counts = sklearn.confusion_matrix(truth.ravel(), answer.ravel(), labels=LABELS)
    shares = normalise_confusion(counts)
    theirs = sklearn.confusion_matrix(
        truth.ravel(), answer.ravel(), labels=LABELS, normalize="true"
    )
    np.testing.assert_allclose(np.nan_to_num(shares), theirs, rtol=0, atol=1e-12)
    np.testing.assert_array_equal(np.isnan(shares).all(axis=1), counts.sum(axis=1) == 0)


def test_errors_are_scikit_learns() -> None:
    truth, answer = make_pair(3)
    counts = sklearn.confusion_matrix(truth.ravel(), answer.ravel(), labels=LABELS)
    theirs = sklearn.multilabel_confusion_matrix(truth.ravel(), answer.ravel(), labels=LABELS)
    expected = np.stack([theirs[:, 1, 1], theirs[:, 0, 1], theirs[:, 1, 0]], axis=1)
    np.testing.assert_array_equal(list_errors(counts), expected)

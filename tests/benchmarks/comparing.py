"""What is counted of whole masks: run lengths, confusions, borders; against usual libraries."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco

from components.model.boundary import count_boundaries, find_reach
from components.model.confusion import count_confusion, match_names
from components.model.rle import encode_coco
from tests.benchmarks.material import SIZE_WH, count_runs, make_class_ids
from tests.benchmarks.measuring import Row, compare_speed, require_equal, time_in_turns

_MANY = 150  # classes of ADE20K's scene parsing


def make_many_class_ids() -> NDArray[np.uint8]:
    """A 12 MP mask of nearly all of 150 classes: uint8 (3000, 4000).

    Each place where areas of two masks of 21 classes meet is another class.
    """
    first, second = make_class_ids().astype(np.int64), make_class_ids(seed=2)
    return ((first * 21 + second) % _MANY).astype(np.uint8)


def measure_rle() -> Iterator[Row]:
    """`encode_coco` against pycocotools, class by class, on 21 and on 150 classes, and on noise."""
    noise = np.random.default_rng(1).integers(0, 21, SIZE_WH[::-1], np.uint8)
    for class_ids, rounds, at_least in (
        (make_class_ids(), 5, 50),
        (make_many_class_ids(), 5, 100),
        (noise, 1, None),
    ):
        classes = np.unique(class_ids)
        require_equal("rle", _list_ours(class_ids), _list_theirs(class_ids, classes))
        seconds = time_in_turns(
            {
                "ours": partial(encode_coco, class_ids),
                "peer": partial(_encode_each, class_ids, classes),
                "turned": partial(_encode_turned, class_ids, classes),
            },
            rounds=rounds,
        )
        name = f"rle: 12 MP mask, {len(classes)} classes, {count_runs(class_ids):,} runs"
        peer = "pycocotools class by class"
        yield compare_speed(name, seconds["ours"], seconds["peer"], peer, at_least)
        yield compare_speed(name, seconds["ours"], seconds["turned"], f"{peer}, turned once", None)


def _encode_each(class_ids: NDArray[np.uint8], classes: NDArray[np.uint8]) -> list[Any]:
    return [coco.encode(np.asfortranarray(class_ids == class_id)) for class_id in classes]


def _encode_turned(class_ids: NDArray[np.uint8], classes: NDArray[np.uint8]) -> list[Any]:
    turned = np.asfortranarray(class_ids)
    return [coco.encode(turned == class_id) for class_id in classes]


def _list_ours(class_ids: NDArray[np.uint8]) -> list[tuple[int, bytes, int, list[float]]]:
    return [
        (class_id, rle.counts, rle.area, [float(side) for side in rle.box])
        for class_id, rle in encode_coco(class_ids).items()
    ]


def _list_theirs(
    class_ids: NDArray[np.uint8], classes: NDArray[np.uint8]
) -> list[tuple[int, bytes, int, list[float]]]:
    return [
        (int(class_id), rle["counts"], int(coco.area(rle)), coco.toBbox(rle).tolist())
        for class_id, rle in zip(classes, _encode_each(class_ids, classes), strict=True)
    ]


def measure_confusion() -> Iterator[Row]:
    """`count_confusion` against scikit-learn, on masks of areas and on noise."""
    sklearn: Any = import_module("sklearn.metrics")
    random = np.random.default_rng(1)
    noise = [random.integers(0, 21, SIZE_WH[::-1], np.uint8) for _ in range(2)]
    for what, (truth, answer), rounds, at_least in (
        ("two 12 MP masks, 21 classes", (make_class_ids(), make_class_ids(seed=2)), 9, 15),
        ("the same of noise", noise, 3, None),
    ):
        peer = partial(sklearn.confusion_matrix, truth.ravel(), answer.ravel())
        ours = count_confusion(truth, answer)
        require_equal("confusion", ours[:21, :21].tolist(), peer().tolist())
        require_equal("confusion", int(ours.sum()), truth.size)
        seconds = time_in_turns(
            {"ours": partial(count_confusion, truth, answer), "peer": peer}, rounds=rounds
        )
        name = f"confusion: {what}"
        yield compare_speed(name, seconds["ours"], seconds["peer"], "scikit-learn", at_least)


def measure_boundary() -> Iterator[Row]:
    """`count_boundaries` against eroding each class with OpenCV, as the authors' code does."""
    cv2: Any = import_module("cv2")
    truth, answer = make_class_ids(), make_class_ids(seed=2)
    names = {class_id: f"class {class_id}" for class_id in range(21)}
    match = match_names(names, names)
    reach = find_reach(SIZE_WH)

    def take(mask: NDArray[np.bool_]) -> NDArray[np.uint8]:
        framed = cv2.copyMakeBorder(mask.astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
        eroded = cv2.erode(framed, np.ones((3, 3), np.uint8), iterations=reach)
        boundary: NDArray[np.uint8] = mask - eroded[1:-1, 1:-1]
        return boundary

    def peer() -> dict[str, tuple[int, int]]:
        counted = {}
        for class_id, name in names.items():
            first, second = take(truth == class_id), take(answer == class_id)
            union = int(((first + second) > 0).sum())
            if union:
                counted[name] = (int(((first * second) > 0).sum()), union)
        return counted

    def ours() -> dict[str, tuple[int, int]]:
        counts = count_boundaries(truth, answer, match)
        return {name: (count.intersection, count.union) for name, count in counts.items()}

    require_equal("boundary", ours(), peer())
    seconds = time_in_turns({"ours": ours, "peer": peer}, rounds=3)
    name = "boundary: IoU of borders of two 12 MP masks, 21 classes"
    yield compare_speed(name, seconds["ours"], seconds["peer"], "cv2.erode class by class", None)

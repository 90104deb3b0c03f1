"""Areas of the classes, of a mask at the picture's size and of a small one stretched over it."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from components.model.areas import count_pixels, count_stretched, map_floor
from tests.benchmarks.material import SIZE_WH, count_runs, make_class_ids
from tests.benchmarks.measuring import Row, compare_speed, require_equal, time_in_turns


def measure_areas() -> Iterator[Row]:
    """`count_pixels` against numpy's two ways, on 12 MP and 21 classes."""
    class_ids = make_class_ids()

    def unique() -> NDArray[np.int64]:
        found, counts = np.unique(class_ids, return_counts=True)
        filled = np.zeros(256, np.int64)
        filled[found] = counts
        return filled

    def bincount() -> NDArray[np.int64]:
        return np.bincount(class_ids.ravel(), minlength=256)

    ours = count_pixels(class_ids).tolist()
    require_equal("areas, np.unique", ours, unique().tolist())
    require_equal("areas, np.bincount", ours, bincount().tolist())
    seconds = time_in_turns(
        {"ours": lambda: count_pixels(class_ids), "unique": unique, "bincount": bincount}, rounds=15
    )
    name = f"areas: 12 MP mask, 21 classes, {count_runs(class_ids):,} runs"
    yield compare_speed(name, seconds["ours"], seconds["unique"], "np.unique", 8)
    yield compare_speed(name, seconds["ours"], seconds["bincount"], "np.bincount", 5)


def measure_small() -> Iterator[Row]:
    """`count_stretched` against enlarging the mask and counting it, the faster of two ways."""
    cv2: Any = import_module("cv2")
    class_ids = make_class_ids((512, 512))
    rows, columns = map_floor(SIZE_WH[1], 512), map_floor(SIZE_WH[0], 512)

    def opencv() -> NDArray[np.int64]:
        enlarged = cv2.resize(class_ids, SIZE_WH, interpolation=cv2.INTER_NEAREST)
        return np.bincount(enlarged.ravel(), minlength=256)

    def indexing() -> NDArray[np.int64]:
        return np.bincount(class_ids[rows][:, columns].ravel(), minlength=256)

    ours = count_stretched(class_ids, SIZE_WH).tolist()
    require_equal("small, OpenCV", ours, opencv().tolist())
    require_equal("small, numpy", ours, indexing().tolist())
    seconds = time_in_turns(
        {
            "ours": lambda: count_stretched(class_ids, SIZE_WH),
            "cv2.resize": opencv,
            "numpy indexing": indexing,
        },
        rounds=15,
    )
    faster = min("cv2.resize", "numpy indexing", key=lambda name: seconds[name])
    yield compare_speed(
        "small: areas of a 512² mask under 12 MP",
        seconds["ours"],
        seconds[faster],
        f"{faster} + np.bincount",
        20,
    )

"""A mask's regions as polygons that give back every pixel of them.

OpenCV finds the outlines. A polygon has one outline, so each hole is joined to what lies left of it
by a line one pixel wide that runs inside the region and back: filled with the even-odd rule and
with its border (`cv2.fillPoly`), the polygon covers the region's pixels and no other.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Polygon = NDArray[np.int32]
"""int32 (n, 2), x and y of pixels, n ≥ 3."""

_NEXT, _FIRST_CHILD, _PARENT = 0, 2, 3
_FEWEST = 3


def list_polygons(mask: NDArray[np.bool_]) -> Iterator[Polygon]:
    """One polygon for each part that hangs together, corners included (8 neighbours).

    Args:
        mask: bool (H, W), True where the class is.

    Yields:
        Corners in pixels; one pixel gives its place three times, since a polygon has three corners.
    """
    # Only here: it takes long to import, and one format alone needs it.
    import cv2

    found, tree = cv2.findContours(mask.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    if tree is None:
        return
    levels = tree[0]
    at = 0
    while at >= 0:
        holes = []
        child = int(levels[at][_FIRST_CHILD])
        while child >= 0:
            holes.append(np.asarray(found[child][:, 0, :], np.int32))
            child = int(levels[child][_NEXT])
        yield _simplify(_join(mask, np.asarray(found[at][:, 0, :], np.int32), holes))
        at = int(levels[at][_NEXT])


def _join(mask: NDArray[np.bool_], outer: Polygon, holes: list[Polygon]) -> Polygon:
    """One closed walk over the outline and all holes."""
    if not holes:
        return outer
    # Turned so that each hole's walk begins at its leftmost pixel, and taken from left to right:
    # what lies left of one has had its turn.
    turned = [
        np.roll(hole, -int(np.lexsort((hole[:, 1], hole[:, 0]))[0]), axis=0) for hole in holes
    ]
    turned.sort(key=lambda hole: (int(hole[0, 0]), int(hole[0, 1])))
    walks = [outer, *turned]
    places: dict[tuple[int, int], tuple[int, int]] = {}
    hung: dict[tuple[int, int], list[int]] = {}
    _note(places, 0, outer)
    for number, hole in enumerate(turned, 1):
        x, y = int(hole[0, 0]), int(hole[0, 1])
        row = mask[y]
        while (x, y) not in places:
            x -= 1
            if x < 0 or not row[x]:
                raise AssertionError("left of a hole is an outline of its region")
        hung.setdefault(places[x, y], []).append(number)
        _note(places, number, hole)
    return np.asarray(list(_walk(walks, hung)), np.int32)


def _note(places: dict[tuple[int, int], tuple[int, int]], number: int, points: Polygon) -> None:
    for at, (x, y) in enumerate(points.tolist()):
        places.setdefault((x, y), (number, at))


def _walk(
    walks: list[Polygon], hung: dict[tuple[int, int], list[int]]
) -> Iterator[tuple[int, int]]:
    """Along the outline; at a pixel where a hole hangs, once around that and back to the pixel."""
    stack = [(0, 0)]
    while stack:
        number, at = stack.pop()
        points = walks[number]
        while at < len(points):
            x, y = points[at].tolist()
            yield x, y
            waiting = hung.get((number, at))
            if waiting:
                hole = waiting.pop()
                # Back to this very pixel afterwards: it is given once more and asked again.
                stack.append((number, at))
                stack.append((hole, 0))
                break
            at += 1
        else:
            if number:
                first_x, first_y = points[0].tolist()
                yield first_x, first_y


def _simplify(points: Polygon) -> Polygon:
    """The same polygon without corners that lie on the way between their neighbours."""
    if len(points) > 1:
        here = points.astype(np.int64)
        before = np.sign(here - np.roll(here, 1, axis=0)), np.abs(here - np.roll(here, 1, axis=0))
        after = np.sign(np.roll(here, -1, axis=0) - here), np.abs(np.roll(here, -1, axis=0) - here)
        is_same = (before[0] == after[0]).all(axis=1)
        # Steps are along a row, a column or a diagonal: with equal signs they are in line.
        is_straight = _are_straight(before[1]) & _are_straight(after[1])
        is_still = (before[1] == 0).all(axis=1)
        kept = here[~((is_same & is_straight) | is_still)]
        points = (kept if len(kept) else here[:1]).astype(np.int32)
    if len(points) < _FEWEST:
        points = np.concatenate([points, np.repeat(points[-1:], _FEWEST - len(points), axis=0)])
    return points


def _are_straight(steps: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether each step goes along a row, a column or a diagonal."""
    found: NDArray[np.bool_] = (
        (steps[:, 0] == 0) | (steps[:, 1] == 0) | (steps[:, 0] == steps[:, 1])
    )
    return found

"""How much of the pictures classes cover, and which come together."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from components.model.insights import MOST_OUTLIERS, Outlier, Presence, ShareBox, Slice, Together
from components.store.database import Database
from components.store.insights.slicing import Scope
from components.store.schema import tallies

_WHISKER: Final = 1.5  # interquartile ranges, as box plots have it since Tukey


def summarise_shares(db: Database, project_id: str, wanted: Slice) -> list[ShareBox]:
    """Each class's shares over the pictures it is present in, largest median first.

    Raises:
        Conflict: a slice that cannot be.
        StoreUnavailable: the database cannot be reached now.
    """
    boxes = []
    with db.read() as connection:
        scope = Scope(connection, project_id, wanted)
        for name in scope.list_class_names():
            positions, shares = scope.read_shares(name)
            if len(shares):
                boxes.append(_draw_box(scope, name, positions, shares))
    return sorted(boxes, key=lambda box: (-box.median, box.class_name))


def count_presence(db: Database, project_id: str, wanted: Slice) -> list[Presence]:
    """In how many pictures each class is, most first.

    Raises:
        Conflict: a slice that cannot be.
        StoreUnavailable: the database cannot be reached now.
    """
    with db.read() as connection:
        scope = Scope(connection, project_id, wanted)
        if scope.is_whole:
            rows = connection.execute(
                select(tallies.c.what, tallies.c.n).where(
                    tallies.c.project_id == scope.project_id,
                    tallies.c.kind == "class",
                    tallies.c.n > 0,
                )
            )
            found = [Presence(name, n) for name, n in rows]
        else:
            counted = ((name, len(scope.read_class(name))) for name in scope.list_class_names())
            found = [Presence(name, n) for name, n in counted if n]
    return sorted(found, key=lambda one: (-one.items, one.class_name))


def count_together(db: Database, project_id: str, wanted: Slice) -> Together:
    """In how many pictures any two classes are both present.

    Raises:
        Conflict: a slice that cannot be.
        StoreUnavailable: the database cannot be reached now.
    """
    with db.read() as connection:
        scope = Scope(connection, project_id, wanted)
        found = {name: scope.read_class(name) for name in scope.list_class_names()}
    names = sorted(
        (name for name, at in found.items() if len(at)), key=lambda name: (-len(found[name]), name)
    )
    last = max((int(at.max(initial=0)) for at in found.values()), default=0)
    # Sums of ones are exact in float32 up to 2**24 pictures, and quick to multiply.
    present = np.zeros((len(names), last + 1), np.float32)
    for row, name in zip(present, names, strict=True):
        row[found[name]] = 1
    return Together(tuple(names), np.rint(present @ present.T).astype(np.int64))


def find_far(shares: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Quartiles, and how far beyond the box each share is.

    Args:
        shares: at least one, float64 (n,).

    Returns:
        float64 (3,), and float64 (n,) in interquartile ranges, 0 within the box. Where half of the
        shares are alike, a range of a thousandth of the picture is taken for theirs.
    """
    quartiles = np.quantile(shares, (0.25, 0.5, 0.75))
    beyond = np.maximum(np.maximum(quartiles[0] - shares, shares - quartiles[2]), 0)
    return quartiles, beyond / max(quartiles[2] - quartiles[0], 0.001)


def find_outliers(positions: NDArray[np.int64], shares: NDArray[np.float64]) -> NDArray[np.int64]:
    """Places of the shares beyond the whiskers, farthest first, those alike by position."""
    (q1, _, q3), _ = find_far(shares)
    reach = _WHISKER * (q3 - q1)
    far = np.flatnonzero((shares < q1 - reach) | (shares > q3 + reach))
    beyond = np.maximum(q1 - shares[far], shares[far] - q3)
    return far[np.lexsort((positions[far], -beyond))]


def _draw_box(
    scope: Scope, name: str, positions: NDArray[np.int64], shares: NDArray[np.float64]
) -> ShareBox:
    (q1, median, q3), _ = find_far(shares)
    far = find_outliers(positions, shares)
    near = np.delete(shares, far)
    chosen = far[:MOST_OUTLIERS]
    rows = scope.name_positions([int(at) for at in positions[chosen]])
    outliers = [
        Outlier(rows[position].id, rows[position].name, float(share))
        for position, share in zip(positions[chosen].tolist(), shares[chosen], strict=True)
        if position in rows
    ]
    return ShareBox(
        class_name=name,
        n=len(shares),
        low=float(near.min()),
        q1=float(q1),
        median=float(median),
        q3=float(q3),
        high=float(near.max()),
        mean=float(shares.mean()),
        far=len(far),
        outliers=tuple(outliers),
    )

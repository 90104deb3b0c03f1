"""Two models, or two confidences, over a project's pictures. Each verb checks the role."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from components import store
from components.batch.comparing import Comparer, sum_up
from components.desk.access import require
from components.desk.connection import Desk, open_desk
from components.errors import Conflict
from components.model.clock import read_clock
from components.model.comparison import Comparison, Known, Side
from components.model.comparison_summary import Summary, summarise
from components.model.insights import Slice
from components.model.review import Person

if TYPE_CHECKING:
    from components.store.comparison_sides import Extent

_WHOLE = Slice()


@dataclass(frozen=True, slots=True)
class ComparisonSight:
    """A comparison as it stands now.

    Attributes:
        comparison: itself.
        pending: pictures that are still to be counted, or to be counted anew.
        total: pictures over which both sides are known.
        trouble: why it does not get on just now, in plain words; "" where it does.
    """

    comparison: Comparison
    pending: int
    total: int
    trouble: str

    @property
    def is_over(self) -> bool:
        """Whether all of it is counted."""
        return self.pending == 0 and self.comparison.state == "done"


def list_known_answers(who: Person | None, project_id: str) -> list[Known]:
    """Whose answers a project has, at which confidences.

    Raises:
        AccessError: nobody is signed in.
        StoreError: the database cannot be asked.
    """
    require(who, "viewer")
    database = open_desk().database
    return _list_known(
        database.label, store.comparison_sides.stamp_answers(database, project_id), project_id
    )


def measure_extent(who: Person | None, project_id: str, a: Side, b: Side) -> Extent:
    """Over how many pictures of a project two sides are known.

    Raises:
        AccessError: nobody is signed in.
        StoreError: the database cannot be asked.
    """
    require(who, "viewer")
    database = open_desk().database
    stamp = store.comparison_sides.stamp_answers(database, project_id)
    return _measure_extent(database.label, stamp, project_id, a, b)


def begin_comparison(who: Person | None, project_id: str, a: Side, b: Side) -> Comparison:
    """Have two sides compared in the background; what was compared before is there at once.

    Raises:
        AccessError: not a lead.
        Conflict: both are the same, or no picture has answers of both.
        StoreError: the database cannot be written.
    """
    person = require(who, "lead")
    database = open_desk().database
    if not store.comparison_sides.measure_extent(database, project_id, a, b).both:
        raise Conflict(
            "No picture of this project has answers of both. Choose others, or ask the missing "
            "model about the project’s pictures on the page Add."
        )
    return store.comparisons.begin_comparison(
        database, project_id, a, b, by=person.name, now=read_clock()
    )


def list_comparisons(who: Person | None, project_id: str) -> list[Comparison]:
    """What was compared in a project, the newest first.

    Raises:
        AccessError: nobody is signed in.
        StoreError: the database cannot be asked.
    """
    require(who, "viewer")
    return store.comparisons.list_comparisons(open_desk().database, project_id)


def look_at_comparison(who: Person | None, comparison_id: str) -> ComparisonSight:
    """How a comparison stands; what is to be counted of it is taken up, also after a restart.

    Raises:
        AccessError: nobody is signed in.
        StoreError: there is none, or the database cannot be asked.
    """
    require(who, "viewer")
    desk = open_desk()
    comparer = _find_comparer(desk)
    comparison = store.comparisons.find_comparison(desk.database, comparison_id)
    if comparison.state == "done":
        stamp = store.comparison_sides.stamp_answers(desk.database, comparison.project_id)
        pending, total = _count_pending(
            desk.database.label, (*stamp, comparison.ended_at or 0), comparison_id
        )
    else:
        pending, total = store.comparison_sides.count_pending(desk.database, comparison_id)
    if (pending or comparison.state != "done") and not comparison.problem:
        comparer.take(comparison_id)
    return ComparisonSight(comparison, pending, total, comparer.find_trouble(comparison_id))


def retry_comparison(who: Person | None, comparison_id: str) -> None:
    """Go on with a comparison that could not go on.

    Raises:
        AccessError: not a lead.
        StoreError: the database cannot be written.
    """
    require(who, "lead")
    store.comparisons.note_state(
        open_desk().database, comparison_id, is_done=False, now=read_clock()
    )


def remove_comparison(who: Person | None, comparison_id: str) -> None:
    """Forget a comparison and what was counted for it; lists made of it stay.

    Raises:
        AccessError: not a lead.
        Conflict: there is no such comparison.
        StoreError: the database cannot be written.
    """
    require(who, "lead")
    store.comparisons.remove_comparison(open_desk().database, comparison_id)


def summarise_comparison(
    who: Person | None, sight: ComparisonSight, slice_: Slice = _WHOLE
) -> Summary:
    """A comparison over the pictures of a slice that were counted so far.

    Raises:
        AccessError: nobody is signed in.
        StoreError: the database cannot be asked.
    """
    require(who, "viewer")
    found = sight.comparison
    database = open_desk().database
    stamp: tuple[int, ...] = found.ended_at or 0, sight.pending, sight.total
    if slice_ == _WHOLE and sight.is_over:
        return _sum_up(database.label, found.id, stamp)
    if slice_ != _WHOLE:
        # Which pictures are in it changes with verdicts, too.
        stamp += store.comparison_sides.stamp_slices(database, found.project_id)
    return _summarise(database.label, found.id, stamp, slice_)


def _find_comparer(desk: Desk) -> Comparer:
    return _open_comparer(id(desk), _desk=desk)


@st.cache_resource(show_spinner=False, max_entries=1, on_release=lambda found: found.stop())
def _open_comparer(
    desk_id: int,  # noqa: ARG001  a restarted desk has another one
    *,
    _desk: Desk,
) -> Comparer:
    return Comparer(lambda: _desk.database)


# Every run of the page asks these; over many pictures they take seconds, their stamp does not.


@st.cache_data(show_spinner=False, max_entries=32)
def _list_known(
    label: str,  # noqa: ARG001  part of the cache's key, as the stamp is
    stamp: tuple[int, ...],  # noqa: ARG001
    project_id: str,
) -> list[Known]:
    return store.comparison_sides.list_known(open_desk().database, project_id)


@st.cache_data(show_spinner=False, max_entries=128)
def _measure_extent(
    label: str,  # noqa: ARG001
    stamp: tuple[int, ...],  # noqa: ARG001
    project_id: str,
    a: Side,
    b: Side,
) -> Extent:
    return store.comparison_sides.measure_extent(open_desk().database, project_id, a, b)


@st.cache_data(show_spinner=False, max_entries=128)
def _count_pending(
    label: str,  # noqa: ARG001
    stamp: tuple[int, ...],  # noqa: ARG001
    comparison_id: str,
) -> tuple[int, int]:
    return store.comparison_sides.count_pending(open_desk().database, comparison_id)


@st.cache_data(show_spinner=False, max_entries=16)
def _sum_up(
    label: str,  # noqa: ARG001
    comparison_id: str,
    stamp: tuple[int, ...],  # noqa: ARG001
) -> Summary:
    database = open_desk().database
    kept = store.comparison_totals.find_summary(database, comparison_id)
    return kept or sum_up(database, comparison_id)


@st.cache_data(show_spinner=False, max_entries=16)
def _summarise(
    label: str,  # noqa: ARG001
    comparison_id: str,
    stamp: tuple[int, ...],  # noqa: ARG001
    slice_: Slice,
) -> Summary:
    changes, failed = store.comparison_lists.load_changes(
        open_desk().database, comparison_id, slice_
    )
    return summarise(changes, failed=failed)

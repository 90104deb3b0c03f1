"""What is counted over a project's pictures, and counting what is not yet. Checks the role."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from typing import Final

from components import store
from components.desk.access import require
from components.desk.connection import open_desk
from components.model.insights import (
    ApprovedAt,
    Curves,
    Presence,
    Ranked,
    RankKind,
    ReasonCount,
    ShareBox,
    Slice,
    Together,
    Totals,
    TruthTotals,
    VerdictCount,
)
from components.model.measures import Unmeasured
from components.model.review import Person
from components.model.stretches import DAY_MS, HOUR_MS

FEWEST_PEOPLE: Final = 3
"""From so many people on, what all do together says of none what he or she does; of two, each could
take off his or her own part."""


def count_unmeasured(who: Person | None, project_id: str) -> Unmeasured:
    """How many pictures are still to be measured.

    Raises:
        AccessError: nobody is signed in.
        StoreError: the database cannot be asked.
    """
    require(who, "viewer")
    return store.insights.count_unmeasured(open_desk().database, project_id)


def measure_next(who: Person | None, project_id: str, limit: int = 20) -> int:
    """Measure some of the pictures that were not measured yet.

    It decides nothing and can be done over at any time, so whoever looks at numbers may do it.

    Returns:
        How many were.

    Raises:
        AccessError: nobody is signed in.
        StoreError: the database cannot be written.
    """
    require(who, "viewer")
    # With it come the decoders of masks, which no other page needs at once.
    from components.batch import catching_up

    return catching_up.measure_next(open_desk().database, project_id, limit)


def sum_totals(who: Person | None, project_id: str, slice_: Slice) -> Totals:
    """How much there is to count.

    Raises:
        AccessError: nobody is signed in.
        StoreError: the database cannot be asked.
    """
    require(who, "viewer")
    return store.insights.count_totals(open_desk().database, project_id, slice_)


def find_shortest_stretch(who: Person | None, project_id: str, slice_: Slice) -> int:
    """How finely decisions may be told by time, in milliseconds: by the hour, as a rule.

    Where fewer than FEWEST_PEOPLE decided about the slice's pictures, hours would be the pace of
    one of them; it is a day then, unless the project shows names or nobody decided but who asks.

    Raises:
        AccessError: nobody is signed in.
        StoreError: the database cannot be asked.
    """
    person = require(who, "viewer")
    database = open_desk().database
    people = set(store.reviews.list_reviewers(database, project_id))
    if people <= {person.name} or store.projects.find_project(database, project_id).shows_names:
        return HOUR_MS
    if len(people) >= FEWEST_PEOPLE and slice_ != Slice():
        people = store.insights.list_deciders(database, project_id, slice_)
    return HOUR_MS if len(people) >= FEWEST_PEOPLE or people <= {person.name} else DAY_MS


def count_verdicts_over_time(
    who: Person | None, project_id: str, slice_: Slice, *, bucket_ms: int, zone: tzinfo
) -> Sequence[VerdictCount]:
    """Decisions by hour, day or week, of everybody together; never by less than may be told.

    Raises:
        AccessError: nobody is signed in.
        StoreError: the database cannot be asked.
    """
    require(who, "viewer")
    stretch = bucket_ms
    if stretch < DAY_MS:
        stretch = max(stretch, find_shortest_stretch(who, project_id, slice_))
    return store.insights.count_verdicts_over_time(
        open_desk().database, project_id, slice_, bucket_ms=stretch, zone=zone
    )


def count_reasons(
    who: Person | None, project_id: str, slice_: Slice, *, by_class: bool = False
) -> Sequence[ReasonCount]:
    """How often reasons were given.

    Raises:
        AccessError: nobody is signed in.
        StoreError: the database cannot be asked.
    """
    require(who, "viewer")
    return store.insights.count_reasons(open_desk().database, project_id, slice_, by_class=by_class)


def summarise_shares(who: Person | None, project_id: str, slice_: Slice) -> Sequence[ShareBox]:
    """Shares of classes over the pictures they are in.

    Raises:
        AccessError: nobody is signed in.
        StoreError: the database cannot be asked.
    """
    require(who, "viewer")
    return store.insights.summarise_shares(open_desk().database, project_id, slice_)


def count_presence(who: Person | None, project_id: str, slice_: Slice) -> Sequence[Presence]:
    """In how many pictures each class is.

    Raises:
        AccessError: nobody is signed in.
        StoreError: the database cannot be asked.
    """
    require(who, "viewer")
    return store.insights.count_presence(open_desk().database, project_id, slice_)


def count_together(who: Person | None, project_id: str, slice_: Slice) -> Together:
    """In how many pictures two classes are both present.

    Raises:
        AccessError: nobody is signed in.
        StoreError: the database cannot be asked.
    """
    require(who, "viewer")
    return store.insights.count_together(open_desk().database, project_id, slice_)


def load_curves(who: Person | None, project_id: str, slice_: Slice) -> Curves:
    """What is left of each class at each confidence.

    Raises:
        AccessError: nobody is signed in.
        StoreError: the database cannot be asked.
    """
    require(who, "viewer")
    return store.insights.load_curves(open_desk().database, project_id, slice_)


def list_approved_confidences(
    who: Person | None, project_id: str, slice_: Slice
) -> Sequence[ApprovedAt]:
    """At which confidence pictures with each class were approved.

    Raises:
        AccessError: nobody is signed in.
        StoreError: the database cannot be asked.
    """
    require(who, "viewer")
    return store.insights.list_approved_confidences(open_desk().database, project_id, slice_)


def rank_items(
    who: Person | None, project_id: str, slice_: Slice, kind: RankKind, *, limit: int = 50
) -> Sequence[Ranked]:
    """Pictures that are worth a look first.

    Raises:
        AccessError: nobody is signed in.
        StoreError: the database cannot be asked.
    """
    require(who, "viewer")
    return store.insights.rank_items(open_desk().database, project_id, slice_, kind, limit=limit)


def load_truth_totals(who: Person | None, project_id: str, slice_: Slice) -> TruthTotals:
    """Pixels of truth and answer by class.

    Raises:
        AccessError: nobody is signed in.
        StoreError: the database cannot be asked.
    """
    require(who, "viewer")
    return store.insights.load_truth_totals(open_desk().database, project_id, slice_)

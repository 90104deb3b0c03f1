"""What is counted over a project's pictures, by queries over stored counts; no mask is looked at.

Each takes the database, the project's id and a `Slice`, and raises `StoreUnavailable` where the
database cannot be reached and `Conflict` for a slice that cannot be. A project that is not there
has nothing to count.

    verdicts    count_totals(db, project_id, slice) -> Totals
                count_verdicts_over_time(db, project_id, slice, *, bucket_ms, zone=UTC)
                    -> list[VerdictCount]
                count_reasons(db, project_id, slice, *, by_class=False) -> list[ReasonCount]
    classes     summarise_shares(db, project_id, slice) -> list[ShareBox]
                count_presence(db, project_id, slice) -> list[Presence]
                count_together(db, project_id, slice) -> Together
    confidence  load_curves(db, project_id, slice) -> Curves
                sum_confidences(db, project_id, slice) -> dict[str, int64 (101,)]
                list_approved_confidences(db, project_id, slice) -> list[ApprovedAt]
    ranking     rank_items(db, project_id, slice, kind, *, limit=50) -> list[Ranked]
    truth       load_truth_totals(db, project_id, slice) -> TruthTotals
    people      list_voices(db, project_id, slice) -> Voices
                list_deciders(db, project_id, slice) -> set[str]
                count_reviews_by_hour(db, project_id, slice) -> list[HourCount]
                list_repeats(db, project_id, slice) -> list[Repeat]
    picking     select_ids(db, project_id, slice, pick=Pick(), *, limit=MOST_SELECTED) -> list[str]
    keeping     count_unmeasured(db, project_id) -> Unmeasured

Counting is done by `components.batch.measuring.measure_next(db, project_id, limit) -> int`, which
returns how many pictures were counted; selections are made by `components.store.selections`:

    create_selection(db, project_id, *, title, item_ids, by, now, kind="list", detail="", id="")
        -> Selection
    draw_repeats(db, project_id, *, count, seed) -> list[str]
    list_selections(db, project_id, *, kind=None) -> list[Selection]
    find_selection(db, selection_id) -> Selection
    list_selected(db, selection_id) -> list[str]

and listed with `lists.Wish(selection=selection.id)`, in their own order with sort "position".
"""

from components.store.insights.classes import count_presence, count_together, summarise_shares
from components.store.insights.confidence import (
    list_approved_confidences,
    load_curves,
    sum_confidences,
)
from components.store.insights.keeping import count_unmeasured
from components.store.insights.people import (
    count_reviews_by_hour,
    list_deciders,
    list_repeats,
    list_voices,
)
from components.store.insights.picking import select_ids
from components.store.insights.ranking import rank_items
from components.store.insights.truth import load_truth_totals
from components.store.insights.verdicts import (
    count_reasons,
    count_totals,
    count_verdicts_over_time,
)

__all__ = [
    "count_presence",
    "count_reasons",
    "count_reviews_by_hour",
    "count_together",
    "count_totals",
    "count_unmeasured",
    "count_verdicts_over_time",
    "list_approved_confidences",
    "list_deciders",
    "list_repeats",
    "list_voices",
    "load_curves",
    "load_truth_totals",
    "rank_items",
    "select_ids",
    "sum_confidences",
    "summarise_shares",
]

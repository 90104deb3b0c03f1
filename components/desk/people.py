"""How a team decides, for leads, of everybody together.

Names go out only where the project says so, and what would be one person's doing alone only to that
person. Both are decided here, whatever a page shows or hides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from components import store
from components.desk.access import require
from components.desk.connection import open_desk
from components.desk.insights import FEWEST_PEOPLE
from components.model.agreement import (
    PairAgreement,
    SelfAgreement,
    count_verdicts,
    measure_alpha_of_counts,
    measure_pairs_of_codes,
    measure_self_agreement,
)
from components.model.insights import Slice
from components.model.intervals import bound_share, count_more_needed
from components.model.review import VERDICTS, Person
from components.model.voices import HourCount, Repeat, Voices


@dataclass(frozen=True, slots=True)
class PersonFigures:
    """What one person did, where the project shows names.

    Attributes:
        name: as decisions are signed.
        verdicts: that count now.
        approved: of these, approvals.
        repeats: blind second looks.
        same: of these, with the same verdict as the first.
    """

    name: str
    verdicts: int
    approved: int
    repeats: int
    same: int


@dataclass(frozen=True, slots=True)
class People:
    """How a team decides, of everybody together.

    Attributes:
        reviewers: people with a verdict that counts.
        verdicts: that count.
        is_withheld: whether pace is left out, since so few decided about these pictures that it
            would say what one of them does, who is not the one who asks.
        is_again_withheld: whether second looks are left out, for the same reason.
        hours: reviews by hour.
        approved, decided: pictures approved, and pictures decided about at all.
        interval: Wilson's, of approved over decided; None without any.
        more_needed: pictures to decide until that interval is ±5 points.
        pairs: Cohen's kappa over all pairs of reviewers.
        alpha: Krippendorff's; None where it is not defined.
        itself: second looks against the first.
        named: by person; empty unless the project shows names.
    """

    reviewers: int
    verdicts: int
    is_withheld: bool
    is_again_withheld: bool
    hours: Sequence[HourCount]
    approved: int
    decided: int
    interval: tuple[float, float] | None
    more_needed: int
    pairs: PairAgreement
    alpha: float | None
    itself: SelfAgreement
    named: Sequence[PersonFigures]


def measure_people(who: Person | None, project_id: str, slice_: Slice) -> People:
    """How a team decides; see `People` for what is left out.

    Raises:
        AccessError: not a lead.
        StoreError: the database cannot be asked.
    """
    person = require(who, "lead")
    database = open_desk().database
    shows_names = store.projects.find_project(database, project_id).shows_names
    voices = store.insights.list_voices(database, project_id, slice_)
    repeats = store.insights.list_repeats(database, project_id, slice_)
    hours = store.insights.count_reviews_by_hour(database, project_id, slice_)
    totals = store.insights.count_totals(database, project_id, slice_)
    # A filter may leave one person's pictures where a project has those of many.
    people = store.insights.list_deciders(database, project_id, slice_)
    is_open = shows_names or people <= {person.name}
    is_withheld = not is_open and len(people) < FEWEST_PEOPLE
    looking_again = {repeat.reviewer for repeat in repeats}
    is_again_withheld = not is_open and 0 < len(looking_again) < FEWEST_PEOPLE
    approved = totals.by_status.get("approved", 0)
    decided = sum(totals.by_status.get(verdict, 0) for verdict in VERDICTS)
    return People(
        reviewers=len(np.unique(voices.reviewers)),
        verdicts=len(voices),
        is_withheld=is_withheld,
        is_again_withheld=is_again_withheld,
        hours=() if is_withheld else hours,
        approved=approved,
        decided=decided,
        interval=bound_share(approved, decided),
        more_needed=count_more_needed(approved, decided),
        pairs=measure_pairs_of_codes(voices.positions, voices.reviewers, voices.verdicts),
        alpha=measure_alpha_of_counts(count_verdicts(voices.positions, voices.verdicts)),
        itself=measure_self_agreement(
            [] if is_again_withheld else [(one.first, one.second) for one in repeats]
        ),
        named=_name(voices, repeats) if shows_names else (),
    )


def _name(voices: Voices, repeats: Sequence[Repeat]) -> list[PersonFigures]:
    numbers = {voices.names[number]: number for number in np.unique(voices.reviewers).tolist()}
    names = sorted({*filter(None, numbers)} | {repeat.name for repeat in repeats if repeat.name})
    figures = []
    for name in names:
        own = voices.verdicts[voices.reviewers == numbers.get(name, 0)]
        again = [repeat for repeat in repeats if repeat.name == name]
        figures.append(
            PersonFigures(
                name,
                len(own),
                int(np.count_nonzero(own == VERDICTS.index("approved"))),
                len(again),
                sum(repeat.first == repeat.second for repeat in again),
            )
        )
    return figures

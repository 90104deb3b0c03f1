"""Who agrees with whom: figures, and that nobody is known by them."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest
from sqlalchemy import select

from components.model.insights import Pick, Slice
from components.model.review import VERDICTS, Item, Move
from components.model.voices import Voice
from components.store import (
    Database,
    insights,
    items,
    projects,
    reviews,
    schema,
    selections,
)
from components.store.record import list_reviews
from tests.store.insight_material import Desk, list_lines
from tests.store.material import (
    NOW,
    add_pictures,
    make_answer,
    make_areas,
    make_decision,
    make_id,
    make_project,
)

pytestmark = pytest.mark.both_databases

HOUR = 3_600_000
PEOPLE = {"anna", "björn", "chi"}


def _find_standing(desk: Desk, wanted: Slice) -> dict[tuple[str, str], str]:
    stands = {}
    for line in sorted(list_lines(desk, wanted), key=lambda line: line.seq):
        stands[line.item_id, line.reviewer] = line.move
    return {key: move for key, move in stands.items() if move in VERDICTS}


def _list_voices(desk: Desk, wanted: Slice) -> list[tuple[str, Voice]]:
    """Voices with their pictures' ids."""
    voices = insights.list_voices(desk.database, desk.project.id, wanted)
    with desk.database.read() as connection:
        ids = dict(
            connection.execute(
                select(schema.items.c.position, schema.items.c.id).where(
                    schema.items.c.project_id == desk.project.id
                )
            ).all()
        )
    return [(ids[one.position], one) for one in voices]


def test_voices_are_what_stands(desk: Desk) -> None:
    for wanted in (Slice(), Slice(status=("open",)), Slice(class_name="Road", name_part="café")):
        voices = _list_voices(desk, wanted)
        expected = _find_standing(desk, wanted)
        assert Counter((item_id, one.verdict) for item_id, one in voices) == Counter(
            (item_id, move) for (item_id, _), move in expected.items()
        )
        # The same number is the same person, and nobody else.
        told: dict[int, set[tuple[str, str]]] = defaultdict(set)
        for item_id, one in voices:
            told[one.reviewer].add((item_id, one.verdict))
            assert one.name == ""
        by_name: dict[str, set[tuple[str, str]]] = defaultdict(set)
        for (item_id, reviewer), move in expected.items():
            by_name[reviewer].add((item_id, move))
        assert sorted(map(sorted, told.values())) == sorted(map(sorted, by_name.values()))


def test_names_are_shown_only_where_the_project_says_so(desk: Desk) -> None:
    database, project_id = desk.database, desk.project.id
    assert {one.name for one in insights.list_voices(database, project_id, Slice())} == {""}
    assert not projects.find_project(database, project_id).shows_names
    changed = projects.change_project(database, project_id, by="lead", now=NOW, shows_names=True)
    assert changed.shows_names
    voices = _list_voices(desk, Slice())
    assert {(item_id, one.name): one.verdict for item_id, one in voices} == _find_standing(
        desk, Slice()
    )
    event = reviews.list_events(database, project_id, kind="project_changed")[0]
    assert dict(event.detail) == {"field": "shows_names", "before": False, "after": True}
    projects.change_project(database, project_id, by="lead", now=NOW, shows_names=False)
    assert {one.name for one in insights.list_voices(database, project_id, Slice())} == {""}


def test_nobody_is_known_by_a_number(desk: Desk) -> None:
    """Numbers are drawn anew, so the order of names says nothing about them."""
    drawn = set()
    for _ in range(60):
        voices = insights.list_voices(desk.database, desk.project.id, Slice())
        sizes = Counter(one.reviewer for one in voices)
        assert set(sizes) == {1, 2, 3}
        drawn.add(tuple(tuple(one) for one in [*voices][:6]))
    assert len(drawn) > 1
    assert not any(name in str(drawn) for name in PEOPLE)


def test_who_decided_within_a_slice(desk: Desk) -> None:
    for wanted in (Slice(), Slice(status=("approved",)), Slice(class_name="Road", name_part="1")):
        found = insights.list_deciders(desk.database, desk.project.id, wanted)
        assert found == {line.reviewer for line in list_lines(desk, wanted)}


def test_decisions_by_the_hour(desk: Desk) -> None:
    for wanted in (Slice(), Slice(status=("approved", "rejected"))):
        lines = list(list_lines(desk, wanted))
        hours = insights.count_reviews_by_hour(desk.database, desk.project.id, wanted)
        assert [one.start for one in hours] == sorted({line.at // HOUR * HOUR for line in lines})
        for one in hours:
            own = [line for line in lines if line.at // HOUR * HOUR == one.start]
            assert one.n == len(own)
            assert one.reviewers == len({line.reviewer for line in own})


def test_repeats(database: Database) -> None:
    project = make_project(database)
    made = add_pictures(database, project, [f"{at}.jpg" for at in range(7)])

    def decide(item: Item, move: Move, who: str, at: int) -> None:
        current = items.find_item(database, item.id)
        reviews.decide(database, make_decision(current, move), who, now=NOW + at)

    for item in made:
        decide(item, "approved", "anna", 1)
    decide(made[0], "rejected", "anna", 2)  # the newest before it counts
    decide(made[1], "needs_fix", "chi", 3)
    blind = selections.create_selection(
        database,
        project.id,
        title="Once more",
        item_ids=[item.id for item in made[:6]],
        kind="repeat",
        by="lead",
        now=NOW + 10,
    )
    plain = selections.create_selection(
        database, project.id, title="A list", item_ids=[made[6].id], by="lead", now=NOW + 10
    )
    assert insights.list_repeats(database, project.id, Slice()) == []
    decide(made[0], "rejected", "anna", 20)
    decide(made[0], "approved", "anna", 21)  # the first after it counts
    decide(made[1], "rejected", "anna", 22)
    decide(made[1], "needs_fix", "chi", 23)
    decide(made[2], "rejected", "björn", 24)  # had said nothing before
    decide(made[3], "skipped", "anna", 25)
    decide(made[6], "rejected", "anna", 26)  # is in no blind selection
    decide(made[4], "rejected", "anna", 27)
    reviews.undo(database, make_id(), project.id, "anna", now=NOW + 28)
    items.keep_answer(  # about another answer
        database,
        made[5].id,
        make_answer(b"another"),
        cut_to=50,
        areas=make_areas({0: 1.0}),
        mean_confidence=0.5,
        now=NOW + 29,
    )
    decide(made[5], "rejected", "anna", 30)
    found = insights.list_repeats(database, project.id, Slice())
    assert Counter((one.item_id, one.first, one.second) for one in found) == Counter(
        [
            (made[0].id, "rejected", "rejected"),
            (made[1].id, "approved", "rejected"),
            (made[1].id, "needs_fix", "needs_fix"),
        ]
    )
    assert {one.selection_id for one in found} == {blind.id} != {plain.id}
    numbers = {one.reviewer for one in found if one.item_id == made[1].id}
    assert len(numbers) == 2
    assert {one.name for one in found} == {""}
    picked = insights.select_ids(database, project.id, Slice(), Pick("repeats"))
    assert picked == [made[1].id]
    assert len(list_reviews(database, made[0].id)) == 4
    projects.change_project(database, project.id, by="lead", now=NOW, shows_names=True)
    found = insights.list_repeats(database, project.id, Slice(name_part="1"))
    assert {(one.name, one.second) for one in found} == {("anna", "rejected"), ("chi", "needs_fix")}


def test_a_second_look_counts_once_where_two_selections_share_its_picture(
    database: Database,
) -> None:
    project = make_project(database)
    made = add_pictures(database, project, ["0.jpg", "1.jpg"])

    def decide(item: Item, move: Move, at: int) -> None:
        current = items.find_item(database, item.id)
        reviews.decide(database, make_decision(current, move), "anna", now=NOW + at)

    def draw(at: int) -> str:
        return selections.create_selection(
            database,
            project.id,
            title=f"Drawn at {at}",
            item_ids=[item.id for item in made],
            kind="repeat",
            by="lead",
            now=NOW + at,
        ).id

    for item in made:
        decide(item, "approved", 1)
    older = draw(10)
    decide(made[0], "rejected", 15)
    newer = draw(20)
    decide(made[0], "needs_fix", 30)
    decide(made[1], "rejected", 31)
    found = insights.list_repeats(database, project.id, Slice())
    assert Counter((one.item_id, one.first, one.second, one.selection_id) for one in found) == {
        (made[0].id, "approved", "rejected", older): 1,
        (made[0].id, "rejected", "needs_fix", newer): 1,
        (made[1].id, "approved", "rejected", newer): 1,
    }

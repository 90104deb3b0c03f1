"""Comparisons by the desk's verbs, from a model's answers to a list that is reviewed."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest

from components import desk
from components.errors import Conflict
from components.model.comparison import Side
from components.model.comparison_summary import summarise
from components.model.review import Decision, Person
from components.store import comparison_lists, comparison_totals
from components.store.lists import Wish
from tests.adding import LEAD, add_files, wait_for
from tests.comparing import FIRST, SECOND, SIZE, answer, compare, cut_by_hand, make_compared
from tests.pictures import make_jpeg
from tests.replay import replay


@pytest.fixture(autouse=True)
def own_desk(fresh_desk: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A desk with a database of the test's own."""
    monkeypatch.setenv("MASK_DESK_FOLDER", str(tmp_path / "data"))


def test_two_models_and_two_confidences_from_end_to_end() -> None:
    with replay(answer) as server:
        made = make_compared(server, with_truth=5)
        asked = len(server.requests)
        known = {(one.model, one.confidence): one.items for one in desk.list_known_answers(
            LEAD, made.project.id
        )}  # fmt: skip
        assert known == {(FIRST, None): 6, (SECOND, None): 6}
        pairs = [
            (Side(FIRST, 50), Side(FIRST, 80)),
            (Side(FIRST, 50), Side(SECOND, 50)),
        ]
        for a, b in pairs:
            assert desk.measure_extent(LEAD, made.project.id, a, b).both == 6
            sight = compare(made.project, a, b)
            assert (sight.pending, sight.total, sight.trouble) == (0, 6, "")
            summary = desk.summarise_comparison(LEAD, sight)
            shown = [cut_by_hand(side.model, side.confidence) for side in (a, b)]
            changed = float((shown[0] != shown[1]).mean())
            assert 0 < changed < 1
            assert summary.share == pytest.approx(changed)
            assert summary.median == pytest.approx(changed)
            assert summary.pixels == 6 * SIZE[0] * SIZE[1]
            assert summary.gains is not None
            assert summary.gains.items == 5
            truth = cut_by_hand(FIRST, 0)
            for gain in summary.gains.classes:
                class_id = ["background", "road", "tree"].index(gain.name)
                wanted = [
                    ((mask == class_id) & (truth == class_id)).sum()
                    / ((mask == class_id) | (truth == class_id)).sum()
                    for mask in shown
                ]
                assert gain.difference is not None
                assert [gain.difference.a, gain.difference.b] == pytest.approx(wanted)
        # Nothing was asked of anybody, and a second look finds all there.
        assert len(server.requests) == asked
        again = desk.begin_comparison(LEAD, made.project.id, *pairs[0])
        assert desk.look_at_comparison(LEAD, again.id).is_over
        assert len(desk.list_comparisons(LEAD, made.project.id)) == 2


def test_only_what_changed_among_the_approved_is_reviewed() -> None:
    with replay(answer) as server:
        made = make_compared(server)
        for item in made.items[:3]:
            assert item.answer_id is not None
            desk.decide(
                LEAD,
                Decision(
                    id=uuid.uuid4().hex,
                    item_id=item.id,
                    move="approved",
                    confidence=50,
                    answer_id=item.answer_id,
                ),
            )
        sight = compare(made.project, Side(FIRST, 50), Side(SECOND, 50))
        found = sight.comparison
        assert desk.count_changed(LEAD, found.id, status=("approved",), above=0.0) == 3
        wanted = {"title": "Changed", "detail": "", "status": ("approved",)}
        selection = desk.select_changed(LEAD, found.id, above=0.01, **wanted)  # type: ignore[arg-type]
        assert selection.items == 3
        page = desk.list_items(LEAD, made.project.id, Wish(selection=selection.id))
        ranked = desk.list_changed(LEAD, found.id, status=("approved",))
        assert [row.item.id for row in page.rows] == [one.item.id for one in ranked]
        assert {row.item.id for row in page.rows} == {item.id for item in made.items[:3]}
        with pytest.raises(Conflict, match="smaller share"):
            desk.select_changed(LEAD, found.id, above=0.99, **wanted)  # type: ignore[arg-type]


def test_the_charts_lead_to_their_pictures() -> None:
    with replay(answer) as server:
        made = make_compared(server, with_truth=5)
        sight = compare(made.project, Side(FIRST, 50), Side(SECOND, 50))
        summary = desk.summarise_comparison(LEAD, sight)
        everything = [item.id for item in made.items]
        for pair in summary.pairs:
            selection = desk.select_became(LEAD, sight.comparison.id, pair.a, pair.b, title="These")
            page = desk.list_items(LEAD, made.project.id, Wish(selection=selection.id))
            # All pictures have the same masks.
            assert [row.item.id for row in page.rows] == everything
            assert (selection.items, selection.title) == (pair.items, "These")
        assert summary.gains is not None
        for gain in summary.gains.classes:
            selection = desk.select_gained(LEAD, sight.comparison.id, gain.name, title="Those")
            assert selection.items == gain.items == 5
        with pytest.raises(Conflict, match="no such picture"):
            desk.select_became(LEAD, sight.comparison.id, "sky", "sea", title="None")


def test_a_picture_is_seen_with_both_answers() -> None:
    with replay(answer) as server:
        made = make_compared(server, 2)
        sight = compare(made.project, Side(FIRST, 50), Side(SECOND, 50))
        item = made.items[1]
        seen = desk.see_change(Person("Vi", "viewer"), sight.comparison.id, item.id)
        assert (seen.a.answer.model, seen.b.answer.model) == (FIRST, SECOND)
        assert seen.a.id == item.answer_id
        assert (seen.image.sha256, seen.image.name) == (item.image_sha256, item.name)
        with pytest.raises(Conflict, match="not part of this comparison"):
            desk.see_change(LEAD, sight.comparison.id, "0" * 32)


def test_what_comes_later_is_counted_when_somebody_looks() -> None:
    with replay(answer) as server:
        made = make_compared(server, 3)
        sight = compare(made.project, Side(FIRST, 50), Side(FIRST, 80))
        before = desk.summarise_comparison(LEAD, sight)
        desk.remove_item(LEAD, made.items[0].id)
        after = desk.look_at_comparison(LEAD, sight.comparison.id)
        assert (after.total, after.is_over) == (2, True)
        assert desk.summarise_comparison(LEAD, after).items == before.items - 1
        brought = add_files(made.connection, made.project, [("new.jpg", make_jpeg(SIZE, seed=99))])
        assert brought[0].item is not None
        wait_for(lambda: desk.look_at_comparison(LEAD, sight.comparison.id).total == 3, "known")
        wait_for(lambda: desk.look_at_comparison(LEAD, sight.comparison.id).is_over, "counted")
        after = desk.look_at_comparison(LEAD, sight.comparison.id)
        assert desk.summarise_comparison(LEAD, after).items == before.items
        # After a restart the comparison is there, and nothing is counted again.
        desk.open_desk.clear()
        again = desk.look_at_comparison(LEAD, sight.comparison.id)
        assert again.is_over
        assert again.comparison == after.comparison
        database = desk.open_desk().database
        kept = comparison_totals.find_summary(database, sight.comparison.id)
        assert kept == desk.summarise_comparison(LEAD, again)
        changes, failed = comparison_lists.load_changes(database, sight.comparison.id)
        assert kept == summarise(changes, failed=failed)


def test_what_nobody_answered_cannot_be_compared() -> None:
    with replay(answer) as server:
        made = make_compared(server, 1)
        with pytest.raises(Conflict, match="No picture of this project"):
            desk.begin_comparison(LEAD, made.project.id, Side(FIRST, 50), Side("my-data/5", 50))

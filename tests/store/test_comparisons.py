"""Comparisons on both databases: which answers stand for a side, what is old, what is listed."""

from __future__ import annotations

import hashlib
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from components.errors import Conflict
from components.model.comparison import Comparison, ItemChange, Pair, Side, SideErrors
from components.model.comparison_summary import Summary, summarise
from components.model.insights import Slice
from components.model.review import Item, Project, Status
from components.store import (
    Database,
    bundle,
    comparison_lists,
    comparison_picks,
    comparison_sides,
    comparison_totals,
    comparisons,
    items,
    open_database,
    reviews,
    truths,
)
from components.store.comparison_sides import Pending
from components.store.schema import comparison_items
from tests.store.material import (
    NOW,
    add_pictures,
    make_answer,
    make_decision,
    make_project,
    put_truth,
)

pytestmark = pytest.mark.both_databases

A = Side("fields/3", 50)
B = Side("fields/4", 50)
WHOLE = Slice()


def add_answer(
    database: Database,
    item: Item,
    mask: bytes,
    *,
    model: str = "fields/4",
    confidence: int = 1,
    cut_to: int | None = 50,
    now: int = NOW + 1,
) -> str:
    answer = make_answer(mask, model=model, confidence=confidence)
    return items.store_answer(database, item.image_sha256, answer, cut_to=cut_to, now=now)


def begin(database: Database, project: Project, a: Side = A, b: Side = B) -> Comparison:
    return comparisons.begin_comparison(database, project.id, a, b, by="lead", now=NOW)


def make_change(pending: Pending, changed: float = 0.1) -> ItemChange:
    pixels = pending.size_wh[0] * pending.size_wh[1]
    pairs = (Pair("road", "sky", round(changed * pixels)),) if changed else ()
    errors = SideErrors({"road": (1, 2, 3)}, {"void": 4}) if pending.truth_sha256 else None
    return ItemChange(pending.item_id, pixels, changed, pairs, errors, errors)


def count_all(database: Database, comparison: Comparison, *changed: float) -> list[Pending]:
    pending = comparison_sides.take_pending(database, comparison.id)
    shares = changed or (0.1,) * len(pending)
    comparisons.keep_changes(
        database,
        comparison.id,
        [(one, make_change(one, share)) for one, share in zip(pending, shares, strict=True)],
    )
    return pending


def test_whose_answers_there_are(database: Database) -> None:
    project = make_project(database)
    other = make_project(database, name="Others")
    made = add_pictures(database, project, ["a", "b", "c"])
    add_pictures(database, other, ["d"])
    add_answer(database, made[0], b"x")
    add_answer(database, made[1], b"y", model="fields/5", confidence=40, cut_to=None)
    add_answer(database, made[1], b"z", model="fields/5", confidence=70, cut_to=None)
    add_answer(database, made[2], b"w", model="fields/5", confidence=70, cut_to=None)
    found = [
        (known.model, known.confidence, known.items)
        for known in comparison_sides.list_known(database, project.id)
    ]
    assert found == [
        ("fields/3", None, 3),
        ("fields/5", 70, 2),
        ("fields/4", None, 1),
        ("fields/5", 40, 1),
    ]


def test_over_how_many_both_are_known(database: Database) -> None:
    project = make_project(database)
    made = add_pictures(database, project, ["a", "b", "c", "d"])
    for item in made[:2]:
        add_answer(database, item, b"x" + item.name.encode())
    items.remove_item(database, made[3].id, by="lead", now=NOW)
    extent = comparison_sides.measure_extent(database, project.id, A, B)
    assert (extent.items, extent.a, extent.b, extent.both) == (3, 3, 2, 2)
    # An answer that holds one confidence alone is not known at another.
    add_answer(database, made[2], b"z", model="fields/5", confidence=70, cut_to=None)
    for confidence, both in ((70, 1), (71, 0)):
        side = Side("fields/5", confidence)
        assert comparison_sides.measure_extent(database, project.id, A, side).both == both
    # Two confidences of one answer are.
    same = comparison_sides.measure_extent(database, project.id, A, Side("fields/3", 80))
    assert same.both == 3


def test_what_is_compared_again_is_the_same_comparison(database: Database) -> None:
    project = make_project(database)
    first = begin(database, project)
    assert begin(database, project) == first
    turned = begin(database, project, B, A)
    assert turned.id != first.id
    assert {one.id for one in comparisons.list_comparisons(database, project.id)} == {
        first.id,
        turned.id,
    }
    assert comparisons.find_comparison(database, first.id) == first
    assert (first.a, first.b, first.state, first.ended_at) == (A, B, "running", None)
    with pytest.raises(Conflict, match="the same"):
        begin(database, project, A, A)
    with pytest.raises(Conflict, match="0 to 100"):
        begin(database, project, A, Side("fields/4", 101))
    with pytest.raises(Conflict, match="no such comparison"):
        comparisons.find_comparison(database, "0" * 32)


def test_the_answer_that_is_reviewed_goes_first_then_the_newest(database: Database) -> None:
    project = make_project(database)
    (item,) = add_pictures(database, project, ["a"])
    add_answer(database, item, b"a newer one of the same model", model="fields/3", now=NOW + 9)
    old = add_answer(database, item, b"old", now=NOW + 1)
    new = add_answer(database, item, b"new", now=NOW + 2)
    assert old != new
    comparison = begin(database, project)
    (pending,) = comparison_sides.take_pending(database, comparison.id)
    assert (pending.a_answer_id, pending.b_answer_id) == (item.answer_id, new)
    assert pending.size_wh == (40, 30)


def test_only_what_changed_is_counted_anew(database: Database) -> None:
    project = make_project(database)
    made = add_pictures(database, project, ["a", "b", "c"])
    for item in made:
        add_answer(database, item, b"x" + item.name.encode())
    put_truth(database, made[1].id, b"truth")
    comparison = begin(database, project)
    assert comparison_sides.count_pending(database, comparison.id) == (3, 3)
    pending = count_all(database, comparison)
    assert [one.item_id for one in pending] == [item.id for item in made]
    assert pending[1].truth_sha256 == hashlib.sha256(b"truth").hexdigest()
    assert pending[1].truth_map == {1: "road"}
    assert comparison_sides.count_pending(database, comparison.id) == (0, 3)

    def list_pending() -> list[str]:
        return [one.name for one in comparison_sides.take_pending(database, comparison.id)]

    # Another answer, another truth, a first truth, each once.
    add_answer(database, made[0], b"newer", now=NOW + 5)
    assert list_pending() == ["a"]
    with database.write() as connection:
        sha = hashlib.sha256(b"xb").hexdigest()
        truths.put_truth(connection, made[1].id, sha, (40, 30), {}, by="lead", now=NOW)
    assert list_pending() == ["a", "b"]
    put_truth(database, made[2].id, b"truth")
    assert list_pending() == ["a", "b", "c"]
    count_all(database, comparison)
    assert list_pending() == []
    # Taken out, and a new one.
    items.remove_item(database, made[0].id, by="lead", now=NOW)
    assert comparison_sides.count_pending(database, comparison.id) == (0, 2)
    (added,) = add_pictures(database, project, ["d"])
    assert list_pending() == []
    add_answer(database, added, b"xd")
    assert list_pending() == ["d"]
    with database.read() as connection:
        number = connection.scalar(select(func.count()).select_from(comparison_items))
    assert number == 3


def test_a_truth_of_other_names_or_a_better_mask_is_counted_anew(database: Database) -> None:
    project = make_project(database)
    made = add_pictures(database, project, ["a", "b", "c"])
    for item in made:
        add_answer(database, item, b"x" + item.name.encode())
        put_truth(database, item.id, b"truth")
    comparison = begin(database, project)
    other = begin(database, project, B, A)
    sha = hashlib.sha256(b"truth").hexdigest()

    def name_truth(item: Item, class_map: dict[int, str]) -> None:
        with database.write() as connection:
            truths.put_truth(connection, item.id, sha, (40, 30), class_map, by="lead", now=NOW)

    for item in made:
        name_truth(item, {1: "road"})
    found: list[tuple[Pending, ItemChange | str]] = []
    for one in comparison_sides.take_pending(database, comparison.id):
        unread = replace(make_change(one), truth_a=None, truth_b=None, is_truth_unread=True)
        came: dict[str, ItemChange | str] = {"a": make_change(one), "b": unread, "c": "It is lost."}
        found.append((one, came[one.name]))
    comparisons.keep_changes(database, comparison.id, found)
    count_all(database, other)
    changes, failed = comparison_lists.load_changes(database, comparison.id)
    assert (changes, failed) == ([change for _, change in found if change != "It is lost."], 1)

    def count_pending() -> tuple[int, int]:
        return (
            comparison_sides.count_pending(database, comparison.id)[0],
            comparison_sides.count_pending(database, other.id)[0],
        )

    assert count_pending() == (0, 0)
    # The same once more: it may be there again where it was lost.
    for item, number in zip(made, (0, 1, 2), strict=True):
        name_truth(item, {1: "road"})
        assert count_pending() == (number, 0)
    # Other names: what came of A against B stays meanwhile.
    name_truth(made[0], {1: "Straße"})
    assert count_pending() == (3, 1)
    assert comparison_lists.count_changed(database, comparison.id) == 2
    before = comparison_sides.take_pending(database, comparison.id)
    name_truth(made[0], {1: "tree"})  # while they are being counted
    comparisons.keep_changes(database, comparison.id, [(one, make_change(one)) for one in before])
    assert count_pending() == (1, 1)
    count_all(database, comparison)
    count_all(database, other)
    assert count_pending() == (0, 0)


def test_pages_of_what_is_to_be_counted(database: Database) -> None:
    project = make_project(database)
    made = add_pictures(database, project, [f"{at}" for at in range(7)])
    for item in made:
        add_answer(database, item, b"x" + item.name.encode())
    comparison = begin(database, project)
    seen: list[str] = []
    after = 0
    while page := comparison_sides.take_pending(database, comparison.id, after=after, limit=3):
        seen += [one.item_id for one in page]
        after = page[-1].position
    assert seen == [item.id for item in made]


def test_what_was_found_is_read_back(database: Database) -> None:
    project = make_project(database)
    made = add_pictures(database, project, ["a", "b", "c", "d"])
    for item in made:
        add_answer(database, item, b"x" + item.name.encode())
    put_truth(database, made[0].id, b"truth")
    comparison = begin(database, project)
    pending = comparison_sides.take_pending(database, comparison.id)
    shares = dict(zip([item.id for item in made], (0.25, 0.0, 0.5), strict=False))
    found = [
        (one, make_change(one, shares[one.item_id]) if one.item_id in shares else "It is damaged.")
        for one in pending
    ]
    comparisons.keep_changes(database, comparison.id, found)
    comparisons.keep_changes(database, comparison.id, found)
    changes, failed = comparison_lists.load_changes(database, comparison.id)
    assert failed == 1
    assert changes == [change for _, change in found if isinstance(change, ItemChange)]
    assert comparison_lists.list_problems(database, comparison.id) == [("d", "It is damaged.")]
    # One that cannot be compared is not tried for ever.
    assert comparison_sides.count_pending(database, comparison.id) == (0, 4)

    names = [one.item.name for one in comparison_lists.list_changed(database, comparison.id)]
    assert names == ["c", "a", "b"]
    second = comparison_lists.list_changed(database, comparison.id, skip=1, limit=1)
    assert [(one.item.name, one.changed) for one in second] == [("a", 0.25)]
    assert second[0].pairs == (Pair("road", "sky", 300),)
    assert comparison_lists.count_changed(database, comparison.id) == 3
    assert comparison_lists.count_changed(database, comparison.id, above=0.25) == 1
    assert comparison_lists.count_changed(database, comparison.id, above=0.0) == 2
    reviews.decide(database, make_decision(made[1]), "Ana", now=NOW)
    reviews.decide(database, make_decision(made[2], "rejected"), "Ana", now=NOW)
    approved = comparison_lists.list_changed(database, comparison.id, status=("approved",))
    assert [one.item.name for one in approved] == ["b"]
    decided: tuple[Status, ...] = ("approved", "rejected")
    assert comparison_lists.count_changed(database, comparison.id, status=decided) == 2
    assert comparison_lists.count_changed(database, comparison.id, status=decided, above=0.1) == 1
    one = comparison_lists.find_changed(database, comparison.id, made[0].id)
    assert one is not None
    assert (one.changed, one.size_wh, one.a_answer_id) == (0.25, (40, 30), made[0].answer_id)
    assert comparison_lists.find_changed(database, comparison.id, made[3].id) is None


def test_how_it_stands_is_written_down(database: Database) -> None:
    project = make_project(database)
    comparison = begin(database, project)
    comparisons.note_state(database, comparison.id, is_done=False, now=NOW, problem="No disk.")
    assert comparisons.find_comparison(database, comparison.id).problem == "No disk."
    comparisons.note_state(database, comparison.id, is_done=True, now=NOW + 7)
    found = comparisons.find_comparison(database, comparison.id)
    assert (found.state, found.problem, found.ended_at) == ("done", "", NOW + 7)


def test_each_mark_of_a_chart_leads_to_its_pictures(database: Database) -> None:
    project = make_project(database)
    made = add_pictures(database, project, ["a", "b", "c", "d", "e", "f"])
    for item in made:
        add_answer(database, item, b"x" + item.name.encode())
    comparison = begin(database, project)
    pairs = {
        "a": (Pair("road", "sky", 30), Pair("sky", "road", 90)),
        "b": (Pair(" Road", "SKY", 50),),
        "c": (Pair("BG", "road", 70),),
        "d": (Pair("road", "sky", 50),),
        "e": (),
    }
    truth = {
        "a": ((50, 25, 25), (60, 20, 20)),  # 50 % and 60 %
        "b": ((80, 10, 10), (40, 30, 30)),  # 80 % and 40 %
        "c": ((0, 0, 0), (0, 7, 0)),  # neither true nor in A
        "d": ((0, 9, 0), (0, 0, 0)),  # neither true nor in B
        "e": ((10, 0, 0), (10, 0, 0)),
    }
    found: list[tuple[Pending, ItemChange | str]] = []
    for one in comparison_sides.take_pending(database, comparison.id):
        if one.name == "f":
            found.append((one, "It is lost."))
            continue
        a, b = (
            SideErrors({name: three} if any(three) else {})
            for name, three in zip(("Road", " road"), truth[one.name], strict=True)
        )
        changed = sum(pair.pixels for pair in pairs[one.name]) / 1200
        found.append((one, ItemChange(one.item_id, 1200, changed, pairs[one.name], a, b)))
    comparisons.keep_changes(database, comparison.id, found)
    names = {item.id: item.name for item in made}

    def list_became(a: str, b: str, wanted: Slice = WHOLE) -> str:
        listed = comparison_picks.list_became(database, comparison.id, a, b, wanted)
        return "".join(names[item_id] for item_id in listed)

    def list_gained(name: str, wanted: Slice = WHOLE) -> str:
        listed = comparison_picks.list_gained(database, comparison.id, name, wanted)
        return "".join(names[item_id] for item_id in listed)

    assert list_became("road", "sky") == "bda"
    assert list_became("Sky", "road") == "a"
    assert list_became("background", "Road") == "c"
    assert list_became("sky", "background") == ""
    assert list_gained("road") == "baedc"
    assert list_gained("sky") == ""
    reviews.decide(database, make_decision(made[0]), "Ana", now=NOW)
    reviews.decide(database, make_decision(made[1], "rejected"), "Ana", now=NOW)
    assert list_became("road", "sky", Slice(status=("approved", "rejected"))) == "ba"
    assert list_gained("road", Slice(name_part="D")) == "d"
    items.remove_item(database, made[1].id, by="lead", now=NOW)
    assert (list_became("road", "sky"), list_gained("road")) == ("da", "aedc")
    first = comparison_picks.list_became(database, comparison.id, "road", "sky", limit=1)
    assert first == [made[3].id]
    with pytest.raises(Conflict, match="no such comparison"):
        comparison_picks.list_became(database, "0" * 32, "road", "sky")
    with pytest.raises(Conflict, match="status"):
        list_gained("road", Slice(status=("removed",)))  # type: ignore[arg-type]


def test_a_filter_holds_for_all_that_is_told_of_a_comparison(database: Database) -> None:
    project = make_project(database)
    made = add_pictures(database, project, ["quay 1", "quay 2", "hill 3", "quay 4"])
    for item in made:
        add_answer(database, item, b"x" + item.name.encode())
    comparison = begin(database, project)
    found: list[tuple[Pending, ItemChange | str]] = [
        (one, "It is lost." if one.name == "quay 4" else make_change(one, one.position / 10))
        for one in comparison_sides.take_pending(database, comparison.id)
    ]
    comparisons.keep_changes(database, comparison.id, found)
    before = comparison_sides.stamp_slices(database, project.id)
    reviews.decide(database, make_decision(made[0]), "Ana", now=NOW)
    reviews.decide(database, make_decision(made[2]), "Ana", now=NOW)
    assert comparison_sides.stamp_slices(database, project.id) != before
    quays = Slice(name_part="QUAY")
    for wanted, names, failed in (
        (WHOLE, ["hill 3", "quay 2", "quay 1"], 1),
        (quays, ["quay 2", "quay 1"], 1),
        (Slice(status=("approved",)), ["hill 3", "quay 1"], 0),
        (Slice(status=("approved",), name_part="quay"), ["quay 1"], 0),
        (Slice(class_name="nothing"), [], 0),
    ):
        listed = comparison_lists.list_changed(database, comparison.id, wanted)
        assert [one.item.name for one in listed] == names
        assert comparison_lists.count_changed(database, comparison.id, wanted) == len(names)
        changes, lost = comparison_lists.load_changes(database, comparison.id, wanted)
        ids = {one.item_id for one in changes}
        assert (ids, lost) == ({one.item.id for one in listed}, failed)
        problems = comparison_lists.list_problems(database, comparison.id, wanted)
        assert problems == [("quay 4", "It is lost.")] * failed
    # What a list is asked for is asked within the filter.
    open_ones = comparison_lists.list_changed(database, comparison.id, quays, status=("open",))
    assert [one.item.name for one in open_ones] == ["quay 2"]


def test_what_it_came_to_is_kept_until_anything_of_it_changes(database: Database) -> None:
    project = make_project(database)
    made = add_pictures(database, project, [f"{at}" for at in range(7)])
    for item in made:
        add_answer(database, item, b"x" + item.name.encode())
    for item in made[:6]:
        put_truth(database, item.id, b"truth")
    comparison = begin(database, project)

    def sum_up() -> Summary:
        changes, failed = comparison_lists.load_changes(database, comparison.id)
        return summarise(changes, failed=failed)

    def keep() -> bool:
        stamp = comparison_totals.stamp_rows(database, comparison.id)
        return comparison_totals.keep_summary(database, comparison.id, sum_up(), stamp)

    def find() -> Summary | None:
        return comparison_totals.find_summary(database, comparison.id)

    assert find() is None
    assert keep()
    assert find() == sum_up()
    assert find() is not None
    count_all(database, comparison, 0.1, 0.2, 0.3, 0.4, 1 / 3, 0.0, 0.6)
    assert find() is None
    assert keep()
    kept = find()
    assert kept == sum_up()
    assert kept is not None
    assert kept.gains is not None
    assert kept.gains.classes[0].difference is not None
    assert kept.gains.ignored == {"void": 24}
    # It is of no use to whoever only lists comparisons, and does no harm there.
    assert comparisons.list_comparisons(database, project.id) == [comparison]
    comparisons.note_state(database, comparison.id, is_done=True, now=NOW)
    assert find() == kept
    # A picture is taken out; another one is.
    items.remove_item(database, made[0].id, by="lead", now=NOW)
    assert find() is None
    assert keep()
    assert find() == sum_up() != kept
    # Whatever was read before something changed is not kept.
    stamp = comparison_totals.stamp_rows(database, comparison.id)
    comparisons.note_state(database, comparison.id, is_done=False, now=NOW)
    assert not comparison_totals.keep_summary(database, comparison.id, sum_up(), stamp)
    comparisons.note_state(database, comparison.id, is_done=True, now=NOW + 1)
    assert not comparison_totals.keep_summary(database, comparison.id, sum_up(), stamp)
    assert not comparison_totals.keep_summary(database, "0" * 32, sum_up(), ())
    assert comparison_totals.find_summary(database, "0" * 32) is None


def test_a_comparison_is_removed_with_its_rows_alone(database: Database) -> None:
    project = make_project(database)
    made = add_pictures(database, project, ["a", "b"])
    for item in made:
        add_answer(database, item, b"x" + item.name.encode())
    gone, kept = begin(database, project), begin(database, project, B, A)
    pending = count_all(database, gone)
    count_all(database, kept)
    comparisons.remove_comparison(database, gone.id)
    assert comparisons.list_comparisons(database, project.id) == [kept]
    assert comparison_lists.count_changed(database, gone.id) == 0
    assert comparison_lists.count_changed(database, kept.id) == 2
    # Whoever still counts it is told, and leaves nothing behind.
    with pytest.raises(Conflict, match="no such comparison"):
        comparisons.keep_changes(database, gone.id, [(pending[0], make_change(pending[0]))])
    comparisons.note_state(database, gone.id, is_done=True, now=NOW)
    with pytest.raises(Conflict, match="no such comparison"):
        comparisons.remove_comparison(database, gone.id)
    again = begin(database, project)
    assert again.id != gone.id
    assert comparison_sides.count_pending(database, again.id) == (2, 2)


def test_what_was_asked_for_travels_and_is_counted_again(
    database: Database, tmp_path: Path
) -> None:
    project = make_project(database)
    for item in add_pictures(database, project, ["a", "b"]):
        add_answer(database, item, b"x" + item.name.encode())
    first, second = begin(database, project), begin(database, project, B, A)
    count_all(database, first)
    changes, failed = comparison_lists.load_changes(database, first.id)
    stamp = comparison_totals.stamp_rows(database, first.id)
    assert comparison_totals.keep_summary(
        database, first.id, summarise(changes, failed=failed), stamp
    )
    comparisons.note_state(database, first.id, is_done=True, now=NOW)
    comparisons.note_state(database, second.id, is_done=False, now=NOW, problem="No disk.")
    bundle.save_desk(database, tmp_path / "all.desk")
    with closing(open_database(f"sqlite:///{tmp_path / 'elsewhere.sqlite3'}")) as elsewhere:
        for _ in range(2):
            bundle.open_desk_file(elsewhere, tmp_path / "all.desk")
            arrived = comparisons.list_comparisons(elsewhere, project.id)
            assert {one.id: one for one in arrived} == {first.id: first, second.id: second}
        assert comparison_sides.count_pending(elsewhere, first.id) == (2, 2)
        assert comparison_totals.find_summary(elsewhere, first.id) is None
        count_all(elsewhere, first)
        assert comparison_lists.load_changes(elsewhere, first.id) == (changes, failed)
        # The same two compared here already are not there twice.
        comparisons.remove_comparison(elsewhere, first.id)
        own = begin(elsewhere, project)
        bundle.open_desk_file(elsewhere, tmp_path / "all.desk")
        arrived = comparisons.list_comparisons(elsewhere, project.id)
        assert {one.id for one in arrived} == {own.id, second.id}

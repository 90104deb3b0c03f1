"""Every figure of the charts against the same figure counted from raw masks and lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from sqlalchemy import select, update

from components.batch.catching_up import measure_next
from components.errors import Conflict
from components.model.insights import RANK_KINDS, Pick, Slice
from components.model.measures import Measures
from components.model.review import STATUSES
from components.model.scores import score_confusion
from components.store import Database, insights, items, projects, reviews
from components.store import content as store_content
from components.store.insights import keeping
from components.store.schema import item_measures
from components.store.truths import put_truth
from tests.store.insight_material import (
    CLASS_MAP,
    TRUTH_MAP,
    Desk,
    Pixels,
    encode,
    list_lines,
)
from tests.store.material import NOW, add_pictures, make_decision, make_project
from tests.store.recount import check_consistency

pytestmark = pytest.mark.both_databases

SLICES = (
    Slice(),
    Slice(status=("approved", "open")),
    Slice(class_name="Road"),
    Slice(name_part="caFÉ"),
    Slice(status=("rejected",), class_name="tree", name_part="1"),
)
HOUR = 3_600_000
DAY = 24 * HOUR


def test_there_is_something_of_everything(desk: Desk) -> None:
    given = desk.database, desk.project.id, Slice()
    curves = insights.load_curves(*given)
    assert curves.flips.sum() > 5
    assert min(curves.with_confidence, curves.without_confidence) > 2
    assert any(box.outliers for box in insights.summarise_shares(*given))
    truth = insights.load_truth_totals(*given)
    assert sum(truth.ignored.values()) > 100
    assert np.count_nonzero(truth.confusion) > 8
    assert all(len(insights.rank_items(*given, kind)) > 1 for kind in RANK_KINDS)
    assert all(desk.choose(wanted) for wanted in SLICES[:4])


def test_counts_of_pictures_and_decisions(desk: Desk) -> None:
    for wanted in SLICES:
        totals = insights.count_totals(desk.database, desk.project.id, wanted)
        chosen = desk.choose(wanted)
        assert totals.items == totals.with_answer == len(chosen)
        assert sum(totals.by_status.values()) == len(chosen)
        assert set(totals.by_status) == set(STATUSES)
        assert totals.with_truth == sum(one.truth is not None for one in chosen)
        assert totals.decisions == len(list(list_lines(desk, wanted)))
    check_consistency(desk.database)


@pytest.mark.parametrize(("ahead", "length"), [(0, DAY), (-210, DAY), (120, HOUR), (60, 7 * DAY)])
def test_verdicts_over_time(desk: Desk, ahead: int, length: int) -> None:
    for wanted in SLICES:
        shift = ahead * 60_000
        if length == 7 * DAY:
            shift += 3 * DAY  # 29 December 1969 was a Monday
        expected = Counter(
            ((line.at + shift) // length * length - shift, line.move)
            for line in list_lines(desk, wanted)
        )
        found = insights.count_verdicts_over_time(
            desk.database,
            desk.project.id,
            wanted,
            bucket_ms=length,
            zone=timezone(timedelta(minutes=ahead)),
        )
        assert {(one.start, one.move): one.n for one in found} == expected
        assert [one.start for one in found] == sorted(one.start for one in found)


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25)])
def test_days_on_which_clocks_are_changed(database: Database, day: str, hours: int) -> None:
    """A decision each hour over three days, of which the middle one is longer or shorter."""
    zone = ZoneInfo("Europe/Rome")
    midnight = datetime.fromisoformat(day).replace(tzinfo=zone)
    begin = int((midnight - timedelta(days=1)).timestamp() * 1000)
    project = make_project(database)
    (item,) = add_pictures(database, project, ["a.jpg"])
    for hour in range(24 + hours + 24):
        current = items.find_item(database, item.id)
        at = begin + hour * HOUR
        reviews.decide(database, make_decision(current, "approved"), "anna", now=at)
    given = database, project.id, Slice()
    found = insights.count_verdicts_over_time(*given, bucket_ms=DAY, zone=zone)
    assert [one.n for one in found] == [24, hours, 24]
    assert [one.start for one in found] == [begin, begin + DAY, begin + DAY + hours * HOUR]
    # A clock that stays as it is on one of these days tells two of them wrongly.
    ahead = midnight.utcoffset()
    assert ahead is not None
    fixed = insights.count_verdicts_over_time(*given, bucket_ms=DAY, zone=timezone(ahead))
    assert [one.n for one in fixed] != [24, hours, 24]
    by_hour = insights.count_verdicts_over_time(*given, bucket_ms=HOUR, zone=zone)
    assert [one.start for one in by_hour] == [begin + at * HOUR for at in range(48 + hours)]


def test_reasons(desk: Desk) -> None:
    for wanted in SLICES:
        plain: Counter[tuple[str, str]] = Counter()
        by_class: Counter[tuple[str, str, str]] = Counter()
        for line in list_lines(desk, wanted):
            for reason in line.reasons:
                plain[reason, line.move] += 1
                for name in line.class_names:
                    by_class[reason, line.move, name] += 1
        found = insights.count_reasons(desk.database, desk.project.id, wanted)
        assert {(one.reason, one.move): one.n for one in found} == plain
        assert all(one.class_name == "" for one in found)
        found = insights.count_reasons(desk.database, desk.project.id, wanted, by_class=True)
        assert {(one.reason, one.move, one.class_name): one.n for one in found} == by_class


def _interpolate(values: list[float], at: float) -> float:
    place = at * (len(values) - 1)
    low = int(place)
    high = min(low + 1, len(values) - 1)
    return values[low] + (values[high] - values[low]) * (place - low)


def test_shares(desk: Desk) -> None:
    for wanted in SLICES:
        chosen = desk.choose(wanted)
        boxes = {
            box.class_name: box
            for box in insights.summarise_shares(desk.database, desk.project.id, wanted)
        }
        present = {one.class_name: one.items for one in insights.count_presence(
            desk.database, desk.project.id, wanted
        )}  # fmt: skip
        for name in CLASS_MAP.values():
            by_id = {one.item.id: one.measure_share(name) for one in chosen}
            shares = sorted(share for share in by_id.values() if share)
            assert present.get(name, 0) == len(shares)
            if not shares:
                assert name not in boxes
                continue
            box = boxes[name]
            q1, median, q3 = (_interpolate(shares, at) for at in (0.25, 0.5, 0.75))
            assert (box.q1, box.median, box.q3) == pytest.approx((q1, median, q3), abs=1e-12)
            assert box.n == len(shares)
            assert box.mean == pytest.approx(sum(shares) / len(shares), abs=1e-12)
            reach = 1.5 * (q3 - q1)
            near = [one for one in shares if q1 - reach <= one <= q3 + reach]
            assert (box.low, box.high) == pytest.approx((near[0], near[-1]), abs=1e-12)
            assert box.far == len(shares) - len(near) == len(box.outliers)
            for outlier in box.outliers:
                assert by_id[outlier.item_id] == pytest.approx(outlier.share, abs=1e-12)
                assert not q1 - reach <= outlier.share <= q3 + reach


def test_classes_together(desk: Desk) -> None:
    for wanted in SLICES:
        found = insights.count_together(desk.database, desk.project.id, wanted)
        sets = [set(one.show(50)) for one in desk.choose(wanted)]
        assert set(found.names) == set().union(*sets)
        for row, first in enumerate(found.names):
            for column, second in enumerate(found.names):
                expected = sum({first, second} <= names for names in sets)
                assert found.items[row, column] == expected


def test_curves_and_flips(desk: Desk) -> None:
    for wanted in SLICES:
        curves = insights.load_curves(desk.database, desk.project.id, wanted)
        chosen = [one for one in desk.choose(wanted) if one.sure is not None]
        assert curves.with_confidence == len(chosen)
        assert curves.without_confidence == len(desk.choose(wanted)) - len(chosen)
        assert curves.pixels == sum(one.size_wh[0] * one.size_wh[1] for one in chosen)
        flips: Counter[tuple[str, int]] = Counter()
        bins: Counter[tuple[str, int]] = Counter()
        shown: Counter[str] = Counter()
        for one in chosen:
            assert one.sure is not None
            pairs = list(zip(one.look(one.ids), one.look(one.sure), strict=True))
            for class_id, byte in pairs:
                bins[CLASS_MAP[class_id], byte * 100 // 255] += 1
            for name in CLASS_MAP.values():
                if name == "background":
                    own = [byte for class_id, byte in pairs if class_id == 0]
                    shown[name] += any(byte * 100 >= 255 for byte in own)
                    continue
                was_there = name in one.show(1)
                shown[name] += was_there
                for confidence in range(2, 101):
                    is_there = name in one.show(confidence)
                    flips[name, confidence] += was_there and not is_there
                    was_there = is_there
        assert curves.backgrounds == (frozenset({"background"}) & set(curves.bins))
        assert {
            (name, int(at)): int(counts[at])
            for name, counts in curves.bins.items()
            for at in np.flatnonzero(counts)
        } == +bins
        assert {
            (name, int(at)): int(counts[at])
            for name, counts in curves.flips_by_class.items()
            for at in np.flatnonzero(counts)
        } == +flips
        assert int(curves.flips.sum()) == flips.total()
        assert +Counter(dict(curves.items)) == +shown
        sums = insights.sum_confidences(desk.database, desk.project.id, wanted)
        assert {name: counts.tolist() for name, counts in sums.items()} == {
            name: counts.tolist() for name, counts in curves.bins.items()
        }


def test_confidences_that_were_approved_at(desk: Desk) -> None:
    for wanted in SLICES:
        counted = list(list_lines(desk, wanted))
        by_reviewer = {}
        for line in sorted(counted, key=lambda line: line.seq):
            by_reviewer[line.item_id, line.reviewer] = line
        approved = {
            one.item.id: one
            for one in desk.choose(wanted)
            if items.find_item(desk.database, one.item.id).status == "approved"
        }
        expected = Counter(
            (name, line.confidence)
            for line in by_reviewer.values()
            if line.move == "approved" and line.item_id in approved
            for name in set(approved[line.item_id].show(50))
        )
        found = insights.list_approved_confidences(desk.database, desk.project.id, wanted)
        assert {(one.class_name, one.confidence): one.n for one in found} == expected


def test_truth(desk: Desk) -> None:
    for wanted in SLICES:
        chosen = [one for one in desk.choose(wanted) if one.truth is not None]
        totals = insights.load_truth_totals(desk.database, desk.project.id, wanted)
        assert (totals.items, totals.unmeasured) == (len(chosen), 0)
        expected: Counter[tuple[str, str]] = Counter()
        borders: Counter[tuple[str, int]] = Counter()
        for one in chosen:
            expected.update(one.compare())
            for name, sums in one.mark_borders().items():
                borders[name, 0] += sums[0]
                borders[name, 1] += sums[1]
        void = sum(n for pair, n in expected.items() if pair[0] == "void")
        assert sum(totals.ignored.values()) == void
        assert set(totals.ignored) <= {"void"}
        known = +Counter({pair: n for pair, n in expected.items() if pair[0] != "void"})
        folded = [name.strip().casefold() for name in totals.names]
        assert {
            (folded[row], folded[column]): int(totals.confusion[row, column])
            for row, column in zip(*np.nonzero(totals.confusion), strict=True)
        } == known
        assert len(folded) == len(set(folded))
        assert (
            +Counter(
                {
                    (name.strip().casefold(), at): sums[at]
                    for name, sums in totals.boundary.items()
                    for at in (0, 1)
                }
            )
            == +borders
        )


def test_ranks(desk: Desk) -> None:
    for wanted in SLICES:
        chosen = {one.item.id: one for one in desk.choose(wanted)}
        ranked = {
            kind: insights.rank_items(desk.database, desk.project.id, wanted, kind, limit=100)
            for kind in RANK_KINDS
        }
        for kind, rows in ranked.items():
            values = [row.value for row in rows]
            assert values == sorted(
                values, reverse=kind in ("tiny_islands", "area_outlier", "disagreement")
            )
            for row in rows:
                now = items.find_item(desk.database, row.item_id)
                assert (row.name, row.status) == (now.name, now.status)
        assert {row.item_id: row.value for row in ranked["low_confidence"]} == pytest.approx(
            {
                item_id: float(np.mean(one.sure / 255.0))
                for item_id, one in chosen.items()
                if one.sure is not None
            }
        )
        tiny = {item_id: one.count_regions()[1] for item_id, one in chosen.items()}
        assert {row.item_id: row.value for row in ranked["tiny_islands"]} == {
            item_id: n for item_id, n in tiny.items() if n
        }
        truth = {item_id: one for item_id, one in chosen.items() if one.truth is not None}
        assert {row.item_id: row.value for row in ranked["worst_truth"]} == pytest.approx(
            {item_id: one.measure_iou() for item_id, one in truth.items()}, abs=1e-12
        )
        assert {row.item_id: row.value for row in ranked["disagreement"]} == pytest.approx(
            {
                item_id: items.find_item(desk.database, item_id).disagreement
                for item_id in chosen
                if items.find_item(desk.database, item_id).disagreement
            }
        )
        far: dict[str, float] = {}
        for name in CLASS_MAP.values():
            by_id = {item_id: one.measure_share(name) for item_id, one in chosen.items()}
            by_id = {item_id: share for item_id, share in by_id.items() if share}
            shares = sorted(by_id.values())
            for item_id, share in by_id.items():
                q1, q3 = _interpolate(shares, 0.25), _interpolate(shares, 0.75)
                beyond = max(q1 - share, share - q3, 0) / max(q3 - q1, 0.001)
                far[item_id] = max(far.get(item_id, 0), beyond)
        assert {row.item_id: row.value for row in ranked["area_outlier"]} == pytest.approx(
            {item_id: beyond for item_id, beyond in far.items() if beyond > 1e-12}, abs=1e-9
        )
    with pytest.raises(Conflict, match="ranked"):
        insights.rank_items(desk.database, desk.project.id, Slice(), "beauty")  # type: ignore[arg-type]


def test_the_most_deserving_are_those_that_are_given(desk: Desk) -> None:
    for kind in RANK_KINDS:
        every = insights.rank_items(desk.database, desk.project.id, Slice(), kind)
        some = insights.rank_items(desk.database, desk.project.id, Slice(), kind, limit=3)
        assert some == every[:3]


def test_pictures_of_a_part_of_a_chart(desk: Desk) -> None:
    def pick(wanted: Slice, **more: object) -> list[str]:
        return insights.select_ids(
            desk.database,
            desk.project.id,
            wanted,
            Pick(**more),  # type: ignore[arg-type]
        )

    for wanted in SLICES:
        chosen = desk.choose(wanted)
        lines = list(list_lines(desk, wanted))
        assert pick(wanted) == [one.item.id for one in chosen]
        start, end = NOW + 7_000_000 * 3, NOW + 7_000_000 * 15
        assert set(pick(wanted, kind="decided", move="approved", start=start, end=end)) == {
            line.item_id for line in lines if line.move == "approved" and start <= line.at < end
        }
        assert set(pick(wanted, kind="reason", reason="missed", class_name="Straße")) == {
            line.item_id
            for line in lines
            if "missed" in line.reasons and "Straße" in line.class_names
        }
        assert pick(wanted, kind="reason", reason="missed", class_name="straße") == []
        assert pick(wanted, kind="together", class_name="Road", other="tree") == [
            one.item.id for one in chosen if {"Road", "tree"} <= set(one.show(50))
        ]
        assert set(pick(wanted, kind="vanishing", class_name="tree", confidence=70)) == {
            one.item.id
            for one in chosen
            if one.sure is not None and "tree" in one.show(69) and "tree" not in one.show(70)
        }
        flips = insights.load_curves(desk.database, desk.project.id, wanted).flips
        for percent in {1, 50, *np.flatnonzero(flips).tolist()}:
            # Each bar of the chart of flips is of all classes together.
            found = pick(wanted, kind="vanishing", confidence=percent)
            assert len(set(found)) == len(found) <= flips[percent]
            assert bool(found) == bool(flips[percent])
        confused = {
            one.item.id: one.compare()["pond", "road"]
            for one in chosen
            if one.truth is not None and one.compare()["pond", "road"]
        }
        found = pick(wanted, kind="confused", class_name="pond", other="ROAD")
        assert set(found) == set(confused)
        assert [confused[one] for one in found] == sorted(confused.values(), reverse=True)
        for box in insights.summarise_shares(desk.database, desk.project.id, wanted):
            outliers = [one.item_id for one in box.outliers]
            assert pick(wanted, kind="outliers", class_name=box.class_name) == outliers


def test_regions_are_counted_at_the_confidence(desk: Desk) -> None:
    with desk.database.read() as connection:
        rows = connection.execute(select(item_measures)).mappings()
        found = {row["item_id"]: (row["regions"], row["tiny_islands"]) for row in rows}
    expected = {one.item.id: one.count_regions() for one in desk.pictures}
    assert found == expected
    assert sum(tiny for _, tiny in expected.values()) > 3


def test_what_changes_is_counted_again(desk: Desk) -> None:
    database, project_id = desk.database, desk.project.id
    total = len(desk.pictures) - 1
    assert insights.count_unmeasured(database, project_id).pending == 0
    assert insights.count_unmeasured(database, project_id).items == total
    projects.change_project(database, project_id, by="lead", now=NOW, confidence=65)
    cut = sum(one.sure is not None for one in desk.choose(Slice()))
    assert insights.count_unmeasured(database, project_id).pending == cut
    assert measure_next(database, project_id, 5) == 5
    assert insights.count_unmeasured(database, project_id).pending == cut - 5
    while measure_next(database, project_id, 50):
        pass
    boxes = insights.summarise_shares(database, project_id, Slice())
    chosen = desk.choose(Slice())
    for box in boxes:
        shares = [one.measure_share(box.class_name, 65) for one in chosen]
        assert box.n == sum(share > 0 for share in shares)
        assert box.mean == pytest.approx(sum(shares) / box.n, abs=1e-12)
    check_consistency(database)


def test_a_truth_mask_that_comes_later_is_counted(desk: Desk) -> None:
    database, project_id = desk.database, desk.project.id
    before = insights.load_truth_totals(database, project_id, Slice())
    first, second = desk.pictures[0], desk.pictures[1]
    assert first.truth is None
    assert second.truth is not None
    late = np.full((9, 11), 6, np.uint8)
    for at, one in enumerate((first, second)):
        desk.pictures[at] = replace(one, truth=late)
        with database.write() as connection:
            sha256 = store_content.store_blob(connection, encode(late))
            put_truth(connection, one.item.id, sha256, (11, 9), TRUTH_MAP, by="lead", now=NOW)
    between = insights.load_truth_totals(database, project_id, Slice())
    assert (between.items, between.unmeasured) == (before.items - 1, 2)
    assert measure_next(database, project_id, 50) == 2
    after = insights.load_truth_totals(database, project_id, Slice())
    assert (after.items, after.unmeasured) == (before.items + 1, 0)
    expected: Counter[tuple[str, str]] = Counter()
    for one in desk.choose(Slice()):
        if one.truth is not None:
            expected.update(one.compare())
    assert after.confusion.sum() == sum(n for pair, n in expected.items() if pair[0] != "void")


def _put_truth(desk: Desk, item_id: str, ids: Pixels, class_map: Mapping[int, str]) -> None:
    with desk.database.write() as connection:
        sha256 = store_content.store_blob(connection, encode(ids))
        wh = (ids.shape[1], ids.shape[0])
        put_truth(connection, item_id, sha256, wh, class_map, by="lead", now=NOW)


def _score(desk: Desk, wanted: Slice) -> float | None:
    while measure_next(desk.database, desk.project.id, 50):
        pass
    return score_confusion(
        insights.load_truth_totals(desk.database, desk.project.id, wanted).confusion
    ).mean_iou


def test_a_truth_without_names_has_the_ids_of_the_model(desk: Desk) -> None:
    one = desk.pictures[0]  # shown as it came
    assert one.sure is None
    _put_truth(desk, one.item.id, one.ids, {})
    own = Slice(name_part=one.item.name)
    assert _score(desk, own) == 1
    assert insights.load_truth_totals(desk.database, desk.project.id, own).nameless == 1
    assert insights.load_truth_totals(desk.database, desk.project.id, Slice()).nameless == 1


def test_other_names_of_the_same_truth_mask_are_counted(desk: Desk) -> None:
    one = desk.pictures[0]
    own = Slice(name_part=one.item.name)
    swapped = {key: CLASS_MAP[key ^ 1] for key in CLASS_MAP}
    _put_truth(desk, one.item.id, one.ids, swapped)
    assert _score(desk, own) == 0
    _put_truth(desk, one.item.id, one.ids, swapped)  # nothing new
    assert insights.count_unmeasured(desk.database, desk.project.id).pending == 0
    _put_truth(desk, one.item.id, one.ids, CLASS_MAP)
    assert insights.load_truth_totals(desk.database, desk.project.id, own).unmeasured == 1
    assert _score(desk, own) == 1
    check_consistency(desk.database)


def test_names_that_come_while_it_is_counted_are_counted(desk: Desk) -> None:
    one = desk.pictures[0]
    _put_truth(desk, one.item.id, one.ids, {})
    (pending,) = keeping.list_pending(desk.database, desk.project.id, 5)
    assert pending.truth is not None
    _put_truth(desk, one.item.id, one.ids, TRUTH_MAP)
    measures = Measures(50, 0, (), pending.truth.sha256)
    given = desk.database, pending.item_id, pending.answer_id, measures
    assert keeping.keep_measures(*given, areas=None, truth=pending.truth)
    assert insights.count_unmeasured(desk.database, desk.project.id).pending == 1
    (again,) = keeping.list_pending(desk.database, desk.project.id, 5)
    assert keeping.keep_measures(*given, areas=None, truth=again.truth)
    assert insights.count_unmeasured(desk.database, desk.project.id).pending == 0


def test_what_was_counted_by_earlier_rules_is_counted_again_where_it_differs(desk: Desk) -> None:
    with desk.database.write() as connection:
        connection.execute(update(item_measures).values(rules=1))
    number = sum(one.truth is not None for one in desk.choose(Slice()))
    assert 0 < number < len(desk.choose(Slice()))
    assert insights.count_unmeasured(desk.database, desk.project.id).pending == number


def test_masks_that_cannot_be_read_are_not_tried_for_ever(database: Database) -> None:
    project = make_project(database)
    made = add_pictures(database, project, ["1.jpg", "2.jpg"])
    assert measure_next(database, project.id, 10) == 2
    assert measure_next(database, project.id, 10) == 0
    assert insights.count_unmeasured(database, project.id).pending == 0
    # What it was listed by stays as it was.
    assert [one.items for one in insights.count_presence(database, project.id, Slice())] == [2, 2]
    assert insights.load_curves(database, project.id, Slice()).with_confidence == 0
    assert made[0].status == "open"


def test_a_project_that_is_not_there_has_nothing(database: Database) -> None:
    given = database, "0" * 32, Slice()
    assert insights.count_totals(*given).items == 0
    assert insights.count_verdicts_over_time(*given, bucket_ms=DAY) == []
    assert insights.count_reasons(*given) == []
    assert insights.summarise_shares(*given) == []
    assert insights.count_together(*given).names == ()
    assert insights.load_curves(*given).bins == {}
    assert insights.list_approved_confidences(*given) == []
    assert insights.load_truth_totals(*given).names == ()
    assert list(insights.list_voices(*given)) == []
    assert insights.count_reviews_by_hour(*given) == []
    assert insights.list_repeats(*given) == []
    assert insights.select_ids(*given) == []
    for kind in RANK_KINDS:
        assert insights.rank_items(*given, kind) == []


def test_what_cannot_be_asked_is_said(database: Database) -> None:
    with pytest.raises(Conflict, match="status"):
        insights.count_totals(database, "0" * 32, Slice(status=("lost",)))  # type: ignore[arg-type]
    with pytest.raises(Conflict, match="Time"):
        insights.count_verdicts_over_time(database, "0" * 32, Slice(), bucket_ms=0)
    with pytest.raises(Conflict, match="part of a chart"):
        insights.select_ids(database, "0" * 32, Slice(), Pick("nothing"))  # type: ignore[arg-type]

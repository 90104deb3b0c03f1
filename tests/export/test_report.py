"""The HTML report: what it counts and says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import jaccard_score  # type: ignore[import-untyped]

from components.export.exhibition import Exhibition
from components.export.preview import preview_export
from components.export.report import REPORT
from components.export.report_facts import MOST_SHOWN, gather_facts
from components.export.report_remarks import MOST_REMARKS, Noted
from components.model.exhibit import Exhibit, TruthFacts
from components.model.png import encode_gray
from components.model.review import Status
from tests.export.exhibits import Bytes, Shelf, make_exhibit, make_mask
from tests.export.reports import NASTY, Reader, make_pin, make_review, make_with_truth, write


def test_what_it_counts_is_what_there_is() -> None:
    statuses: tuple[Status, ...] = ("approved", "approved", "rejected", "needs_fix")
    listed = [
        make_exhibit(
            number,
            status=status,
            reviews=(make_review(number, status, reviewer=f"R{number % 3}", day=number),),
        )
        for number, status in enumerate(statuses, 1)
    ] + [make_exhibit(5, status="open"), make_exhibit(6, has_answer=False)]
    facts = gather_facts(Exhibition(Shelf(listed)))
    assert (facts.total, facts.decided, facts.decisions, facts.reviewers) == (6, 4, 4, 3)
    assert facts.models == {"streets/3": 5}
    assert (facts.masks, facts.damaged) == (5, 0)
    assert sum(facts.days.values(), Counter()) == {"approved": 2, "rejected": 1, "needs_fix": 1}
    assert len(facts.days) == 4
    # Shares, counted once more in the plainest way.
    masks = [make_mask(number) for number in range(1, 6)]
    for one in facts.shares:
        parts = [(mask == one.info.class_id).mean() for mask in masks]
        assert one.mean == pytest.approx(np.mean(parts), abs=1e-12)
        assert one.items == sum(part > 0 for part in parts)
        assert one.low == pytest.approx(np.sort(parts)[1], abs=5.1e-4)
        assert one.high == pytest.approx(np.sort(parts)[3], abs=5.1e-4)
    assert [one.info.name for one in facts.shares][-1] == "background"
    assert {one.info.name for one in facts.shares} == {"background", "road", "tree"}


def test_only_what_stands_counts() -> None:
    reviews = (
        make_review(1, "rejected", note="taken back", is_standing=False),
        make_review(2, "undone", is_standing=False),
        make_review(3, "skipped"),
        make_review(4, "needs_fix", reasons=("ragged", "missed"), class_names=("tree",), note="a"),
        make_review(5, "needs_fix", reasons=("ragged",), reviewer="Ben"),
    )
    facts = gather_facts(Exhibition(Shelf([make_exhibit(1, status="needs_fix", reviews=reviews)])))
    assert (facts.decisions, facts.reviewers) == (2, 2)
    assert facts.reasons == {"ragged": 2, "missed": 1}
    assert facts.named == {"tree": 1}
    assert [one.review.note for one in facts.remarks.shown if isinstance(one, Noted)] == ["a"]
    assert facts.remarks.total == 1


def test_a_picture_sent_back_has_what_it_was_sent_for_and_the_answer(tmp_path: Path) -> None:
    reviews = (
        make_review(1, "needs_fix", reasons=("missed",), note="the dog", is_standing=False),
        make_review(2, "needs_fix", note="not this", is_standing=False),
        replace(make_review(3, "undone", is_standing=False), undoes=make_review(2).id),
        make_review(4, "answered", note="drawn now", reviewer="Ben", is_standing=False),
    )
    exhibit = make_exhibit(1, status="answered", reviews=reviews)
    facts = gather_facts(Exhibition(Shelf([exhibit])))
    notes = [one.review.note for one in facts.remarks.shown if isinstance(one, Noted)]
    assert notes == ["the dog", "drawn now"]
    assert facts.decisions == 0
    text = Reader(write(tmp_path, [exhibit]).read_text()).text
    assert "Needs fix Missed something the dog" in text
    assert "Answered drawn now" in text
    assert "not this" not in text


def test_remarks_at_places_are_there_with_their_replies(tmp_path: Path) -> None:
    talked = make_pin(1, "The kerb is missing", ("reply", "Seen, redone"), ("resolve", ""))
    asked = make_pin(2, NASTY, ("resolve", ""), ("reopen", ""), class_name="")
    exhibit = replace(make_exhibit(1, reviews=(make_review(1, note="Fine"),)), pins=(talked, asked))
    path = write(tmp_path, [exhibit, make_exhibit(2)])
    page = Reader(path.read_text())
    remarks = page.text[page.text.index("pinned to places") :]
    assert (
        "street 1.jpg Approved Fine street 1.jpg Resolved Pinned where the mask says road "
        "The kerb is missing Reply Seen, redone street 1.jpg Open Pinned to a place "
    ) in remarks
    assert NASTY in remarks
    assert page.tags["script"] == 0
    assert "Secret" not in path.read_text()


def test_remarks_are_bounded_whatever_they_are(tmp_path: Path) -> None:
    replies = [("reply", f"reply {at}") for at in range(MOST_REMARKS)]
    listed = [
        replace(make_exhibit(1, reviews=(make_review(1, note="a note"),)), pins=()),
        replace(make_exhibit(2), pins=(make_pin(2, "a pin", *replies), make_pin(3, "no room"))),
    ]
    page = Reader(write(tmp_path, listed).read_text())
    assert "The first 300 of 303." in page.text
    assert f"reply {MOST_REMARKS - 3}" in page.text
    assert f"reply {MOST_REMARKS - 2}" not in page.text
    assert "no room" not in page.text


def test_pictures_shown_are_bounded_and_spread() -> None:
    listed = [make_exhibit(number, status="approved") for number in range(1, 101)]
    shown = gather_facts(Exhibition(Shelf(listed))).shown["approved"]
    assert len(shown) == MOST_SHOWN["approved"]
    places = [int(one.name.split()[1].split(".")[0]) for one in shown]
    assert places == sorted(places)
    gaps = np.diff(places)
    assert gaps.min() >= 5
    assert gaps.max() <= 6


def test_looking_it_over_reads_a_few_pictures_of_many() -> None:
    loaded: list[str] = []

    class Counted(Bytes):
        def load(self, sha256: str) -> bytes:
            loaded.append(sha256)
            return super().load(sha256)

    class Choosable(Shelf):
        def pick(self, places: list[int]) -> Iterator[Exhibit]:
            return (self.listed[place] for place in places)

    source = Counted()
    shelf = Choosable([make_exhibit(number, source=source) for number in range(1, 301)])
    loaded.clear()
    said = preview_export(REPORT, Exhibition(shelf), shelf)
    assert len(set(loaded)) <= 2 * 8
    assert (said.pictures, said.files, said.names) == (300, 1, ("report.html",))


def test_it_says_how_many_of_how_many(tmp_path: Path) -> None:
    listed = [make_exhibit(number, status="approved") for number in range(1, 31)]
    listed += [make_exhibit(number, status="rejected") for number in range(31, 34)]
    page = Reader(write(tmp_path, listed).read_text())
    assert "Approved 18 of 30, evenly spread" in page.text
    assert "Rejected 3 " in page.text
    assert "33 pictures, masks by streets/3" in page.text
    assert "Of 33 pictures with a verdict, 90.9 % are approved" in page.text
    # Wilson's interval of 30 of 33, worked out elsewhere: 0.7642, 0.9686.
    assert "speaks for 76 to 97 %" in page.text


def test_agreement_with_the_truth_is_that_of_scikit_learn(tmp_path: Path) -> None:
    made = [make_with_truth(number) for number in range(1, 6)]
    listed = [exhibit for exhibit, _, _ in made] + [make_exhibit(9)]
    truth = gather_facts(Exhibition(Shelf(listed))).truth
    assert truth is not None
    assert truth.items == 5
    said = np.concatenate([mask.ravel() for _, mask, _ in made])
    right = np.concatenate([names.ravel() for _, _, names in made])
    labelled = right != "void"
    assert truth.ignored == pytest.approx((~labelled).mean(), abs=1e-12)
    said, right = said[labelled], right[labelled]
    labels = ["background", "road", "tree"]
    ious = jaccard_score(right, said, labels=labels, average=None)
    found = {name.strip().casefold(): score.iou for name, score in truth.classes}
    assert found == pytest.approx(dict(zip(labels, ious, strict=True)), abs=1e-12)
    assert truth.mean_iou == pytest.approx(np.mean(ious), abs=1e-12)
    assert truth.pixel_accuracy == pytest.approx((said == right).mean(), abs=1e-12)
    page = Reader(write(tmp_path, listed).read_text())
    words = f"5 pictures have a truth mask: {100 * (said == right).mean():.1f} % of the pixels"
    assert words in page.text
    assert f"{100 * np.mean(ious):.1f} % in the mean (mean IoU)" in page.text
    assert "10.4 % of the pixels nobody labelled" in page.text
    assert "Against the truth" not in Reader(write(tmp_path, [make_exhibit(1)]).read_text()).text


def test_a_truth_mask_without_names_has_the_ids_of_the_model() -> None:
    source = Bytes()
    png = encode_gray(make_mask(1))
    exhibit = make_exhibit(1, source=source, truth=TruthFacts(source.keep(png), (64, 48), {}))
    truth = gather_facts(Exhibition(Shelf([exhibit]))).truth
    assert truth is not None
    assert len(truth.classes) > 1
    assert (truth.pixel_accuracy, truth.mean_iou) == (1, 1)


def test_a_damaged_truth_mask_harms_nothing_else(tmp_path: Path) -> None:
    exhibit, _, _ = make_with_truth(1)
    assert isinstance(exhibit.source, Bytes)
    assert exhibit.truth is not None
    exhibit.source.held[exhibit.truth.mask_sha256] = b"no PNG"
    facts = gather_facts(Exhibition(Shelf([exhibit])))
    assert (facts.truth, facts.masks, facts.damaged) == (None, 1, 0)
    assert facts.shown["approved"][0].picture is not None

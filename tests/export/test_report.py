"""The HTML report: what it counts and says, and that it is whole in itself."""

from __future__ import annotations

import base64
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from playwright.sync_api import Browser, Page
from sklearn.metrics import jaccard_score  # type: ignore[import-untyped]

from components.export.exhibition import Exhibition
from components.export.preview import preview_export
from components.export.report import REPORT, write_report
from components.export.report_charts import draw_days
from components.export.report_facts import MOST_SHOWN, gather_facts
from components.export.report_remarks import MOST_REMARKS, Noted
from components.export.sink import FileSink
from components.model.exhibit import Exhibit, TruthFacts
from components.model.png import encode_gray
from components.model.review import Pin, Reason, Remark, Review, Status
from tests.chromium import open_browser, quiet_page
from tests.export.exhibits import CLASS_MAP, PROJECT, Bytes, Shelf, make_exhibit, make_mask

DAY_MS = 86_400_000
NASTY = "<script>alert(1)</script>\"'><img src=http://127.0.0.1:9/x onerror=alert(2)>&amp; </style>"


def make_review(
    number: int,
    move: str = "approved",
    *,
    reasons: tuple[Reason, ...] = (),
    class_names: tuple[str, ...] = (),
    note: str = "",
    reviewer: str = "Ana",
    is_standing: bool = True,
    day: int = 0,
) -> Review:
    return Review(
        seq=number,
        id=f"{number:032x}",
        project_id=PROJECT.id,
        item_id=f"{number:032x}",
        item_name="",
        reviewer=reviewer,
        at=PROJECT.created_at + day * DAY_MS,
        move=move,  # type: ignore[arg-type]
        reasons=reasons,
        class_names=class_names,
        note=note,
        is_standing=is_standing,
    )


def write(tmp_path: Path, listed: list[Exhibit], name: str = "report.html") -> Path:
    path = tmp_path / name
    write_report(Exhibition(Shelf(listed)), FileSink(path))
    return path


class Reader(HTMLParser):
    """What stands on a page: its text, its elements, their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: Counter[str] = Counter()
        self.values: list[tuple[str, str]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.values += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        """All text, single spaces between words."""
        return " ".join(" ".join(self.words).split())


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


def make_pin(number: int, text: str, *said: tuple[str, str], class_name: str = " road") -> Pin:
    """A pin with remarks: what was done, and the words of it."""
    return Pin(
        id=f"{number:032x}",
        item_id="",
        x=10,
        y=20,
        text=text,
        class_id=1,
        class_name=class_name,
        author="Secret Ana",
        at=PROJECT.created_at,
        remarks=tuple(
            Remark(f"{at:032x}", "Secret Ben", PROJECT.created_at, act, words)  # type: ignore[arg-type]
            for at, (act, words) in enumerate(said)
        ),
    )


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


def make_with_truth(number: int) -> tuple[Exhibit, np.ndarray, np.ndarray]:
    """A picture with a truth mask in ids and spellings of its own; its mask and truth by name."""
    source = Bytes()
    other = np.array([3, 9, 4], np.uint8)  # background, road, tree
    truth = other[make_mask(number + 50)]
    truth[:5] = 255  # nobody labelled these
    truth_map = {3: "background", 9: "Road ", 4: "TREE"}
    facts = TruthFacts(source.keep(encode_gray(truth)), (64, 48), truth_map)
    names = np.full(256, "void", "<U10")
    names[[3, 9, 4]] = ["background", "road", "tree"]
    mask = np.array(["background", "road", "tree"])[make_mask(number)]
    return make_exhibit(number, source=source, truth=facts), mask, names[truth]


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


def test_what_people_typed_is_shown_as_text(tmp_path: Path) -> None:
    exhibit = make_exhibit(
        1,
        name=NASTY + ".jpg",
        status="needs_fix",
        class_map={0: NASTY, 1: "<b>road</b>", 2: "tree"},
        reviews=(
            make_review(1, "needs_fix", note=NASTY, class_names=(NASTY,), reasons=("other",)),
        ),
    )
    path = tmp_path / "report.html"
    project = replace(PROJECT, name=NASTY)
    write_report(Exhibition(Shelf([exhibit], project)), FileSink(path))
    page = Reader(path.read_text())
    assert page.tags["script"] == 0
    assert page.tags["h1"] == page.tags["title"] == page.tags["style"] == 1
    assert page.tags["img"] == 2
    assert not [name for name, _ in page.values if name.startswith("on")]
    assert page.text.count("<script>alert(1)</script>") >= 6


def test_no_text_turns_the_direction_of_what_follows(tmp_path: Path) -> None:
    turned = "photo_\u202egnp\u2066.exe\u200f"
    exhibit = make_exhibit(
        1,
        name=turned,
        class_map={0: "background", 1: turned, 2: "שלום 👨\u200d🌾"},
        reviews=(make_review(1, note=turned, class_names=(turned,), reasons=("other",)),),
    )
    exhibit = replace(exhibit, pins=(make_pin(1, turned, ("reply", turned), class_name=turned),))
    path = tmp_path / "report.html"
    project = replace(PROJECT, name=turned)
    write_report(Exhibition(Shelf([exhibit], project)), FileSink(path))
    text = path.read_text(encoding="utf-8")
    assert not set(text) & set(
        "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    )
    assert text.count("photo_gnp.exe") >= 5
    assert "שלום 👨\u200d🌾" in text


@given(st.text(min_size=1, max_size=80))
def test_any_text_is_taken(typed: str) -> None:
    exhibit = make_exhibit(1, reviews=(make_review(1, note=typed, class_names=(typed,)),))
    written: dict[str, bytes] = {}

    class Kept(FileSink):
        def write(self, name: str, data: bytes) -> None:
            written[name] = data

    project = replace(PROJECT, name=typed)
    write_report(Exhibition(Shelf([exhibit], project)), Kept(Path("nowhere")))
    page = Reader(written["report.html"].decode("utf-8"))
    assert (page.tags["script"], page.tags["img"], page.tags["main"]) == (0, 2, 1)


def test_the_same_pictures_have_the_same_bytes(tmp_path: Path) -> None:
    def make() -> list[Exhibit]:
        statuses: list[Status] = ["approved", "needs_fix", "rejected", "open"]
        return [
            make_exhibit(
                number,
                status=statuses[number % 4],
                reviews=(make_review(number, "needs_fix", reasons=("other", "missed"), note="n"),),
            )
            for number in range(1, 20)
        ]

    first = write(tmp_path, make(), "one.html").read_bytes()
    assert first == write(tmp_path, make(), "two.html").read_bytes()


def test_nothing_is_asked_of_anybody(tmp_path: Path) -> None:
    page = Reader(write(tmp_path, [make_exhibit(1)]).read_text())
    sources = [value for name, value in page.values if name in ("src", "href", "srcset", "data")]
    assert sources
    assert all(source.startswith("data:image/") for source in sources)
    assert ("http-equiv", "Content-Security-Policy") in page.values
    assert page.tags["link"] == page.tags["script"] == page.tags["iframe"] == 0


def test_the_mask_lies_on_its_picture_in_the_colours_of_its_classes(tmp_path: Path) -> None:
    exhibit = make_exhibit(1)
    page = Reader(write(tmp_path, [exhibit]).read_text())
    picture, overlay = [
        Image.open(io.BytesIO(base64.b64decode(value.partition(",")[2])))
        for name, value in page.values
        if name == "src"
    ]
    assert picture.size == overlay.size == (64, 48)
    drawn = np.asarray(overlay.convert("RGBA"))
    mask = make_mask(1)
    colours = {
        info.class_id: info
        for info in Exhibition(Shelf([exhibit])).legend.classes
        if info.class_id in CLASS_MAP
    }
    for class_id, info in colours.items():
        here = drawn[mask == class_id]
        assert set(here[:, 3].tolist()) == {0 if info.is_background else 255}
        if not info.is_background:
            red_green_blue = tuple(bytes.fromhex(info.colour[1:]))
            assert {tuple(pixel) for pixel in here[:, :3].tolist()} == {red_green_blue}


def test_lost_bytes_are_told_of_in_their_place(tmp_path: Path) -> None:
    lost, damaged = make_exhibit(1, source=Bytes()), make_exhibit(2, source=(broken := Bytes()))
    assert isinstance(lost.source, Bytes)
    lost.source.held.pop(lost.image.sha256)
    assert damaged.answer is not None
    broken.held[damaged.answer.mask_sha256] = b"no PNG"
    unreadable = make_exhibit(3, source=(third := Bytes()))
    third.held[unreadable.image.sha256] = b"no JPEG"
    page = Reader(write(tmp_path, [lost, damaged, unreadable, make_exhibit(4)]).read_text())
    assert "These bytes are lost." in page.text
    assert "The mask of street 2.jpg is damaged" in page.text
    assert "street 3.jpg cannot be read as a picture." in page.text
    assert "over 3 masks" in page.text
    assert "1 mask is damaged and was left out" in page.text
    assert page.tags["img"] == 2


def test_the_confidence_of_what_is_shown_and_counted_is_said(tmp_path: Path) -> None:
    listed = [make_exhibit(1, confidence=35), make_exhibit(2, confidence=80)]
    page = Reader(write(tmp_path, listed).read_text())
    assert "street 1.jpg Mask at 35 % confidence" in page.text
    assert "street 2.jpg Mask at 80 % confidence" in page.text
    assert "over 2 masks, each at the confidence it was decided at" in page.text


def test_an_empty_project_has_a_report_too(tmp_path: Path) -> None:
    page = Reader(write(tmp_path, []).read_text())
    assert "There is nothing to report on yet." in page.text
    undecided = Reader(write(tmp_path, [make_exhibit(1, status="open")], "b.html").read_text())
    assert "None of them has a verdict yet." in undecided.text


def test_long_times_are_drawn_in_wider_columns() -> None:
    days: Mapping[date, Counter[str]] = {
        date(2026, 1, 1): Counter(approved=2),
        date(2026, 1, 2): Counter(rejected=1),
        date(2026, 12, 31): Counter(approved=6, needs_fix=2),
    }
    drawn = draw_days(days)
    assert drawn.count("<g>") == 2
    assert "Each column is of 8 days; the highest stands for 8 decisions." in drawn
    assert "1 Jan 2026: 2 approved, 1 rejected" in drawn
    heights = [float(found) for found in re.findall(r' height="([\d.]+)"/>', drawn)]
    assert heights == [25.0, 12.5, 75.0, 25.0]
    assert not draw_days({date(2026, 1, 1): Counter(approved=2)})


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with open_browser() as found:
        yield found


_LOOK = """() => ({
  wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  outside: [...document.querySelectorAll("main *")].filter((element) => {
    const box = element.getBoundingClientRect();
    return box.width && (box.right > innerWidth + 0.5 || box.left < -0.5);
  }).map((element) => element.outerHTML.slice(0, 80)),
  drawn: [...document.images].filter((image) => image.complete && image.naturalWidth).length,
  ink: getComputedStyle(document.body).color,
  paper: getComputedStyle(document.documentElement).backgroundColor,
})"""


def make_full() -> list[Exhibit]:
    word = "Donaudampfschifffahrtsgesellschaft" * 3
    reviews = (
        make_review(
            1, "needs_fix", reasons=("wrong_class",), class_names=(word,), note=word + "\nb"
        ),
    )
    statuses: list[Status] = ["approved", "needs_fix", "rejected", "open"]
    return [
        make_exhibit(
            number,
            name=f"{word} {number}.jpg",
            status=statuses[number % 4],
            class_map={0: "background", 1: word, 2: "tree"},
            reviews=tuple(replace(one, at=one.at + number * DAY_MS) for one in reviews),
        )
        for number in range(1, 13)
    ]


def open_report(page: Page, path: Path) -> list[str]:
    """Open it as a file, and return all that it asks for beside itself."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri(), wait_until="load")
    return [url for url in asked if url != path.as_uri() and not url.startswith("data:")]


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1400])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_browser_shows_it_whole_without_a_network(
    chromium: Browser, tmp_path: Path, width: int, scheme: str
) -> None:
    path = write(tmp_path, make_full())
    view = {"width": width, "height": 800}
    with quiet_page(chromium, viewport=view, color_scheme=scheme, offline=True) as page:
        assert not open_report(page, path)
        found = page.evaluate(_LOOK)
        assert found["wide"] == 0
        assert not found["outside"]
        assert found["drawn"] == 24
        lightness = [
            sum(map(int, re.findall(r"\d+", found[name])[:3])) for name in ("ink", "paper")
        ]
        assert (lightness[0] < lightness[1]) is (scheme == "light")


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1400])
def test_in_how_many_pictures_a_class_is_can_be_read_on_every_screen(
    chromium: Browser, tmp_path: Path, width: int
) -> None:
    path = write(tmp_path, make_full())
    view = {"width": width, "height": 800}
    with quiet_page(chromium, viewport=view, offline=True) as page:
        open_report(page, path)
        told = page.locator(".shares tr")
        assert told.count() == 3
        for row in told.all():
            assert row.get_by_text("in 12 of 12").is_visible()
            assert (box := row.locator(".share").bounding_box())
            assert box["width"] > 100


@pytest.mark.browser
def test_masks_can_be_hidden_and_all_is_printed(chromium: Browser, tmp_path: Path) -> None:
    path = write(tmp_path, make_full())
    with quiet_page(chromium, offline=True, color_scheme="dark") as page:
        open_report(page, path)
        mask = page.locator(".mask").first
        assert mask.is_visible()
        page.get_by_label("Show the masks").uncheck()
        assert mask.is_hidden()
        page.get_by_label("Show the masks").check()
        page.emulate_media(media="print")
        assert mask.is_visible()
        assert page.get_by_label("Show the masks").is_hidden()
        # On paper it is light, whatever the screen.
        assert page.evaluate(_LOOK)["paper"] == "rgb(255, 255, 255)"
        assert page.pdf().startswith(b"%PDF")

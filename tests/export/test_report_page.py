"""The HTML report as a page: whole in itself, safe, the same again, and shown by a browser."""

from __future__ import annotations

import base64
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from playwright.sync_api import Browser, Page

from components.export.exhibition import Exhibition
from components.export.report import write_report
from components.export.report_charts import draw_days
from components.export.sink import FileSink
from components.model.exhibit import Exhibit
from components.model.review import Status
from tests.chromium import open_browser, quiet_page
from tests.export.exhibits import CLASS_MAP, PROJECT, Bytes, Shelf, make_exhibit, make_mask
from tests.export.reports import DAY_MS, NASTY, Reader, make_pin, make_review, write


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

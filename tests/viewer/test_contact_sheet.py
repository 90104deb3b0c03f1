"""The contact sheet: what became of every picture at a glance, one chosen by hand or key."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.chromium import streamlit_server
from tests.viewer.noise import PHONE
from tests.viewer.quiet_pages import QuietPages

pytestmark = pytest.mark.browser

COLOURS = ("#c03030", "#30a050", "#3050c0", "#c0a030", "#8030a0", "#30a0a0", "#808080", "#202020")
BADGES = (
    ("approved", "Approved"),
    ("needs_fix", "Needs fix"),
    ("rejected", "Rejected"),
    ("skipped", "Skipped"),
    ("disagreed", "Disagreed"),
    ("answered", "Answered"),
    ("no_answer", "No mask yet"),
    ("open", "Undecided"),
    ("", ""),
)


def thumbnail(colour: str, height: int) -> str:
    out = io.BytesIO()
    Image.new("RGB", (160, height), colour).save(out, "JPEG")
    return base64.b64encode(out.getvalue()).decode()


TILES: list[dict[str, Any]] = [
    {
        "id": f"item{at}",
        "title": f"<i>harbour</i> {at}.jpg",
        "thumbnail": thumbnail(COLOURS[at], 90 + 40 * at) if at < len(COLOURS) else "",
        "badge": badge,
        "mine": "rejected" if at == 4 else badge if at < 3 else "",
        "note": "<b>dark</b>" if at == 2 else "",
        "pins": at if at < 3 else 0,
    }
    for at, (badge, _) in enumerate(BADGES)
]


@pytest.fixture(scope="module")
def sheet_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sheets")


@pytest.fixture(scope="module")
def sheet_address(sheet_folder: Path) -> Iterator[str]:
    script = Path(__file__).parent / "sheet_app.py"
    with streamlit_server(script, env={"MASK_DESK_TEST_SHEETS": str(sheet_folder)}) as found:
        yield found


def open_sheet(page: Page, address: str, folder: Path, case: str) -> None:
    (folder / f"{case}.json").write_text(json.dumps(TILES))
    page.goto(f"{address}/?case={case}")
    expect(page.locator(".tile")).to_have_count(len(TILES))


def test_every_verdict_has_its_sign_and_its_word(
    page_pool: QuietPages, sheet_address: str, sheet_folder: Path
) -> None:
    context: dict[str, Any] = {
        "viewport": {"width": 1400, "height": 900},
        "reduced_motion": "reduce",
    }
    with page_pool.lend(**context) as page:
        open_sheet(page, sheet_address, sheet_folder, "badges")
        tiles = page.locator(".tile")
        for at, (badge, words) in enumerate(BADGES):
            found = tiles.nth(at).locator(".badge")
            if badge:
                expect(found).to_have_text(words)
                expect(found.locator("svg")).to_be_visible()
            else:
                expect(found).to_have_count(0)
        signs = [path.get_attribute("d") for path in page.locator(".badge path").all()]
        assert len(set(signs)) == len(BADGES) - 1
        # What people typed is text, and one's own verdict is told where it differs.
        expect(tiles.nth(2).locator(".title")).to_have_text("<i>harbour</i> 2.jpg")
        expect(tiles.nth(2).locator(".note")).to_have_text("<b>dark</b>")
        assert page.locator(".mine").all_inner_texts() == ["You: rejected"]
        assert [each.inner_text().split()[0] for each in page.locator(".pins").all()] == ["1", "2"]
        # Each tile shows its own picture.
        for at, colour in enumerate(COLOURS):
            shot = tiles.nth(at).locator(".picture").screenshot()
            seen = Image.open(io.BytesIO(shot)).convert("RGB")
            middle = seen.getpixel((seen.width // 2, seen.height // 2))
            wanted = tuple(bytes.fromhex(colour[1:]))
            assert isinstance(middle, tuple)
            assert max(abs(a - b) for a, b in zip(middle, wanted, strict=True)) < 12
        # Also high pictures, and places without one.
        for at in range(len(TILES)):
            box: Any = tiles.nth(at).locator(".picture").bounding_box()
            assert box["width"] / box["height"] == pytest.approx(4 / 3, rel=0.01)


def test_arrows_move_and_enter_or_a_click_picks(
    page_pool: QuietPages, sheet_address: str, sheet_folder: Path
) -> None:
    context: dict[str, Any] = {
        "viewport": {"width": 800, "height": 900},
        "reduced_motion": "reduce",
    }
    with page_pool.lend(**context) as page:
        open_sheet(page, sheet_address, sheet_folder, "keys")
        tiles = page.locator(".tile")
        tops = [tile.bounding_box() for tile in tiles.all()]
        columns = sum(1 for box in tops if box and tops[0] and box["y"] == tops[0]["y"])
        assert 2 <= columns <= 6
        expect(page.locator('.tile[tabindex="0"]')).to_have_count(1)
        tiles.first.focus()
        for key, at in (
            ("ArrowRight", 1),
            ("ArrowDown", 1 + columns),
            ("ArrowLeft", columns),
            ("ArrowUp", 0),
            ("ArrowUp", 0),
            ("ArrowLeft", 0),
            ("End", len(TILES) - 1),
            ("Home", 0),
            ("ArrowRight", 1),
        ):
            page.keyboard.press(key)
            expect(tiles.nth(at)).to_be_focused()
        page.keyboard.press("Enter")
        page.get_by_text('Picked: ["item1"]').wait_for()
        expect(tiles.nth(1)).to_have_attribute("aria-selected", "true")
        expect(tiles.nth(1)).to_be_focused()
        tiles.nth(3).click()
        page.get_by_text('Picked: ["item1", "item3"]').wait_for()
        assert page.locator('[aria-selected="true"]').count() == 1
        expect(tiles.nth(3)).to_have_attribute("aria-selected", "true")


def test_two_columns_on_a_phone(
    page_pool: QuietPages, sheet_address: str, sheet_folder: Path
) -> None:
    with page_pool.lend(**PHONE, reduced_motion="reduce") as page:
        open_sheet(page, sheet_address, sheet_folder, "phone")
        boxes = [tile.bounding_box() for tile in page.locator(".tile").all()]
        assert len({box["x"] for box in boxes if box}) == 2
        assert all(box["x"] + box["width"] <= 390 for box in boxes if box)
        page.locator(".tile").nth(5).tap()
        page.get_by_text('Picked: ["item5"]').wait_for()


def test_another_verdict_does_not_send_the_pictures_again(
    page_pool: QuietPages, sheet_address: str, sheet_folder: Path
) -> None:
    context: dict[str, Any] = {
        "viewport": {"width": 1400, "height": 900},
        "reduced_motion": "reduce",
    }
    # Noise, so that it cannot be packed.
    noise = Image.effect_noise((400, 400), 90).convert("RGB")
    out = io.BytesIO()
    noise.save(out, "JPEG", quality=95)
    tiles = [tile | {"thumbnail": base64.b64encode(out.getvalue()).decode()} for tile in TILES]
    heard: list[int] = []
    with page_pool.lend(fresh=True, **context) as page:
        page.on(
            "websocket",
            lambda socket: socket.on("framereceived", lambda frame: heard.append(len(frame))),
        )
        open_sheet(page, sheet_address, sheet_folder, "wire")
        for badge in ("open", "approved"):
            heard.clear()
            tiles[0]["badge"] = badge
            (sheet_folder / "wire.json").write_text(json.dumps(tiles))
            page.get_by_role("button", name="Run again").click()
            word = dict(BADGES)[badge]
            expect(page.locator(".tile").first.locator(".badge")).to_have_text(word)
            if badge == "open":
                assert sum(heard) > 9 * len(out.getvalue())
        assert sum(heard) < 30_000

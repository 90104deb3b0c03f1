"""The pages of reviewing on a desk's screen and on a phone, light and dark; and their picture."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from PIL import Image
from playwright.sync_api import StorageState, expect

from tests.browser.conftest import OpenPage
from tests.browser.desk_page import DeskPage
from tests.browser.looks import (
    MAX_SCREENSHOT_BYTES,
    SCREENS,
    Scheme,
    draw_small,
    expect_fine,
    keep_picture,
    read_swatches,
)
from tests.browser.prepared import Prepared
from tests.browser.review_page import ReviewPage
from tests.browser.served import ServedDesk, serve_desk
from tests.browser.watch import Watch
from tests.page_pool import WIDE, PagePool

pytestmark = pytest.mark.browser

SCREENSHOT: Final = Path(__file__).parent / "review.png"


@pytest.fixture(scope="module")
def reviewed(
    page_pool: PagePool, prepared: Prepared, samples: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[ServedDesk, StorageState]]:
    """A desk on whose samples Ana has decided a few, and pinned a remark; and her browser."""
    with (
        serve_desk(tmp_path_factory.mktemp("reviewed"), prepared=prepared, holding=samples) as desk,
        page_pool.lend(**WIDE) as page,
    ):
        review = ReviewPage(DeskPage(page, desk.address, Watch(desk.address)))
        review.open("Ana")
        review.wait_ready()
        review.press("a")
        # What is not on screen yet takes no verdict.
        subject = review.look()
        page.keyboard.press("f")
        expect(review.panel).to_be_visible()
        page.keyboard.press("3")
        page.keyboard.press("Enter")
        expect(review.bar).not_to_have_attribute("data-subject", subject)
        review.wait_ready()
        page.keyboard.press("m")
        page.locator(".panes").focus()
        page.keyboard.press("Enter")
        page.keyboard.type("This hedge is a tree")
        page.keyboard.press("Control+Enter")
        expect(page.locator(".remarks")).to_contain_text("This hedge is a tree")
        review.desk.wait_idle()
        yield desk, page.context.storage_state()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("screen", SCREENS)
def test_the_review_page_fits_and_can_be_read(
    open_page: OpenPage,
    reviewed: tuple[ServedDesk, StorageState],
    screen: str,
    scheme: Scheme,
) -> None:
    desk, state = reviewed
    page = open_page(desk, color_scheme=scheme, storage_state=state, **SCREENS[screen])
    review = open_review(page)
    keep_picture(page, f"review-{screen}-{scheme}-first")
    keep_picture(page, f"review-{screen}-{scheme}", whole=True)
    expect_fine(page, screen, scheme)
    review.bar.locator('[data-do="needs_fix"]').click()
    expect(review.panel).to_be_visible()
    keep_picture(page, f"review-{screen}-{scheme}-panel")
    expect_fine(page, screen, scheme)
    review.panel.get_by_role("button", name="Cancel").click()
    page.page.get_by_text("All pictures", exact=True).click()
    expect(page.page.get_by_text("Approved", exact=True).first).to_be_visible()
    page.wait_idle()
    keep_picture(page, f"review-{screen}-{scheme}-sheet", whole=True)
    expect_fine(page, screen, scheme)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("screen", SCREENS)
def test_the_add_page_fits_and_can_be_read(
    open_page: OpenPage,
    reviewed: tuple[ServedDesk, StorageState],
    screen: str,
    scheme: Scheme,
) -> None:
    desk, state = reviewed
    page = open_page(desk, color_scheme=scheme, storage_state=state, **SCREENS[screen])
    page.open("/add")
    for tab, text in (
        ("Pictures", "In this project"),
        ("Settings", "Instructions for reviewers"),
        ("Record", "Changes of the project"),
    ):
        page.page.get_by_role("tab", name=tab).click()
        expect(page.page.get_by_text(text).first).to_be_visible()
        page.wait_idle()
        page.page.mouse.move(2, 2)
        keep_picture(page, f"add-{screen}-{scheme}-{tab}", whole=True)
        expect_fine(page, screen, scheme)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("screen", SCREENS)
def test_the_first_visit_fits_and_can_be_read(
    open_page: OpenPage, desk: ServedDesk, screen: str, scheme: Scheme
) -> None:
    page = open_page(desk, color_scheme=scheme, **SCREENS[screen])
    page.open("/review")
    expect(page.page.get_by_role("textbox", name="Your name")).to_be_visible()
    keep_picture(page, f"name-{screen}-{scheme}")
    expect_fine(page, screen, scheme)
    page.page.get_by_role("textbox", name="Your name").fill("Ana")
    page.page.keyboard.press("Enter")
    expect(page.page.get_by_role("button", name="Make a project")).to_be_visible()
    page.wait_idle()
    keep_picture(page, f"first-{screen}-{scheme}")
    expect_fine(page, screen, scheme)


def test_the_screenshot_of_reviewing_is_there(
    open_page: OpenPage, reviewed: tuple[ServedDesk, StorageState]
) -> None:
    if not SCREENSHOT.exists() or os.environ.get("MASK_DESK_UPDATE_SCREENSHOT"):
        desk, state = reviewed
        settings: dict[str, Any] = SCREENS["1400"]
        page = open_page(desk, color_scheme="light", storage_state=state, **settings)
        open_review(page)
        page.page.mouse.move(2, 2)
        with Image.open(io.BytesIO(page.page.screenshot())) as shot:
            draw_small(shot.convert("RGB"), read_swatches(page)).save(SCREENSHOT, optimize=True)
    with Image.open(SCREENSHOT) as shown:
        assert shown.size == (1400, 900)
        assert len(shown.convert("RGB").getcolors(2**24) or ()) > 100
    assert SCREENSHOT.stat().st_size <= MAX_SCREENSHOT_BYTES


def open_review(page: DeskPage) -> ReviewPage:
    review = ReviewPage(page)
    page.page.goto(f"{page.address}/review")
    review.wait_ready()
    return review

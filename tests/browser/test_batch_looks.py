"""Batches on a desk's screen and on a phone, light and dark: looked over, on its way, done."""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Page, StorageState, expect

from tests.browser.conftest import OpenPage
from tests.browser.desk_page import DeskPage
from tests.browser.looks import SCREENS, Scheme, expect_fine, keep_picture
from tests.browser.prepared import Prepared
from tests.browser.review_page import ReviewPage
from tests.browser.served import ServedDesk, serve_desk
from tests.browser.watch import Watch
from tests.page_pool import WIDE, PagePool
from tests.pictures import make_answer, make_jpeg
from tests.replay import replay, respond

pytestmark = pytest.mark.browser

GOOD = respond("200 OK", make_answer())
BAD = respond("400 No", b'{"message": "the picture is too dark for this model"}')
# It is waited out, so that the batch stays on its way.
BUSY = respond("429 Wait", b"{}", retry_after="1")


@pytest.fixture(scope="module")
def busy(
    page_pool: PagePool, prepared: Prepared, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[ServedDesk, StorageState]]:
    """A desk with three batches, one looked over, one on its way, one done; and Ana's browser."""
    # Some calls find out how the model takes the confidence.
    script = itertools.chain([GOOD] * 6, [BAD], [GOOD] * 8, [BAD], itertools.repeat(BUSY))
    with (
        replay(lambda _: next(script)) as server,
        serve_desk(
            tmp_path_factory.mktemp("busy"), prepared=prepared, address=server.address, models="a/1"
        ) as desk,
        page_pool.lend(**WIDE) as page,
    ):
        opened = DeskPage(page, desk.address, Watch(desk.address))
        page.goto(f"{desk.address}/add")
        ReviewPage(opened).sign("Ana")
        page.get_by_role("button", name="New project").click()
        page.get_by_role("textbox", name="Name", exact=True).fill("Harbour")
        page.get_by_role("button", name="Make the project").click()
        give(opened, {f"first {at}.jpg": make_jpeg(seed=at) for at in range(9)})
        page.get_by_role("button", name="Ask about 9 pictures").click()
        expect(page.get_by_role("button", name="Put out of sight")).to_be_visible()
        second = {f"second, of a long name {at}.jpg": make_jpeg(seed=50 + at) for at in range(12)}
        give(opened, {**second, "letter.jpg": b"Dear reviewer"})
        page.get_by_role("button", name="Ask about 12 pictures").click()
        expect(page.locator(".batch-strip li").first).to_be_visible()
        third = {f"third {at}.jpg": make_jpeg(seed=80 + at) for at in range(3)}
        mask = io.BytesIO()
        Image.new("RGB", (64, 48)).save(mask, "PNG")
        wrong = {f"wrong {at}.jpg": b"no picture %d" % at for at in range(12)}
        give(opened, {**third, **wrong, "third 0_mask.png": mask.getvalue()})
        expect(page.get_by_role("button", name="Ask about 3 pictures")).to_be_visible()
        yield desk, page.context.storage_state()


def give(opened: DeskPage, files: dict[str, bytes]) -> None:
    """Drop files on the page."""
    page: Page = opened.page
    expect(page.get_by_text("Drop files here")).to_be_visible()
    opened.wait_idle()
    page.locator(".st-key-way_0 input[type=file]").set_input_files(
        [
            FilePayload(name=name, mimeType="application/octet-stream", buffer=data)
            for name, data in files.items()
        ]
    )


@pytest.mark.parametrize("screen", SCREENS)
def test_batches_fit_and_can_be_read(
    open_page: OpenPage, busy: tuple[ServedDesk, StorageState], screen: str
) -> None:
    desk, state = busy
    page = open_page(desk, storage_state=state, **SCREENS[screen])
    page.open("/add")
    states = page.page.locator(".batch-head .review-state")
    expect(states).to_have_text(["Ready", "Asking the model", "Done"])
    expect(page.page.locator(".batch-strip li img").first).to_be_visible()
    schemes: tuple[Scheme, ...] = ("light", "dark")
    for scheme in schemes:
        page.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        keep_picture(page, f"batches-{screen}-{scheme}", whole=True)
        expect_fine(page, screen, scheme)
    for way, text in (
        ("Folder", "Choose a folder"),
        ("Web addresses", "Addresses, one a line"),
        ("On the server", "Nothing there yet"),
    ):
        page.page.get_by_role("radio", name=way).check(force=True)
        expect(page.page.get_by_text(text)).to_be_visible()
        page.wait_idle()
        expect_fine(page, screen, "dark")


def test_what_is_opened_stays_open_while_numbers_come_in(
    open_page: OpenPage, busy: tuple[ServedDesk, StorageState]
) -> None:
    desk, state = busy
    page = open_page(desk, storage_state=state)
    page.open("/add")
    page.page.get_by_role("button", name="Cancel").click()
    ending = page.page.get_by_role("button", name="Cancel the batch")
    ending.focus()
    # The part of the page that is followed runs each second.
    page.wait_runs(2)
    expect(ending).to_be_focused()

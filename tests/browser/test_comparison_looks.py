"""Compare on a desk's screen and on a phone, light and dark; and from it to Review."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import FilePayload, StorageState, expect

from components.model.png import encode_gray
from tests.browser.charts import chart, click_at, expect_list
from tests.browser.conftest import OpenPage
from tests.browser.desk_page import DeskPage
from tests.browser.looks import SCREENS, Scheme, expect_fine, keep_picture
from tests.browser.prepared import Prepared
from tests.browser.review_page import ReviewPage
from tests.browser.served import ServedDesk, serve_desk
from tests.browser.watch import Watch
from tests.comparing import FIRST, MODELS, SIZE, answer, cut_by_hand
from tests.page_pool import WIDE, PagePool
from tests.pictures import make_jpeg
from tests.replay import replay

pytestmark = pytest.mark.browser

_COUNT = 6
_TRUTH = encode_gray(cut_by_hand(FIRST, 1))


@pytest.fixture(scope="module")
def compared(
    page_pool: PagePool, prepared: Prepared, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[ServedDesk, StorageState]]:
    """A desk with a project that two confidences of its model were compared over."""
    with (
        replay(answer) as server,
        serve_desk(
            tmp_path_factory.mktemp("compared"),
            prepared=prepared,
            address=server.address,
            models=",".join(MODELS),
        ) as desk,
        page_pool.lend(**WIDE) as page,
    ):
        opened = DeskPage(page, desk.address, Watch(desk.address))
        page.goto(f"{desk.address}/add")
        ReviewPage(opened).sign("Ana")
        page.get_by_role("button", name="New project").click()
        page.get_by_role("textbox", name="Name", exact=True).fill("Harbour")
        page.get_by_role("button", name="Make the project").click()
        expect(page.get_by_text("Drop files here")).to_be_visible()
        opened.wait_idle()
        page.locator(".st-key-way_0 input[type=file]").set_input_files(
            [
                file
                for at in range(_COUNT)
                for file in (
                    FilePayload(
                        name=f"quay {at}.jpg",
                        mimeType="image/jpeg",
                        buffer=make_jpeg(SIZE, seed=at),
                    ),
                    FilePayload(name=f"quay {at}_mask.png", mimeType="image/png", buffer=_TRUTH),
                )
            ]
        )
        page.get_by_role("button", name=f"Ask about {_COUNT} pictures").click()
        expect(page.get_by_role("button", name="Put out of sight")).to_be_visible()
        page.get_by_role("link", name="Insights").first.click()
        page.get_by_role("tab", name="Compare").click()
        page.get_by_role("button", name="Compare", exact=True).click()
        expect(page.locator('.three[data-state="ready"]')).to_be_visible()
        yield desk, page.context.storage_state()


@pytest.mark.parametrize("screen", SCREENS)
def test_a_comparison_fits_and_can_be_read(
    open_page: OpenPage, compared: tuple[ServedDesk, StorageState], screen: str
) -> None:
    desk, state = compared
    page = open_page(desk, storage_state=state, **SCREENS[screen])
    page.open("/insights?tab=Compare")
    expect(page.page.locator('.three[data-state="ready"]')).to_be_visible()
    expect(page.page.get_by_text("of all pixels changed")).to_be_visible()
    schemes: tuple[Scheme, ...] = ("light", "dark")
    for scheme in schemes:
        page.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        keep_picture(page, f"compare-{screen}-{scheme}", whole=True)
        expect_fine(page, screen, scheme)


def test_from_a_thumbnail_to_the_panes_and_on_to_review(
    open_page: OpenPage, compared: tuple[ServedDesk, StorageState]
) -> None:
    desk, state = compared
    opened = open_page(desk, storage_state=state)
    opened.open("/insights?tab=Compare")
    page = opened.page
    panes = page.locator(".three")
    expect(page.locator('.three[data-state="ready"]')).to_be_visible()
    first = panes.get_attribute("data-image-id") or ""
    tile = page.locator(".st-key-compare_sheet .tile, .tile").nth(2)
    name = tile.locator(".title").inner_text()
    tile.click()
    expect(panes).not_to_have_attribute("data-image-id", first)
    expect(page.locator('.three[data-state="ready"]')).to_be_visible()
    expect(page.locator(".compare-name strong")).to_have_text(name)
    opened.wait_idle()
    among = page.locator(".st-key-compare_queue_among")
    among.scroll_into_view_if_needed()
    # A list that is open closes where the page still scrolls.
    opened.stand_still()
    among.get_by_role("button", name="Open").click()
    page.get_by_role("option", name="All pictures").click()
    page.get_by_role("button", name=f"Review {_COUNT} pictures").click()
    expect(page.locator(".chosen-list")).to_contain_text("Changed between")
    expect(page.locator(".chosen-list")).to_contain_text(f"{_COUNT} pictures")
    expect(page.locator(".tile")).to_have_count(_COUNT)


def test_a_bar_and_a_class_lead_to_their_pictures(
    open_page: OpenPage, compared: tuple[ServedDesk, StorageState]
) -> None:
    desk, state = compared
    page = open_page(desk, storage_state=state)
    for key, at, title in (
        ("compare_changes", 0.5, " in A, background in B"),
        ("compare_truth", 1.0, " in A and in B"),
    ):
        page.open("/insights?tab=Compare")
        figure = chart(page, key)
        x = figure.evaluate("plot => plot.data[0].x[0]")
        click_at(figure, x * at, 0)
        expect_list(page, title, _COUNT)

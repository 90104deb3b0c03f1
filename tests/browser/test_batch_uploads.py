"""Folders of many files in a real browser, which holds only so many requests open at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Request, Route, StorageState, expect

from tests.browser.batches import choose_way, find_card, read_figures
from tests.browser.conftest import OpenPage
from tests.browser.desk_page import DeskPage
from tests.browser.prepared import Prepared
from tests.browser.review_page import ReviewPage
from tests.browser.served import ServedDesk, serve_desk
from tests.browser.watch import Watch
from tests.page_pool import WIDE, PagePool
from tests.pictures import make_jpeg

pytestmark = pytest.mark.browser

MANY: Final = 1_500
FEW: Final = 40  # that many are sent one by one
AT_ONCE: Final = 4
UPLOADS: Final = "**/_stcore/upload_file/**"


@pytest.fixture(scope="module")
def led(
    page_pool: PagePool, prepared: Prepared, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[ServedDesk, StorageState]]:
    """A desk with an empty project; and the browser of Ana, who leads it."""
    with (
        serve_desk(tmp_path_factory.mktemp("uploads"), prepared=prepared) as desk,
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
        yield desk, page.context.storage_state()


def make_folder(folder: Path, count: int) -> Path:
    (folder / "deep").mkdir(parents=True)
    for at in range(count):
        place = folder / "deep" if at % 10 == 0 else folder
        (place / f"{at:04}.jpg").write_bytes(make_jpeg(seed=at))
    return folder


def open_folder(open_page: OpenPage, led: tuple[ServedDesk, StorageState]) -> DeskPage:
    desk, state = led
    page = open_page(desk, storage_state=state)
    page.open("/add")
    choose_way(page, "Folder")
    return page


def test_a_folder_of_very_many_files_arrives_whole(
    open_page: OpenPage, led: tuple[ServedDesk, StorageState], tmp_path: Path
) -> None:
    folder = make_folder(tmp_path / "harbour", MANY)
    (folder / ".hidden").write_bytes(b"left out")
    page = open_folder(open_page, led)
    page.page.locator(".st-key-way_1 input[type=file]").set_input_files(folder)
    card = find_card(page.page, f"Folder harbour, {MANY:,} files")
    expect(card.get_by_role("button", name=f"Ask about {MANY:,} pictures")).to_be_visible()
    assert read_figures(card)["new pictures"] == f"{MANY:,}"
    expect(page.page.locator(".uploads")).to_have_text("")
    card.get_by_role("button", name="Put away").click()
    expect(card).to_have_count(0)


def test_few_are_sent_at_once_and_what_is_lost_on_the_way_is_sent_again(
    open_page: OpenPage, led: tuple[ServedDesk, StorageState], tmp_path: Path
) -> None:
    folder = make_folder(tmp_path / "quay", FEW)
    page = open_folder(open_page, led)
    page.watch.is_forgiving = True
    tries: dict[str, int] = {}
    flying: set[Request] = set()
    most = 0

    def begin(request: Request) -> None:
        nonlocal most
        if "/_stcore/upload_file/" in request.url and request.method == "PUT":
            flying.add(request)
            most = max(most, len(flying))

    def end(request: Request) -> None:
        flying.discard(request)

    page.page.on("request", begin)
    page.page.on("requestfinished", end)
    page.page.on("requestfailed", end)

    def lose_first(route: Route) -> None:
        tries[route.request.url] = tries.get(route.request.url, 0) + 1
        if tries[route.request.url] == 1 and len(tries) <= 3:
            route.abort("connectionfailed")
        else:
            route.continue_()

    page.page.route(UPLOADS, lose_first)
    page.page.locator(".st-key-way_1 input[type=file]").set_input_files(folder)
    card = find_card(page.page, f"Folder quay, {FEW} files")
    expect(card).to_be_visible()
    assert sorted(tries.values()) == [1] * (FEW - 3) + [2] * 3
    # One more: the next begins before the end of the last is told.
    assert 1 < most <= AT_ONCE + 1
    card.get_by_role("button", name="Put away").click()
    expect(card).to_have_count(0)


def test_what_does_not_arrive_is_told(
    open_page: OpenPage, led: tuple[ServedDesk, StorageState], tmp_path: Path
) -> None:
    folder = make_folder(tmp_path / "pier", FEW)
    page = open_folder(open_page, led)
    page.watch.is_forgiving = True
    lost: set[str] = set()

    def lose(route: Route) -> None:
        if len(lost) < 2 or route.request.url in lost:
            lost.add(route.request.url)
            route.abort("connectionfailed")
        else:
            route.continue_()

    page.page.route(UPLOADS, lose)
    page.page.locator(".st-key-way_1 input[type=file]").set_input_files(folder)
    said = page.page.locator(".uploads")
    expect(said.last).to_contain_text(f"2 of {FEW} files did not arrive.")
    card = find_card(page.page, f"Folder pier, {FEW - 2} files")
    expect(card).to_be_visible()
    page.page.unroute(UPLOADS)
    page.wait_idle()
    page.page.locator(".st-key-way_1 input[type=file]").set_input_files(folder)
    expect(find_card(page.page, f"Folder pier, {FEW} files")).to_be_visible()
    expect(said).to_have_text("")

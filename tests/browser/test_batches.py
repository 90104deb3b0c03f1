"""Batches in a real browser: a folder with all that is in it, addresses, the server's own disk."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from PIL import Image
from playwright.sync_api import StorageState, expect

from tests.browser.batches import choose_way, find_card, read_figures, wait_done
from tests.browser.conftest import OpenPage
from tests.browser.desk_page import DeskPage
from tests.browser.prepared import Prepared
from tests.browser.review_page import ReviewPage
from tests.browser.served import ServedDesk, serve_desk
from tests.browser.watch import Watch
from tests.net.loopback import reply, serve
from tests.page_pool import WIDE, PagePool
from tests.pictures import make_jpeg
from tests.scenes import make_scenes

pytestmark = pytest.mark.browser

COUNT: Final = 24
BAD: Final = "letter *to* <b>you.jpg"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as people have them: sub-folders, masks, a twin, a hidden file, no pictures."""
    top = tmp_path_factory.mktemp("given") / "harbour"
    make_scenes(top / "images", COUNT, (320, 224))
    (top / "masks").mkdir()
    for name in ("scene-00000", "scene-00001"):
        with Image.open(top / "images" / f"{name}.jpg") as picture:
            Image.new("L", picture.size, 1).save(top / "masks" / f"{name}.png")
    Image.new("RGB", (320, 224)).save(top / "masks" / "scene-00002.png")
    (top / "images" / "deep").mkdir()
    shutil.copy(top / "images" / "scene-00003.jpg", top / "images" / "deep" / "twin.jpg")
    (top / "images" / BAD).write_text("Dear reviewer")
    (top / ".DS_Store").write_bytes(b"hidden")
    return top


@pytest.fixture(scope="module")
def added(
    page_pool: PagePool, prepared: Prepared, folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[ServedDesk, StorageState]]:
    """A desk with an empty project, a folder on its disk; and the browser of Ana, who leads it."""
    place = tmp_path_factory.mktemp("batches")
    with (
        serve_desk(place, prepared=prepared, allow_hosts="127.0.0.1") as desk,
        page_pool.lend(**WIDE) as page,
    ):
        shutil.copytree(folder, desk.data / "datasets" / "harbour")
        review = ReviewPage(DeskPage(page, desk.address, Watch(desk.address)))
        page = review.page
        page.goto(f"{desk.address}/add")
        name = page.get_by_role("textbox", name="Your name")
        expect(name).to_be_visible()
        review.desk.wait_idle()
        name.fill("Ana")
        name.press("Enter")
        page.get_by_role("button", name="New project").click()
        page.get_by_role("textbox", name="Name", exact=True).fill("Harbour")
        page.get_by_role("button", name="Make the project").click()
        expect(page.get_by_text("Drop files here")).to_be_visible()
        review.desk.wait_idle()
        yield desk, page.context.storage_state()


def test_a_folder_goes_through_while_its_page_is_left_and_review_has_all_of_it(
    open_page: OpenPage, added: tuple[ServedDesk, StorageState], folder: Path
) -> None:
    desk, state = added
    page = open_page(desk, storage_state=state)
    page.open("/add")
    choose_way(page, "Folder")
    page.page.locator(".st-key-way_1 input[type=file]").set_input_files(folder)
    card = find_card(page.page, f"Folder harbour, {COUNT + 5} files")
    start = card.get_by_role("button", name=f"Ask about {COUNT} pictures")
    expect(start).to_be_visible()
    assert read_figures(card)["new pictures"] == str(COUNT)
    assert read_figures(card)["twice in this batch"] == "1"
    assert read_figures(card)["could not be read"] == "1"
    assert read_figures(card)["truth masks"] == "2"
    reasons = card.locator(".batch-reasons")
    # Signs that some file systems refuse are taken out of names.
    expect(reasons.first).to_contain_text("images/letter _to_ _b_you.jpg")
    expect(reasons.last).to_contain_text("images/scene-00002.jpg")
    expect(reasons.last).to_contain_text("colours")
    start.dblclick()
    # On its way, or done already.
    begun = card.get_by_role("button", name="Pause")
    expect(begun.or_(card.get_by_role("button", name="Put out of sight"))).to_be_visible()
    expect(card.locator(".desk-error")).to_have_count(0)
    page.page.get_by_role("link", name="Inspect").first.click()
    page.wait_ready()
    page.page.close()

    later = open_page(desk, storage_state=state)
    later.open("/add")
    card = find_card(later.page, f"Folder harbour, {COUNT + 5} files")
    wait_done(card)
    assert read_figures(card)["answered"] == str(COUNT)
    expect(later.page.get_by_text(f"In this project: {COUNT} pictures")).to_be_visible()
    later.wait_idle()
    card.get_by_role("link", name="Review them").click()
    review = ReviewPage(later)
    review.wait_ready()
    assert review.count() == (0, COUNT)
    later.open("/add")
    card.get_by_role("button", name="Put out of sight").click()
    expect(card).to_have_count(0)
    later.wait_idle()
    # Also after a reload: the browser remembers.
    later.open("/add")
    later.page.locator("summary", has_text="Earlier batches").click()
    earlier = later.page.locator(".batch-earlier tbody tr")
    expect(earlier).to_have_count(1)
    expect(earlier).to_contain_text(f"{COUNT} pictures answered, 1 twice, 1 not readable")
    expect(card).to_have_count(0)


def test_the_servers_folder_has_nothing_new_then(
    open_page: OpenPage, added: tuple[ServedDesk, StorageState]
) -> None:
    desk, state = added
    page = open_page(desk, storage_state=state)
    page.open("/add")
    choose_way(page, "On the server")
    expect(page.page.locator(".batch-path")).to_have_text(str(desk.data / "datasets" / "harbour"))
    page.page.get_by_role("button", name="Look through it").click()
    card = find_card(page.page, "harbour")
    expect(card).to_contain_text("Add 2 truth masks")
    assert read_figures(card)["in the project already"] == str(COUNT)
    card.get_by_role("button", name="Put away").click()
    expect(card).to_have_count(0)


def test_addresses_are_fetched_and_what_is_typed_survives_a_batch_that_ends(
    open_page: OpenPage, added: tuple[ServedDesk, StorageState]
) -> None:
    desk, state = added
    with serve(_give_picture) as host:
        page = open_page(desk, storage_state=state)
        page.open("/add")
        choose_way(page, "Web addresses")
        field = page.page.get_by_role("textbox", name="Addresses, one a line")
        field.fill("\n".join(map(host.url, ("/one.jpg", "/none.jpg", "/two.jpg"))))
        page.page.get_by_role("button", name="Look through them").click()
        card = find_card(page.page, "3 addresses")
        expect(card.locator("h3")).to_be_focused()
        expect(card.locator("h3")).to_be_in_viewport()
        start = card.get_by_role("button", name="Ask about 2 pictures")
        expect(start).to_be_visible()
        expect(card.locator(".batch-reasons")).to_contain_text("404")
        expect(field).to_have_value("")
        start.click()
        field.fill("https://example.org/next.jpg")
        wait_done(card)
        page.wait_idle()
        expect(field).to_have_value("https://example.org/next.jpg")
        card.get_by_role("button", name="Put out of sight").click()
        expect(card).to_have_count(0)


def _give_picture(stream: socket.socket, head: bytes) -> None:
    seed = {b"/one.jpg": 1, b"/two.jpg": 2}.get(head.split(b" ")[1])
    stream.sendall(reply(status="404 Not Found") if seed is None else reply(make_jpeg(seed=seed)))

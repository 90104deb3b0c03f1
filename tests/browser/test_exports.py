"""Exports in a browser: made, saved, opened elsewhere, sent back; and how it all looks."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, StorageState, expect

from components import desk as rooms
from tests.browser.conftest import OpenPage
from tests.browser.desk_page import DeskPage
from tests.browser.looks import BOTH, SCREENS, Scheme, expect_fine_in
from tests.browser.prepared import Prepared
from tests.browser.review_page import ReviewPage
from tests.browser.served import ServedDesk, serve_desk
from tests.browser.watch import Watch
from tests.export.roboflow_server import KEY, RoboflowServer, serve_roboflow
from tests.measured import decide_all, make_project
from tests.page_pool import WIDE, PagePool

pytestmark = pytest.mark.browser

Handed = tuple[ServedDesk, StorageState, RoboflowServer]


@pytest.fixture(scope="module")
def handed(
    page_pool: PagePool, prepared: Prepared, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Handed]:
    """A desk with a project that was decided about, a Roboflow of its own, and Lea's browser."""
    folder = tmp_path_factory.mktemp("handed")
    with pytest.MonkeyPatch.context() as environ:
        environ.setenv("MASK_DESK_FOLDER", str(folder / "data"))
        rooms.open_desk.clear()
        decide_all(make_project(12))
        rooms.open_desk.clear()
    with (
        serve_roboflow() as roboflow,
        serve_desk(
            folder,
            prepared=prepared,
            roboflow_address=roboflow.address,
            roboflow_api_key=KEY,
            roboflow_project="acme/streets",
        ) as served,
        page_pool.lend(**WIDE) as opened,
    ):
        page = DeskPage(opened, served.address, Watch(served.address))
        page.page.goto(f"{served.address}/exports")
        ReviewPage(page).sign("Lea", page.page.get_by_role("button", name="Make it"))
        expect(page.page.get_by_role("button", name="Make it")).to_be_enabled()
        page.wait_idle()
        yield served, opened.context.storage_state(), roboflow


@pytest.fixture
def exports(open_page: OpenPage, handed: Handed) -> DeskPage:
    """The page, nothing chosen yet."""
    served, state, _ = handed
    page = open_page(served, storage_state=state)
    page.open("/exports")
    expect(page.page.get_by_role("button", name="Make it")).to_be_enabled()
    return page


def card(page: DeskPage, title: str) -> Locator:
    """The card of a format."""
    named = page.page.get_by_test_id("stRadioOption").filter(has_text=title)
    return page.page.get_by_test_id("stRadioGroup").locator("> div").filter(has=named)


def choose(page: DeskPage, title: str) -> None:
    card(page, title).click()
    expect(page.page.locator(".export-head h2").first).to_have_text(title)
    page.wait_idle()


def make_and_save(page: DeskPage, folder: Path) -> Path:
    """Press Make it, wait until the newest is ready, and save it."""
    jobs = page.page.locator("[class*=st-key-export_job_]")
    before = jobs.first.get_attribute("class") or "" if jobs.count() else "none"
    page.page.get_by_role("button", name="Make it").click()
    newest = jobs.first
    expect(newest).not_to_have_class(before)
    expect(newest.locator(".review-state")).to_have_text("Ready")
    # The list is drawn anew when it is.
    page.wait_idle()
    with page.page.expect_download() as download:
        newest.get_by_role("button", name=re.compile(r"^Save|Save \(")).click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def test_coco_is_chosen_made_and_opened_elsewhere(exports: DeskPage, tmp_path: Path) -> None:
    # A press beside the words of a card chooses it too.
    box = card(exports, "COCO (JSON)").bounding_box()
    assert box is not None
    exports.page.mouse.click(box["x"] + box["width"] - 8, box["y"] + box["height"] - 8)
    expect(exports.page.locator(".export-head h2").first).to_have_text("COCO (JSON)")
    exports.wait_idle()
    expect(exports.page).to_have_url(re.compile(r"format=coco"))
    approved = exports.page.get_by_role("checkbox", name=re.compile("^Approved")).or_(
        exports.page.get_by_role("button", name=re.compile("^Approved"))
    )
    expect(approved.first).to_be_visible()
    number = int(re.findall(r"\d+", approved.first.inner_text())[0])
    path = make_and_save(exports, tmp_path)
    assert path.name == "Scenes-coco.zip"
    with zipfile.ZipFile(path) as packed:
        said = json.loads(packed.read("annotations/instances_default.json"))
        assert packed.testzip() is None
    assert len(said["images"]) == number


def test_the_report_is_made_and_opens_as_a_file_without_a_network(
    exports: DeskPage, browser: Browser, tmp_path: Path
) -> None:
    choose(exports, "Report (HTML)")
    path = make_and_save(exports, tmp_path)
    assert path.name == "Scenes-report.html"
    with browser.new_context(offline=True) as context:
        page = context.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(path.as_uri())
        expect(page.get_by_role("heading", level=1)).to_have_text("Scenes")
        expect(page.locator(".lead")).to_contain_text("12 pictures, masks by demo-scene/1")
        expect(page.locator(".tile img.mask").first).to_be_visible()
        assert [url for url in asked if not url.startswith("data:")] == [path.as_uri()]


@pytest.fixture
def two(prepared: Prepared, tmp_path: Path) -> Iterator[ServedDesk]:
    """A desk with two projects; asked for before the page, which so closes first."""
    with pytest.MonkeyPatch.context() as environ:
        environ.setenv("MASK_DESK_FOLDER", str(tmp_path / "data"))
        rooms.open_desk.clear()
        make_project(2, name="Older")
        make_project(2, name="Newer")
        rooms.open_desk.clear()
    with serve_desk(tmp_path, prepared=prepared) as served:
        yield served


def test_a_project_chosen_on_one_page_stays_on_all(two: ServedDesk, open_page: OpenPage) -> None:
    page = open_page(two)
    page.page.goto(f"{two.address}/review")
    ReviewPage(page).sign("Lea")
    chosen = page.page.get_by_role("combobox", name="Project")
    expect(chosen).to_have_value("Newer")
    chosen.click()
    page.page.get_by_role("option", name="Older").click()
    expect(chosen).to_have_value("Older")
    page.wait_idle()
    # The keys are the decision's again, not those of the list one has chosen from.
    expect(chosen).not_to_be_focused()
    ReviewPage(page).press("a")
    for name in ("Exports", "Insights", "Add", "Insights", "Exports", "Review", "Insights"):
        page.switch_to(name)
        expect(page.page).to_have_url(re.compile(f"/{name.lower()}.*project="))
        page.wait_idle()
        expect(chosen).to_have_value("Older")


def test_what_is_beside_the_button_of_a_dry_run_stands_in_its_line(exports: DeskPage) -> None:
    boxes = [
        exports.page.locator(selector).bounding_box()
        for selector in (
            ".st-key-roboflow_overwrite label",
            ".st-key-dry_run button",
            ".st-key-handing_back_fields [data-testid=stTextInput] input",
        )
    ]
    middles = [box["y"] + box["height"] / 2 for box in boxes if box]
    assert len(middles) == 3
    assert max(middles) - min(middles) < 2, middles


def test_keys_choose_a_format(exports: DeskPage) -> None:
    choose(exports, "Report (HTML)")
    exports.page.get_by_role("radio", name="Report (HTML)").focus()
    exports.page.keyboard.press("ArrowDown")
    expect(exports.page.locator(".export-head h2").first).to_have_text("Overlays (JPEG)")


def test_masks_go_back_and_the_key_goes_nowhere_else(exports: DeskPage, handed: Handed) -> None:
    served, _, roboflow = handed
    page = exports.page
    sent: list[str] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda f: sent.append(str(f))))
    exports.open("/exports")
    expect(page.get_by_label("Project at Roboflow")).to_have_value("streets")
    page.get_by_role("button", name="See what would be sent").click()
    begin = page.get_by_role("button", name=re.compile("^(cloud_upload )?Send .* masks to"))
    expect(begin).to_be_visible()
    assert not roboflow.asked
    begin.click()
    expect(page.locator(".st-key-upload_progress")).to_contain_text("All of it is at Roboflow")
    assert roboflow.images
    assert len(roboflow.images) == len(roboflow.annotations)
    assert all(asked.headers["authorization"] == f"Bearer {KEY}" for asked in roboflow.asked)
    assert KEY not in roboflow.addresses
    assert KEY not in page.content()
    assert sent
    assert not [frame for frame in sent if KEY in frame]
    assert KEY not in served.read_log()
    kept = [file.read_bytes() for file in served.data.rglob("*") if file.is_file()]
    assert not [data for data in kept if KEY.encode() in data]


@pytest.mark.parametrize(("screen", "schemes"), BOTH)
def test_the_page_fits_and_can_be_read(
    open_page: OpenPage, handed: Handed, screen: str, schemes: tuple[Scheme, Scheme]
) -> None:
    served, state, _ = handed
    page = open_page(served, storage_state=state, color_scheme=schemes[0], **SCREENS[screen])
    page.open("/exports?format=coco")
    expect(page.page.get_by_role("button", name="Make it")).to_be_enabled()
    page.page.get_by_role("button", name="Make it").click()
    newest = page.page.locator("[class*=st-key-export_job_]").first
    expect(newest.locator(".review-state")).to_have_text("Ready")
    page.page.get_by_role("button", name="See what would be sent").click()
    expect(page.page.locator(".st-key-upload_plan_place")).to_contain_text("to send")
    page.wait_idle()
    expect_fine_in(page, screen, schemes, f"exports-{screen}")

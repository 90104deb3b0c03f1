"""When the desk itself fails: a sentence for the reviewer, the traceback for the log alone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage, StartDesk
from tests.browser.desk_page import DeskPage
from tests.browser.prepared import Prepared
from tests.browser.served import ServedDesk, serve_desk
from tests.chromium import ROOT
from tests.pictures import make_jpeg

pytestmark = pytest.mark.browser


def test_pictures_cannot_be_kept_once_the_temporary_folder_is_gone(
    open_page: OpenPage, start_desk: StartDesk
) -> None:
    desk = start_desk()
    page = open_page(desk)
    page.open_inspect()
    page.upload(("first.jpg", make_jpeg((64, 48), seed=31)))
    page.expect_shown("first.jpg")
    (folder,) = desk.temporary.glob("mask-desk-*")
    shutil.rmtree(folder)

    page.upload(("second.jpg", make_jpeg((64, 48), seed=32)))
    expect(page.page.get_by_text("second.jpg could not be kept")).to_be_visible()
    expect(page.page.get_by_text("is not on this desk any more")).to_be_visible()
    expect_no_traceback(page)
    page.tile("Mountain lake").click()
    page.expect_shown("lake.jpg")


def test_a_fault_of_the_desk_is_a_sentence_and_its_traceback_is_in_the_log(
    open_page: OpenPage, start_desk: StartDesk, tmp_path: Path
) -> None:
    for name in ("pages", "components", ".streamlit"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "app.py", tmp_path)
    desk = start_desk(root=tmp_path, prepared=None)
    page = open_page(desk)
    page.open_inspect()
    shutil.rmtree(tmp_path / "components" / "samples" / "pictures")
    page.slider.focus()
    page.page.keyboard.press("ArrowRight")
    expect(page.notices.last).to_contain_text("Something went wrong")
    expect(page.notices.last).to_contain_text("the fault is the desk’s")
    expect_no_traceback(page)
    page.wait_idle()
    assert "FileNotFoundError" in desk.read_log()
    # The other page does not need the samples.
    page.switch_to("Connection")
    expect(page.page.get_by_role("heading", name="Server in use")).to_be_visible()


@pytest.fixture(scope="module")
def half_set_desk(
    prepared: Prepared, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServedDesk]:
    """A desk with an address but no model."""
    folder = tmp_path_factory.mktemp("half-set")
    with serve_desk(folder, prepared=prepared, address="https://example.org") as served:
        yield served


@pytest.mark.parametrize("path", ["/", "/inspect", "/connection"])
def test_settings_that_cannot_be_used_are_named_on_every_page(
    open_page: OpenPage, half_set_desk: ServedDesk, path: str
) -> None:
    page = open_page(half_set_desk)
    page.open(path)
    expect(page.notices).to_contain_text("The desk’s settings cannot be used")
    expect(page.notices).to_contain_text("no model. Set models")
    expect(page.page.get_by_test_id("stTopNavLink")).to_have_count(6)
    expect_no_traceback(page)


def expect_no_traceback(page: DeskPage) -> None:
    """Nothing on the page speaks of files, lines or classes of errors."""
    expect(page.page.get_by_test_id("stException")).to_have_count(0)
    text = page.page.get_by_test_id("stApp").inner_text()
    for word in ("Traceback", "Error:", 'File "', ".py", str(ROOT)):
        assert word not in text

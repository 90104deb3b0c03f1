"""Pictures from a web address: those that are fetched, and those that are not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.prepared import Prepared
from tests.browser.served import ServedDesk, serve_desk
from tests.net.loopback import Loopback, answering, reply, serve
from tests.pictures import make_jpeg

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def picture_host() -> Iterator[Loopback]:
    """A web server that answers every path with one picture."""
    picture = reply(make_jpeg((300, 200), seed=5), headers={"Content-Type": "image/jpeg"})
    with serve(answering(picture)) as server:
        yield server


@pytest.fixture(scope="module")
def allowing_desk(
    prepared: Prepared, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServedDesk]:
    """A desk that may fetch from the host called localhost."""
    with serve_desk(
        tmp_path_factory.mktemp("allowing"), prepared=prepared, allow_hosts="localhost"
    ) as served:
        yield served


def test_a_picture_of_an_allowed_host_is_shown_with_its_mask(
    open_page: OpenPage, allowing_desk: ServedDesk, picture_host: Loopback
) -> None:
    page = open_page(allowing_desk)
    page.open_inspect()
    url = picture_host.url("/album/meadow.jpg", host="localhost")
    page.paste_address(url)
    page.expect_shown("meadow.jpg")
    expect(page.chosen_tile).to_have_text("meadow.jpg")
    assert sum(row.pixels for row in page.table()) == 300 * 200
    assert page.facts()["Sent"] == "its address; the server fetches it"
    command = page.curl_command()
    assert command.startswith("curl -X POST ")
    assert "image=http%3A%2F%2Flocalhost" in command
    # Fetched by the desk to show it, and by the server to look at it.
    assert len(picture_host.requests) == 2


def test_addresses_that_are_not_fetched_are_told_and_nothing_is_lost(
    open_page: OpenPage, allowing_desk: ServedDesk, picture_host: Loopback
) -> None:
    page = open_page(allowing_desk)
    page.open_inspect()
    asked = picture_host.connections
    for url, words in {
        "http://169.254.169.254/latest/meta-data": "private",
        "file:///etc/passwd": "not a web address",
        "http://127.0.0.1/picture.jpg": "private",
        "my holiday picture": "not a web address",
        f"http://127.0.0.1:{picture_host.port}/picture.jpg": "private",
        "http://2130706433/picture.jpg": "not a web address",
        "http://[::1]/picture.jpg": "private",
        "javascript:alert(1)": "not a web address",
    }.items():
        page.paste_address(url)
        expect(page.notices).to_contain_text(words)
        expect(page.notices).to_have_count(1)
        expect(page.notices).not_to_contain_text("root:")
        expect(page.shown_name()).to_have_text("harbour.jpg")
        page.wait_ready()
    assert picture_host.connections == asked


def test_an_address_that_gives_no_picture_is_said(
    open_page: OpenPage, allowing_desk: ServedDesk
) -> None:
    page = open_page(allowing_desk)
    page.open_inspect()
    missing = reply(b"gone", status="404 Not Found")
    with serve(answering(reply(b"<html>A page</html>"), missing)) as host:
        page.paste_address(host.url("/page.jpg", host="localhost"))
        expect(page.notices).to_contain_text("page.jpg")
        page.paste_address(host.url("/gone.jpg", host="localhost"))
        expect(page.notices).to_contain_text("404")
    page.page.get_by_role("button", name="Put away").click()
    expect(page.notices).to_have_count(0)

"""The facts of an answer, and the command that repeats the request."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import expect

from components.samples import samples
from tests.browser.conftest import OpenPage, StartDesk
from tests.browser.desk_page import DeskPage
from tests.browser.oracle import read_truth
from tests.pictures import make_answer
from tests.replay import replay, respond

pytestmark = pytest.mark.browser


def test_every_fact_of_an_answer_is_told(desk_page: DeskPage) -> None:
    desk_page.open_inspect("?confidence=45")
    facts = desk_page.facts()
    picture = samples()[0].path.stat().st_size
    assert re.fullmatch(r"Built-in demonstration server, http://127\.0\.0\.1:\d+", facts["Server"])
    assert facts["Model"] == "demo-scene/1"
    assert facts["Confidence"] == "45 of 100"
    shown = re.fullmatch(r"1,024 × 683 pixels, (\d+) kB", facts["Picture shown"])
    assert shown
    assert 0 < int(shown[1]) <= round(picture / 1000)
    assert facts["Picture as it came"] == "1,024 × 683 pixels, JPEG"
    # Base64 makes four bytes of three.
    sent = re.fullmatch(r"(\d+) kB", facts["Sent"])
    assert sent
    assert int(sent[1]) == pytest.approx(int(shown[1]) * 4 / 3, abs=1.5)
    assert re.fullmatch(r"[\d,.]+ (kB|MB)", facts["Received"])
    assert facts["Mask"] == "1,024 × 683 pixels, not stretched"
    assert facts["Picture size the server states"] == "1,024 × 683"
    assert facts["Confidence of each pixel"] == "included"
    assert re.match(r"\d+\.\d\d s", facts["Time taken"])
    assert facts["Class ids without a name"] == "none"


def test_a_stretched_mask_and_an_id_without_a_name_are_told(
    open_page: OpenPage, start_desk: StartDesk
) -> None:
    # 2 × 2 pixels, of which three are a class that the class map does not name.
    answer = make_answer(class_map={"0": " background", "7": "roof"})
    with replay(respond("200 OK", answer)) as server:
        page = open_page(start_desk(address=server.address, models="my-data/3"))
        page.open_inspect()
        facts = page.facts()
        assert facts["Server"] == f"Your own inference server, {server.address}"
        assert facts["Mask"] == "2 × 2 pixels, stretched to the picture"
        assert facts["Picture size the server states"] == "2 × 2"
        assert facts["Class ids without a name"] == "1"
        assert facts["Confidence of each pixel"] == "not included"
        assert page.table()[0].name == "unlabelled 1"
        # The floor mapping: of 683 rows the first 342 take the mask's first one.
        assert page.table()[1].pixels == 512 * 342
        expect(page.page.locator(".mask .caption.over")).to_contain_text("stretched")
        assert len(server.requests) == 1


def test_the_curl_command_run_in_a_shell_gives_the_mask_that_is_shown(
    desk_page: DeskPage, tmp_path: Path
) -> None:
    desk_page.open_inspect("?confidence=35")
    command = desk_page.curl_command()
    words = shlex.split(command)
    assert words[:3] == ["base64", "<", "harbour.jpg"]
    with desk_page.page.expect_download() as download:
        # By key: the page may still be settling beneath a pointer.
        desk_page.page.get_by_role("button", name="Save the picture as it was sent").press("Enter")
    download.value.save_as(tmp_path / download.value.suggested_filename)
    assert download.value.suggested_filename == "harbour.jpg"

    done = subprocess.run(
        ["sh", "-c", command], cwd=tmp_path, capture_output=True, check=True, timeout=60
    )
    truth = read_truth(done.stdout)
    assert {row.name: row.pixels for row in desk_page.table()} == truth.count()
    height, width = truth.class_ids.shape
    for x, y in [(x, y) for x in range(5, width, 97) for y in range(5, height, 83)]:
        found = desk_page.sample_at(x, y)
        assert found["id"] == truth.class_ids[y, x]
        assert found["name"] == truth.names[found["id"]]

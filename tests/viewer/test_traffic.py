"""What goes over to the browser: each part once, and only what is new."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import WebSocket, expect

from tests.viewer.conftest import OpenDesk
from tests.viewer.desk_page import DeskPage
from tests.viewer.packets import build_packet, edited

pytestmark = pytest.mark.browser

# Noise cannot be packed: the picture is 750 kB, an answer about 330.
RNG = np.random.default_rng(71)
RGB = RNG.integers(0, 256, (500, 500, 3), np.uint8)
MASK = RNG.integers(0, 3, (500, 500), np.uint8)
SURE = RNG.integers(0, 256, (500, 500), np.uint8)
SIZE_WH = (500, 500)
PACKET = build_packet(RGB, MASK, confidence=SURE)
PICTURE = 700_000
ANSWER = 250_000
WORDS = 100_000


class Ear:
    """Bytes that come over the page's socket."""

    def __init__(self, desk: DeskPage) -> None:
        self.heard = 0
        desk.page.on("websocket", self._listen)
        # From its next opening on.
        desk.open(PACKET)

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framereceived", self._count)

    def _count(self, frame: str | bytes) -> None:
        self.heard += len(frame)

    def take(self) -> int:
        """Bytes since the last time."""
        heard, self.heard = self.heard, 0
        return heard


def test_only_what_is_new_goes_over(open_desk: OpenDesk) -> None:
    desk = open_desk(PACKET, fresh=True)
    ear = Ear(desk)
    desk.run_again()
    assert PICTURE + ANSWER < ear.take() < 2 * PICTURE, "once, the picture and its answer"
    for _ in range(3):
        desk.run_again()
    assert ear.take() < WORDS
    for percent in (60, 70):
        desk.replace(edited(PACKET, {"threshold": percent}))
        expect(desk.page.get_by_label("Confidence", exact=True)).to_have_value(str(percent))
        assert ear.take() < WORDS
    other = MASK[::-1].copy()
    answered = build_packet(RGB, other, confidence=SURE)
    desk.show(answered)
    np.testing.assert_array_equal(desk.colours(), desk.expected_colours(other, SIZE_WH, {0}))
    assert ANSWER < ear.take() < PICTURE


def test_a_picture_and_later_its_answer_in_one_run(open_desk: OpenDesk) -> None:
    desk = open_desk(PACKET, fresh=True)
    ear = Ear(desk)
    desk.run_again()
    ear.take()
    rgb, mask = 255 - RGB, MASK[:, ::-1].copy()
    waiting = edited(build_packet(rgb), {"pending": True})
    answered = build_packet(rgb, mask, confidence=SURE)
    name = desk.store(waiting)
    (desk.folder / f"{name}.later").write_bytes(answered)
    field = desk.page.get_by_label("Packet")
    field.fill(name)
    field.press("Enter")
    desk.wait_for(waiting)
    assert desk.state == "waiting"
    assert desk.canvas(".image .picture").any()
    assert not desk.colours().any()
    place = desk.page.locator(".pane.mask").bounding_box()
    (desk.folder / f"{name}.go").touch()
    desk.wait_for(answered)
    assert desk.state == "ready"
    np.testing.assert_array_equal(desk.colours(), desk.expected_colours(mask, SIZE_WH, {0}))
    assert desk.page.locator(".pane.mask").bounding_box() == place
    desk.page.get_by_text(f"Shown: {name}", exact=True).wait_for()
    assert PICTURE + ANSWER < ear.take() < 2 * PICTURE
    # And in a run of its own, as it is opened again.
    desk.run_again()
    assert desk.state == "ready"
    np.testing.assert_array_equal(desk.colours(), desk.expected_colours(mask, SIZE_WH, {0}))

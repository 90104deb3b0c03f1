"""Pictures that come by slots: what is likely to come next is there before it is asked for."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import WebSocket, WebSocketRoute, expect

from components.viewer.supply import SLOTS
from tests.chromium import streamlit_server
from tests.viewer.desk_page import DeskPage
from tests.viewer.packets import build_packet
from tests.viewer.quiet_pages import QuietPages
from tests.viewer.scene import CLASSES, draw_harbour

pytestmark = pytest.mark.browser

# Noise cannot be packed: a picture is 480 kB, an answer about 130.
RNG = np.random.default_rng(5)
# Each a little lighter than the one before.
PICTURES = [RNG.integers(10 * at, 190 + 10 * at, (400, 400, 3), np.uint8) for at in range(6)]
MASKS = [RNG.integers(0, 3, (400, 400), np.uint8) for _ in range(6)]
SURE = RNG.integers(0, 256, (400, 400), np.uint8)
PACKETS = [
    build_packet(rgb, mask, confidence=SURE, name=f"n{at}.png")
    for at, (rgb, mask) in enumerate(zip(PICTURES, MASKS, strict=True))
]
SIZE = len(PACKETS[0])
WORDS = 60_000
EMPTY = ["-"] * SLOTS
CONTEXT = {"viewport": {"width": 1400, "height": 900}, "reduced_motion": "reduce"}


@pytest.fixture(scope="module")
def ahead_address(packet_folder: Path) -> Iterator[str]:
    script = Path(__file__).parent / "ahead_app.py"
    with streamlit_server(script, env={"MASK_DESK_TEST_PACKETS": str(packet_folder)}) as found:
        yield found


class Row:
    """The page with the row of packets, and the bytes that came over its socket."""

    def __init__(self, desk: DeskPage, packets: list[bytes]) -> None:
        self.desk = desk
        self.packets = packets
        self.heard = 0
        self.at = 0
        desk.page.on("websocket", self._listen)
        self.names = [desk.store(packet) for packet in packets]
        desk.page.goto(f"{desk.address}/?packets={','.join(self.names)}")
        self.wait()

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framereceived", self._count)

    def _count(self, frame: str | bytes) -> None:
        self.heard += len(frame)

    def take(self) -> int:
        """Bytes since the last time."""
        heard, self.heard = self.heard, 0
        return heard

    def go(self, name: str, step: int) -> None:
        self.send(name, step)
        self.wait()

    def send(self, name: str, step: int) -> None:
        """As `go`, without waiting until the picture is shown."""
        self.desk.click_quietly(name)
        self.at += step
        self.desk.page.get_by_text(f"Shown: {self.at}", exact=True).wait_for()

    def wait(self) -> None:
        """Wait until the picture is shown."""
        self.desk.page.get_by_text(f"Shown: {self.at}", exact=True).wait_for()
        self.desk.wait_for(self.packets[self.at])
        self.desk.rest()

    def path(self, at: int, ending: str) -> Path:
        """A file about a picture of the row; ".runs" of the first one lists what slots were run."""
        return self.desk.folder / f"{self.names[at]}{ending}"

    @property
    def runs(self) -> list[str]:
        """What slots were run for, by the pictures' places in the row."""
        lines = self.path(0, ".runs").read_text().splitlines()
        names = [line.partition(" ")[2] for line in lines]
        return [str(self.names.index(name)) if name else "-" for name in names]

    def check(self) -> None:
        """The right picture and the right mask are on screen, pixel by pixel."""
        desk = self.desk
        wanted = desk.expected_colours(MASKS[self.at], (400, 400), {0})
        np.testing.assert_array_equal(desk.colours(), wanted)
        inside = desk.spread(np.ones((400, 400), np.uint8), 0) == 1
        seen = desk.canvas(".mask .picture")
        assert abs(seen[inside][:, :3].mean() - PICTURES[self.at].mean()) < 3


@pytest.fixture
def row(page_pool: QuietPages, ahead_address: str, packet_folder: Path) -> Iterator[Row]:
    with page_pool.lend(fresh=True, **CONTEXT) as page:
        yield Row(DeskPage(page, ahead_address, packet_folder), PACKETS)


def decoded(row: Row) -> dict[str, object]:
    found: dict[str, object] = row.desk.desk.evaluate(
        """desk => ({ pictures: desk.maskDesk.decodes(), answers: desk.maskDesk.answersDecoded(),
          ahead: desk.maskDesk.ahead().length })"""
    )
    return found


def wait_ahead(row: Row, count: int) -> None:
    """Wait until so many are decoded ahead, and nothing is under way."""
    row.desk.desk.evaluate(
        """async (desk, count) => {
          while (desk.maskDesk.ahead().length !== count)
            await new Promise(done => setTimeout(done, 20));
        }""",
        count,
    )


def test_the_next_picture_is_painted_without_decoding_anything(row: Row) -> None:
    wait_ahead(row, 2)
    row.check()
    assert decoded(row) == {"pictures": 3, "answers": 3, "ahead": 2}
    desk = row.desk
    # What is decoded from now on shows up in the number of decoders that are asked.
    desk.page.evaluate(
        """() => {
          globalThis.asked = 0;
          const decode = globalThis.createImageBitmap;
          globalThis.createImageBitmap = (...all) => (asked++, decode(...all));
          const post = Worker.prototype.postMessage;
          Worker.prototype.postMessage = function (...all) {
            asked++;
            return post.apply(this, all);
          };
        }"""
    )
    # Between the header and the picture there is no frame without one.
    desk.desk.evaluate(
        """desk => {
          globalThis.states = [];
          const picture = desk.querySelector(".image .picture").getContext("2d");
          const look = () => {
            const { data } = picture.getImageData(300, 200, 1, 1);
            states.push(data[3]);
            if (states.length < 400) requestAnimationFrame(look);
          };
          look();
        }"""
    )
    asked = desk.desk.evaluate(
        """desk => new Promise(resolve => {
          new MutationObserver(() => desk.dataset.state === "ready" && resolve(globalThis.asked))
            .observe(desk, { attributes: true, attributeFilter: ["data-state"] });
          const buttons = [...document.querySelectorAll("button")];
          buttons.find(button => button.innerText === "Next picture").click();
        })"""
    )
    assert asked == 0
    row.at += 1
    row.wait()
    row.check()
    assert set(desk.page.evaluate("globalThis.states")) == {255}
    wait_ahead(row, 2)
    assert decoded(row) == {"pictures": 4, "answers": 4, "ahead": 2}


def test_bytes_go_over_once(row: Row) -> None:
    wait_ahead(row, 2)
    assert 3 * SIZE < row.take() < 3 * SIZE + 10 * WORDS
    for at in range(1, 6):
        row.go("Next picture", 1)
        row.check()
        wait_ahead(row, min(2, 5 - at))
        # One new one comes in for the one that left, as long as there are any.
        new = 1 if at + 2 < len(PACKETS) else 0
        heard = row.take()
        assert new * SIZE <= heard < new * SIZE + 3 * WORDS, at
    expect(row.desk.desk).to_have_attribute("data-state", "ready")
    # Every slot of the page once, and then one slot for each new picture: none asked in vain.
    assert row.runs == ["0", "1", "2", *EMPTY[3:], "3", "4", "5"]


def test_going_back_to_the_one_before_sends_and_decodes_nothing(row: Row) -> None:
    wait_ahead(row, 2)
    row.go("Next picture", 1)
    wait_ahead(row, 2)
    before, runs = decoded(row), row.runs
    row.take()
    for name, step in (("Picture before", -1), ("Next picture", 1)) * 2:
        row.go(name, step)
        row.check()
        wait_ahead(row, 2)
    assert row.take() < 4 * WORDS
    assert decoded(row) == before
    assert row.runs == runs


def test_a_picture_that_nobody_announced_is_waited_for_and_shown(row: Row) -> None:
    wait_ahead(row, 2)
    row.take()
    row.path(3, ".held").touch()
    row.send("Three further", 3)
    desk = row.desk
    # Nothing of the old picture stands there meanwhile.
    expect(desk.desk).to_have_attribute("data-state", "loading")
    desk.settle()
    assert not desk.canvas(".image .picture").any()
    assert not desk.colours().any()
    row.path(3, ".held").unlink()
    row.wait()
    row.check()
    wait_ahead(row, 2)
    assert 3 * SIZE <= row.take() < 3 * SIZE + 6 * WORDS
    # The one that was left is still here, and so are the two that come next.
    row.go("Next picture", 1)
    row.check()


def test_a_picture_left_before_it_came_does_not_show_up_later(row: Row) -> None:
    wait_ahead(row, 2)
    row.path(3, ".held").touch()
    row.send("Three further", 3)
    expect(row.desk.desk).to_have_attribute("data-state", "loading")
    row.desk.click_quietly("Picture before")
    row.at -= 1
    row.path(3, ".held").unlink()
    row.wait()
    row.check()
    wait_ahead(row, 2)
    row.check()


def test_a_decoded_picture_is_shown_though_its_bytes_are_gone(row: Row) -> None:
    wait_ahead(row, 2)
    row.desk.click_quietly("Empty slots")
    # Slots that hold something else let go of what was decoded ahead of its turn.
    wait_ahead(row, 0)
    row.path(1, ".held").touch()
    row.go("Next picture", 1)
    row.check()
    assert decoded(row) == {"pictures": 3, "answers": 3, "ahead": 0}
    row.path(1, ".held").unlink()


def test_a_slot_with_nothing_keeps_nobody_waiting(row: Row) -> None:
    wait_ahead(row, 2)
    row.path(3, ".lost").touch()
    row.go("Next picture", 1)
    # Only the next but one could not be had.
    wait_ahead(row, 1)
    row.go("Next picture", 1)
    row.check()
    row.send("Next picture", 1)
    expect(row.desk.desk).to_have_attribute("data-state", "loading")
    row.go("Next picture", 1)
    row.check()
    # What could not be had was asked for once, and not again and again.
    assert row.runs.count("3") == 1


def test_a_row_of_one_has_nothing_to_send_ahead(
    page_pool: QuietPages, ahead_address: str, packet_folder: Path
) -> None:
    with page_pool.lend(fresh=True, **CONTEXT) as page:
        row = Row(DeskPage(page, ahead_address, packet_folder), PACKETS[:1])
        row.check()
        wait_ahead(row, 0)
        assert row.runs == ["0", *EMPTY[1:]]


def test_a_wish_that_got_lost_is_sent_again(
    page_pool: QuietPages, ahead_address: str, packet_folder: Path
) -> None:
    lost: list[int] = []

    def pass_on(route: WebSocketRoute) -> None:
        server = route.connect_to_server()

        def send(message: str | bytes) -> None:
            text = message if isinstance(message, bytes) else message.encode()
            if b'"want"' in text and not lost:
                lost.append(len(text))
                return
            server.send(message)

        route.on_message(send)

    with page_pool.lend(fresh=True, **CONTEXT) as page:
        page.route_web_socket(lambda _: True, pass_on)
        row = Row(DeskPage(page, ahead_address, packet_folder), PACKETS[:4])
        wait_ahead(row, 2)
        row.go("Next picture", 1)
        wait_ahead(row, 2)
        row.check()
        assert lost
        assert row.runs == ["0", "1", "2", *EMPTY[3:], "3"]


def test_small_memory_holds_the_next_one_alone_and_holds_it_whole(
    page_pool: QuietPages, ahead_address: str, packet_folder: Path
) -> None:
    # Two of them are more than is held ahead there; and they are large enough for a preview, which
    # is made before the picture itself.
    size_wh = (3200, 2100)
    packets = [
        build_packet(rgb, ids, confidence=sure, classes=CLASSES, image_kind="JPEG")
        for rgb, ids, sure in (draw_harbour(*size_wh, seed) for seed in (1, 2, 3))
    ]
    with page_pool.lend(fresh=True, **CONTEXT) as page:
        page.add_init_script("Object.defineProperty(navigator, 'deviceMemory', { get: () => 4 })")
        row = Row(DeskPage(page, ahead_address, packet_folder), packets)
        wait_ahead(row, 1)
        assert decoded(row) == {"pictures": 2, "answers": 2, "ahead": 1}
        (length,) = struct.unpack_from("<I", packets[1])
        wanted_id = json.loads(packets[1][4 : 4 + length])["id"]
        assert row.desk.desk.evaluate("desk => desk.maskDesk.ahead()") == [wanted_id]
        # At 100 % the whole picture is wanted; a preview would have to be made better first.
        row.desk.focus()
        row.desk.press("1")
        row.desk.desk.evaluate(
            """desk => {
              const decode = globalThis.createImageBitmap;
              globalThis.createImageBitmap = (...all) => { throw new Error("decoded again"); };
            }"""
        )
        row.go("Next picture", 1)
        _, ids, _ = draw_harbour(*size_wh, 2)
        row.desk.press("1")
        row.desk.settle()
        wanted = row.desk.expected_colours(ids, size_wh, {0})
        np.testing.assert_array_equal(row.desk.colours(), wanted)

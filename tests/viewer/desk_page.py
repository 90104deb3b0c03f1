"""The viewer's page in a test's hands: show a packet, read pixels back, ask the transform."""

from __future__ import annotations

import base64
import io
import itertools
import json
import re
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.viewer.packets import PALETTE, Gray, stretch

RGBA = NDArray[np.uint8]
Query = tuple[tuple[str, str], ...]

_numbers = itertools.count()

_READ_CANVAS = """canvas => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let text = "";
  for (let at = 0; at < data.length; at += 32768)
    text += String.fromCharCode(...data.subarray(at, at + 32768));
  return { w: canvas.width, h: canvas.height, data: btoa(text) };
}"""


@dataclass
class DeskPage:
    """One page of `viewer_app.py`."""

    page: Page
    address: str
    folder: Path
    name: str = ""

    def open(self, packet: bytes, query: Query = ()) -> None:
        """Load the page afresh with a packet; `query` joins the address."""
        self.page.goto(f"{self.address}/?{urlencode([('packet', self.store(packet)), *query])}")
        self.wait_for(packet)

    def show(self, packet: bytes) -> None:
        """Give the viewer on the page another packet, by an ordinary rerun."""
        self.send(packet)
        self.wait_for(packet)

    def send(self, packet: bytes) -> None:
        """As `show`, without waiting until the viewer shows it."""
        field = self.page.get_by_label("Packet")
        name = self.store(packet)
        field.fill(name)
        field.press("Enter")
        self.page.get_by_text(f"Shown: {name}", exact=True).wait_for()

    def store(self, packet: bytes) -> str:
        """Write a packet where the page finds it; returns its name."""
        self.name = f"p{next(_numbers)}"
        (self.folder / f"{self.name}.bin").write_bytes(packet)
        return self.name

    def replace(self, packet: bytes) -> None:
        """Let Python show another packet while focus and hands stay where they are."""
        (self.folder / f"{self.name}.bin").write_bytes(packet)
        self.run_again()

    def wait_for(self, packet: bytes) -> None:
        """Wait until the viewer shows a packet, or says why it cannot."""
        try:
            length = struct.unpack_from("<I", packet)[0]
            header = json.loads(packet[4 : 4 + length])
            wanted = f'[data-image-id="{header["id"]}"][data-answer="{header["answer"]}"]'
        except (struct.error, ValueError):
            wanted = ""
        settled = f'.desk{wanted}:not([data-state="loading"])'
        self.page.locator(f'{settled}, .desk[data-state="broken"]').wait_for()
        self.settle()

    def settle(self) -> None:
        """Wait until what was asked for is painted and nothing moves."""
        self.page.evaluate(
            "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )

    def rest(self) -> None:
        """Wait until the whole picture is there and no glide is under way."""
        self.desk.evaluate("desk => desk.maskDesk.idle()")

    def stand_still(self) -> None:
        """Wait until neither page nor picture has moved for some frames."""
        self.desk.evaluate(
            """async desk => {
              const read = () => JSON.stringify([
                desk.maskDesk.transform(),
                ...[...document.querySelectorAll("*")].map(element => element.scrollTop),
              ]);
              for (let last = "", same = 0; same < 8; ) {
                await new Promise(requestAnimationFrame);
                const now = read();
                same = now === last ? same + 1 : 0;
                last = now;
              }
            }"""
        )

    def click_quietly(self, label: str) -> None:
        """Use a control of the page around the viewer; focus, pointer and scroll stay."""
        control = self.page.get_by_role("button", name=label).or_(self.page.get_by_label(label))
        control.evaluate("control => control.click()")

    def run_again(self) -> dict[str, Any]:
        """Rerun the page's script; returns what Python was told until then.

        Messages arrive in order: what the viewer told before counts, and what it tells later
        than this does not.
        """
        runs = self.told["runs"]
        self.click_quietly("Run again")
        self.page.wait_for_function(
            "runs => JSON.parse([...document.querySelectorAll('[data-testid=stText]')]"
            ".find(e => e.innerText.startsWith('Told: ')).innerText.slice(6)).runs > runs",
            arg=runs,
        )
        self.settle()
        return self.told

    @property
    def scroll_top(self) -> float:
        """How far down the page is, in CSS pixels."""
        top: float = self.page.evaluate(
            "Math.max(...[...document.querySelectorAll('*')].map(element => element.scrollTop))"
        )
        return top

    @property
    def told(self) -> dict[str, Any]:
        """What Python was told: {runs: int, confidence: list[int], colours: list[dict]}."""
        text = self.page.get_by_text("Told: ").inner_text()
        found: dict[str, Any] = json.loads(text.removeprefix("Told: "))
        return found

    @property
    def desk(self) -> Locator:
        return self.page.locator(".desk")

    @property
    def state(self) -> str:
        return self.desk.get_attribute("data-state") or ""

    @property
    def transform(self) -> dict[str, Any]:
        """scale (device pixels per image pixel), x and y of the picture's corner, pane {w, h}."""
        found: dict[str, Any] = self.desk.evaluate("desk => desk.maskDesk.transform()")
        return found

    def canvas(self, selector: str) -> RGBA:
        """Read a canvas back, uint8, shape (height, width, 4)."""
        got = self.page.locator(selector).evaluate(_READ_CANVAS)
        pixels = np.frombuffer(base64.b64decode(got["data"]), np.uint8)
        return pixels.reshape(got["h"], got["w"], 4)

    def pixels_on_screen(self) -> NDArray[np.int_]:
        """What the window shows, shape (height, width, 3), at one device pixel per CSS pixel."""
        shot = Image.open(io.BytesIO(self.page.screenshot())).convert("RGB")
        return np.asarray(shot).astype(int)

    def colours(self) -> RGBA:
        """The colours of the mask as painted."""
        return self.canvas(".colours")

    def spread(self, values: NDArray[Any], beside: int = -1) -> NDArray[np.int_]:
        """What lies under each device pixel of the mask's pane, computed apart from the product.

        Args:
            values: one for each image pixel, shape (height, width).
            beside: the value of places outside the image.
        """
        at = self.transform
        width, height = self.page.locator(".colours").evaluate("c => [c.width, c.height]")
        x, inside_x = _pixels(width, at["x"], at["scale"], values.shape[1])
        y, inside_y = _pixels(height, at["y"], at["scale"], values.shape[0])
        spread = values[y[:, None], x[None, :]].astype(int)
        spread[~(inside_y[:, None] & inside_x[None, :])] = beside
        return spread

    def expected_colours(self, mask: Gray, size_wh: tuple[int, int], clear: set[int]) -> RGBA:
        """What the mask's canvas must hold now, computed apart from the product.

        Args:
            mask: class ids, shape (height, width).
            size_wh: the image's size.
            clear: ids that are not coloured (background, hidden).
        """
        return colour_table(clear)[self.spread(stretch(mask, size_wh))]

    def where(self, x: float, y: float, pane: str = ".pane.mask") -> tuple[float, float]:
        """Client point of image point (x, y)."""
        box = self.page.locator(pane).bounding_box()
        assert box is not None
        at = self.transform
        ratio = at["pane"]["w"] / box["width"]
        return (
            box["x"] + (at["x"] + x * at["scale"]) / ratio,
            box["y"] + (at["y"] + y * at["scale"]) / ratio,
        )

    def point_at(self, x: int, y: int, pane: str = ".pane.mask") -> None:
        """Move the mouse to the middle of image pixel (x, y)."""
        self.page.mouse.move(*self.where(x + 0.5, y + 0.5, pane))

    def readout(self) -> str:
        """The read-out's visible words, single spaces between them."""
        return " ".join(self.page.locator(".readout").inner_text().split())

    def expect_readout(self, text: str) -> None:
        """Wait until the read-out says this; the size of an area comes a moment later."""
        words = r"\s+".join(map(re.escape, text.split()))
        expect(self.page.locator(".readout")).to_have_text(
            re.compile(rf"\s*{words}\s*$"), use_inner_text=True
        )

    def focus(self) -> None:
        self.page.locator(".panes").focus()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.settle()

    def eye(self, name: str) -> Locator:
        """The button that hides and shows a class."""
        return self.row(name).locator(".eye")

    def row(self, name: str) -> Locator:
        """The line of a class that the mask holds."""
        named = self.page.locator(".name", has_text=re.compile(f"^{re.escape(name)}$"))
        return self.page.locator(".present .row", has=named)

    def layout(self, name: str) -> None:
        """Choose a layout by its radio button: "Side by side", "Overlay", "Swipe"."""
        self.page.locator(".layouts").get_by_role("radio", name=name).check(force=True)
        self.settle()

    def slide(self, label: str, value: int, *, release: bool = False) -> None:
        """Move a slider as a hand does, value by value; `release` lets it go."""
        self.page.get_by_label(label, exact=True).evaluate(
            """(slider, [value, release]) => {
              slider.value = value;
              slider.dispatchEvent(new Event("input", { bubbles: true }));
              if (release) slider.dispatchEvent(new Event("change", { bubbles: true }));
            }""",
            [value, release],
        )
        self.settle()


def colour_table(clear: set[int], own: dict[int, str] | None = None) -> RGBA:
    """Canvas pixels by class id, uint8, shape (257, 4); the last one is for places outside.

    Args:
        clear: ids that are not coloured.
        own: other colours than the palette's, "#rrggbb" by id.
    """
    colours = [(own or {}).get(i, colour) for i, colour in enumerate(PALETTE)]
    table = np.array([[*bytes.fromhex(colour[1:]), 255] for colour in colours], np.uint8)
    table[list(clear)] = 0
    return np.vstack([table, np.zeros((1, 4), np.uint8)])


def _pixels(
    length: int, offset: int, scale: float, image_length: int
) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    pixel = np.floor((np.arange(length) + 0.5 - offset) / scale).astype(np.intp)
    return pixel.clip(0, image_length - 1), (pixel >= 0) & (pixel < image_length)

"""The viewer's page in a test's hands: show a packet, read pixels back, ask the transform."""

from __future__ import annotations

import base64
import io
import itertools
import json
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Locator, Page

from tests.viewer.packets import PALETTE, Gray, stretch

RGBA = NDArray[np.uint8]

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

    def open(self, packet: bytes) -> None:
        """Load the page afresh with a packet."""
        self.page.goto(f"{self.address}/?packet={self._store(packet)}")
        self._wait_for(packet)

    def show(self, packet: bytes) -> None:
        """Give the viewer on the page another packet, by an ordinary rerun."""
        field = self.page.get_by_label("Packet")
        name = self._store(packet)
        field.fill(name)
        field.press("Enter")
        self.page.get_by_text(f"Shown: {name}", exact=True).wait_for()
        self._wait_for(packet)

    def _store(self, packet: bytes) -> str:
        name = f"p{next(_numbers)}"
        (self.folder / f"{name}.bin").write_bytes(packet)
        return name

    def _wait_for(self, packet: bytes) -> None:
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

    def expected_colours(self, mask: Gray, size_wh: tuple[int, int], clear: set[int]) -> RGBA:
        """What the mask's canvas must hold now, computed apart from the product.

        Args:
            mask: class ids, shape (height, width).
            size_wh: the image's size.
            clear: ids that are not coloured (background, hidden).
        """
        table = np.array([[*bytes.fromhex(colour[1:]), 255] for colour in PALETTE], np.uint8)
        table[list(clear)] = 0
        at = self.transform
        ids = stretch(mask, size_wh)
        width, height = self.page.locator(".colours").evaluate("c => [c.width, c.height]")
        x, inside_x = _pixels(width, at["x"], at["scale"], size_wh[0])
        y, inside_y = _pixels(height, at["y"], at["scale"], size_wh[1])
        shown = table[ids[y[:, None], x[None, :]]]
        shown[~(inside_y[:, None] & inside_x[None, :])] = 0
        return shown

    def point_at(self, x: int, y: int, pane: str = ".pane.mask") -> None:
        """Move the mouse to the middle of image pixel (x, y)."""
        box = self.page.locator(pane).bounding_box()
        assert box is not None
        at = self.transform
        ratio = at["pane"]["w"] / box["width"]
        self.page.mouse.move(
            box["x"] + (at["x"] + (x + 0.5) * at["scale"]) / ratio,
            box["y"] + (at["y"] + (y + 0.5) * at["scale"]) / ratio,
        )

    def readout(self) -> str:
        """The read-out's visible words, single spaces between them."""
        return " ".join(self.page.locator(".readout").inner_text().split())

    def focus(self) -> None:
        self.page.locator(".panes").focus()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.settle()


def _pixels(
    length: int, offset: int, scale: float, image_length: int
) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    pixel = np.floor((np.arange(length) + 0.5 - offset) / scale).astype(np.intp)
    return pixel.clip(0, image_length - 1), (pixel >= 0) & (pixel < image_length)

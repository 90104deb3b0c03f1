"""The viewer in a tab of a running Streamlit app, and the peers' bare pages beside it."""

from __future__ import annotations

import hashlib
import http.server
import json
import struct
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from components.display.packet import pack_view
from components.inference.wire import parse_answer
from components.model.classes import list_classes
from components.model.prediction import Prediction
from tests.benchmarks.devtools import Chromium, Page, wait
from tests.benchmarks.material import make_answer, make_source_image
from tests.chromium import streamlit_server

PEERS: Final = Path(__file__).parent / "peers"

_CLOCK: Final = (Path(__file__).parent / "clock.js").read_text(encoding="utf-8")


def make_prediction(
    class_ids: NDArray[np.uint8], confidences: NDArray[np.uint8] | None = None
) -> Prediction:
    """A prediction as it comes from the wire; both masks uint8 (H, W)."""
    return parse_answer(make_answer(class_ids, confidences))


def make_packet(jpeg: bytes, prediction: Prediction) -> bytes:
    """A packet whose picture and answer are this picture's own.

    With a confidence mask, the background takes what is below the threshold, live.
    """
    image = make_source_image(jpeg)
    # One answer under many pictures would let a viewer decode it once for all of them.
    own = replace(prediction, sha256=hashlib.sha256(jpeg + b"answer").hexdigest())
    cut_to = 0 if own.confidence_png else None
    return pack_view(image, own, list_classes(own.class_map), 50, cut_to=cut_to)


def number_jpeg(jpeg: bytes, number: int) -> bytes:
    """The same picture as another file, by a comment after its first marker (ITU-T T.81, B.2.4)."""
    comment = b"%06d" % number
    return jpeg[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + jpeg[2:]


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab with the app of `peers/picker.py`.

    Attributes:
        page: the tab.
        folder: where the packets are, by name.
    """

    page: Page
    folder: Path

    def show(self, name: str) -> dict[str, float]:
        """Ask for a packet by its name and wait until picture and mask are on screen.

        Returns:
            Milliseconds since the key press: "arrived" the packet is in the browser, "called" the
            viewer has it, "shown" the viewer is ready, "painted" the frame of that is on screen.
        """
        self.page.call("Page.bringToFront")
        field = "document.querySelector('[data-testid=\"stTextInput\"] input')"
        self.page.evaluate(f"{field}.focus(), {field}.select()")
        self.page.call("Input.insertText", text=name)
        return press_enter(self.page, read_image_id(self.folder / f"{name}.bin"))

    def settle(self) -> None:
        """Wait until the viewer has nothing left to do, such as building smaller levels."""
        self.page.evaluate("bench.desk.maskDesk.idle()")
        wait(0.25)

    def locate(self, selector: str) -> tuple[float, float, float, float]:
        """Left, top, width and height of the first such element, in CSS pixels of the window."""
        left, top, width, height = self.page.evaluate(f"bench.box({json.dumps(selector)})")
        return left, top, width, height


def press_enter(page: Page, image_id: str = "") -> dict[str, float]:
    """Press Enter and wait for what it shows; milliseconds as `Tab.show` has them."""
    page.evaluate(f"bench.arm({json.dumps(image_id)})")
    page.press("Enter")
    marks: dict[str, float] = page.evaluate("bench.painted")
    return {name: at - marks["pressed"] for name, at in marks.items()}


def read_image_id(packet: Path) -> str:
    """The picture's id, from a packet's header."""
    data = packet.read_bytes()
    (length,) = struct.unpack_from("<I", data)
    return str(json.loads(data[4 : 4 + length])["id"])


@contextmanager
def open_tab(
    browser: Chromium, packets: Mapping[str, bytes], pixel_ratio: float = 1
) -> Iterator[Tab]:
    """Serve packets by name and open a tab that shows the first of them.

    Args:
        browser: from `open_chromium`.
        packets: by name.
        pixel_ratio: device pixels per CSS pixel.
    """
    with TemporaryDirectory(prefix="mask-desk-bench-") as found:
        folder = Path(found)
        for name, packet in packets.items():
            (folder / f"{name}.bin").write_bytes(packet)
        environment = {"MASK_DESK_BENCH_PACKETS": found}
        with streamlit_server(PEERS / "picker.py", env=environment) as address:
            page = browser.open(f"{address}/?packet={next(iter(packets))}", _CLOCK, pixel_ratio)
            page.evaluate("bench.follow()")
            tab = Tab(page, folder)
            tab.settle()
            yield tab


@contextmanager
def open_peer(browser: Chromium, page_name: str, files: Mapping[str, bytes]) -> Iterator[Page]:
    """Open a page of `peers` from a bare HTTP server on the loopback that also has these files."""
    with TemporaryDirectory(prefix="mask-desk-bench-") as folder:
        for name, data in {page_name: (PEERS / page_name).read_bytes(), **files}.items():
            (Path(folder) / name).write_bytes(data)
        handler = partial(_Uncached, directory=folder)
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            try:
                yield browser.open(f"http://127.0.0.1:{server.server_port}/{page_name}", _CLOCK)
            finally:
                server.shutdown()


class _Uncached(http.server.SimpleHTTPRequestHandler):
    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """The table is the only thing printed."""

"""The side-by-side viewer: a picture and its mask under one zoom, as a Streamlit component.

The frontend lies beside this file and is read as text. Its JavaScript is several small files that
make one module: they share one scope, and `_SCRIPTS` is their order. No build step is needed.

Picture, answer and the header that tells of them travel to the browser as components of their own,
without a look. Streamlit sends a component again, script and all, only when its data changed: so a
picture goes over once, whatever happens to its mask, and a threshold moves without either of them.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Mapping
from typing import Any, Final

from streamlit.components.v2 import component

from components.viewer.delivery import Delivery
from components.viewer.outbox import OUTBOX_SCRIPTS
from components.viewer.parts import read, read_event

__all__ = ["supplied_viewer", "viewer"]

# The order of use, from what came to what is seen.
_SCRIPTS: Final = (
    "parts.js",
    "leaving.js",
    "packet.js",
    "png.js",
    "tally.js",
    "region.js",
    "decoder.js",
    "cut.js",
    "classes.js",
    "heat.js",
    "pictures.js",
    "ahead.js",
    "view.js",
    "motion.js",
    "painter.js",
    "stage.js",
    "regions.js",
    "spotlight.js",
    "minimap.js",
    "gestures.js",
    "keys.js",
    "legend.js",
    "readout.js",
    "confidence.js",
    "curve.js",
    "look.js",
    "link.js",
    "sharing.js",
    *OUTBOX_SCRIPTS,
    "drafts.js",
    "pins.js",
    "composer.js",
    "remarks.js",
    "viewer.js",
    "loading.js",
    "describing.js",
    "acting.js",
    "remarking.js",
)

_STYLES: Final = (
    "viewer.css",
    "panes.css",
    "controls.css",
    "confidence.css",
    "help.css",
    "legend.css",
    "pins.css",
    "remarks.css",
    "widths.css",
)

# What the page takes from the viewer, as bits.
_ASKS: Final = 1
_PINS: Final = 2

_COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}")


_mount = component(
    "mask_desk_viewer", html=read("viewer.html"), css=read(*_STYLES), js=read(*_SCRIPTS)
)


def viewer(
    packet: bytes,
    *,
    key: str,
    height: int = 560,
    on_confidence: Callable[[int], None] | None = None,
    on_colours: Callable[[dict[str, str]], None] | None = None,
    takes_remarks: bool = False,
) -> Callable[[bytes], None]:
    """Show a picture and its mask, panning and zooming together.

    Called again with another packet under the same key, the viewer on the page is updated in
    place: zoom, layout, opacity and hidden classes stay; a picture with another id is fitted
    afresh. Nothing that happens in the picture calls Python, but for the two callbacks.

    Args:
        packet: one viewer packet, little-endian: uint32 length of the header, the header (UTF-8
            JSON), then the bytes of image, mask and confidence as the header gives their lengths.
            The image is a JPEG, PNG or WebP; mask and confidence are PNGs, 8-bit gray, not
            interlaced, shape (height, width), a mask value being a class id and a confidence
            value 0-255 standing for 0-100 %. Where the mask's size differs from the image's,
            image pixel x shows mask column floor(x * mask_width / image_width), rows likewise.
            Where the mask is null the image stands alone; with `pending` true the mask's place
            is kept. With `cut` the viewer cuts the mask at the confidence in its slider: a pixel
            whose confidence byte / 255 is below it shows as class `cut.to`.
            A packet that cannot be read shows a sentence in the viewer; nothing is raised.
        key: identity of the viewer on the page, as for any Streamlit widget.
        height: height in CSS pixels where image and mask stand side by side. In a narrow column
            the picture's own shape decides, and the list of classes follows below it.
        on_confidence: called before the next run with the percent, 0-100, at which the slider
            was let go; without it there is a slider only where the mask can be cut.
        on_colours: called before the next run with the colours that the reviewer gave classes,
            "#rrggbb" by class name, after each change and once for those of earlier visits.
        takes_remarks: whether remarks can be set at places of the picture. They go to the outbox of
            the browser (`components.viewer.outbox`), and are shown among the header's pins from
            then on. One that was being written when another picture came, or the page was
            reloaded, is there again with its own.

    Returns:
        A function that shows another packet in the same run: the one with the answer, where the
        picture was shown before the answer was there.
    """
    delivery = Delivery(key)
    delivery.show(packet)
    take = None if on_confidence is None else lambda percent, _subject: on_confidence(percent)
    _show(key, height, take, on_colours, takes_remarks)
    return delivery.show


def supplied_viewer(
    *,
    key: str,
    height: int = 560,
    on_confidence: Callable[[int, str], None],
    on_colours: Callable[[dict[str, str]], None] | None = None,
    takes_remarks: bool = False,
) -> None:
    """A viewer whose pictures come by `components.viewer.supply`, one decision bar choosing which.

    Args:
        key, height, on_colours, takes_remarks: as for `viewer`.
        on_confidence: called before the next run with the percent, 0-100, at which the slider was
            let go, and the subject of the picture that was on screen then.
    """
    _show(key, height, on_confidence, on_colours, takes_remarks)


def _show(
    key: str,
    height: int,
    on_confidence: Callable[[int, str], None] | None,
    on_colours: Callable[[dict[str, str]], None] | None,
    takes_remarks: bool,
) -> None:
    def take_confidence() -> None:
        event = read_event(key, "confidence")
        told = event if isinstance(event, Mapping) else {}
        percent, subject = told.get("percent"), told.get("subject")
        if not isinstance(percent, int | float) or not isinstance(subject, str):
            return
        if on_confidence and 0 <= percent <= 100:
            on_confidence(round(percent), subject)

    def take_colours() -> None:
        colours = read_event(key, "colours")
        if on_colours and isinstance(colours, Mapping):
            on_colours(_check_colours(colours))

    flags = _ASKS * (on_confidence is not None) + _PINS * takes_remarks
    _mount(
        key=key,
        data=struct.pack("<II", height, flags) + key.encode(),
        on_confidence_change=take_confidence,
        on_colours_change=take_colours,
    )


def _check_colours(colours: Mapping[Any, Any]) -> dict[str, str]:
    return {
        name: colour
        for name, colour in colours.items()
        if isinstance(name, str) and isinstance(colour, str) and _COLOUR.fullmatch(colour)
    }

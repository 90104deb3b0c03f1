"""The side-by-side viewer: a picture and its mask under one zoom, as a Streamlit component.

The frontend lies beside this file and is read as text. Its JavaScript is several small files that
make one module: they share one scope, and `_SCRIPTS` is their order. No build step is needed.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Final

from streamlit.components.v2 import component

__all__ = ["viewer"]

_HERE: Final = Path(__file__).parent

# The order of use, from what came to what is seen.
_SCRIPTS: Final = (
    "packet.js",
    "png.js",
    "decoder.js",
    "classes.js",
    "pictures.js",
    "view.js",
    "motion.js",
    "painter.js",
    "stage.js",
    "gestures.js",
    "legend.js",
    "readout.js",
    "opacity.js",
    "viewer.js",
)

_mount = component(
    "mask_desk_viewer",
    html=(_HERE / "viewer.html").read_text(encoding="utf-8"),
    css=(_HERE / "viewer.css").read_text(encoding="utf-8"),
    js="\n".join((_HERE / name).read_text(encoding="utf-8") for name in _SCRIPTS),
)


def viewer(packet: bytes, *, key: str, height: int = 560) -> None:
    """Show a picture and its mask side by side, panning and zooming together.

    Called again with another packet under the same key, the viewer on the page is updated in
    place: zoom, opacity and hidden classes stay; a picture with another id is fitted afresh.

    Args:
        packet: one viewer packet, little-endian: uint32 length of the header, the header (UTF-8
            JSON), then the bytes of image, mask and confidence as the header gives their lengths.
            The image is a JPEG, PNG or WebP; mask and confidence are PNGs, 8-bit gray, not
            interlaced, shape (height, width), a mask value being a class id and a confidence
            value 0-255 standing for 0-100 %. Where the mask's size differs from the image's,
            image pixel x shows mask column floor(x * mask_width / image_width), rows likewise.
            Where the mask is null the image stands alone; with `pending` true the mask's place
            is kept.
            A packet that cannot be read shows a sentence in the viewer; nothing is raised.
        key: identity of the viewer on the page, as for any Streamlit widget.
        height: height in CSS pixels where image and mask stand side by side. In a narrow column
            the picture's own shape decides, and the list of classes follows below it.
    """
    # A component takes bytes only as the whole of its data, so the height travels in front.
    _mount(key=key, data=struct.pack("<I", height) + packet)

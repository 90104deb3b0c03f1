"""Two answers about one picture and what differs between them: three panes under one zoom.

Picture, answers and header travel as parts of their own, as the viewer's do: going from picture to
picture sends what is new, and another threshold of the same answer sends neither of them again.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from streamlit.components.v2 import component

from components.model.classes import list_classes
from components.model.confusion import match_names
from components.model.cut import lowest_kept_byte
from components.model.image import SourceImage
from components.model.prediction import Prediction
from components.viewer.parts import deliver, read

__all__ = ["PaneSide", "three_panes"]

_SCRIPTS = (
    "parts.js",
    "packet.js",
    "png.js",
    "tally.js",
    "region.js",
    "decoder.js",
    "cut.js",
    "classes.js",
    "pictures.js",
    "view.js",
    "motion.js",
    "painter.js",
    "minimap.js",
    "gestures.js",
    "three.js",
    "three_showing.js",
)
_STYLES = ("viewer.css", "panes.css", "controls.css", "confidence.css", "three.css")

_mount = component(
    "mask_desk_three", html=read("three.html"), css=read(*_STYLES), js=read(*_SCRIPTS)
)


@dataclass(frozen=True, slots=True)
class PaneSide:
    """One of the two answers.

    Attributes:
        title: who it is of, shown beside its letter.
        prediction: as it came.
        confidence: percent 0–100 that it is cut at.
        cut_to: class id that pixels below it take; None where it is shown as it came.
    """

    title: str
    prediction: Prediction = field(repr=False)
    confidence: int
    cut_to: int | None


def three_panes(
    image: SourceImage,
    a: PaneSide,
    b: PaneSide,
    *,
    key: str,
    note: str = "",
    colours: Mapping[str, str] | None = None,
    height: int = 520,
) -> None:
    """Show A, B and their difference, panning and zooming together.

    In the difference only pixels are coloured whose class names differ: in the colour of what B
    says, or striped in that of A where B says background.

    Args:
        image: the picture.
        a, b: the answers; both may be the same one at two confidences.
        key: identity on the page, as for any Streamlit widget.
        note: beside the word "Difference".
        colours: "#rrggbb" by class name; the palette's own where a name is missing.
        height: most CSS pixels the panes take in height.
    """
    match = match_names(a.prediction.class_map, b.prediction.class_map)
    header = {
        "id": image.sha256,
        "name": image.name,
        "note": note,
        "image": {
            "bytes": len(image.data),
            "w": image.size_wh[0],
            "h": image.size_wh[1],
            "type": image.media_type,
        },
        "a": _describe(a, match.truth_places.tolist(), colours or {}),
        "b": _describe(b, match.answer_places.tolist(), colours or {}),
    }
    deliver(f"picture:{image.sha256}", image.data, key=f"{key}_picture")
    _deliver_answer(a, key=f"{key}_a")
    if b.prediction.sha256 == a.prediction.sha256:
        # Always as many, so that nothing on the page moves.
        deliver("", b"", key=f"{key}_b")
    else:
        _deliver_answer(b, key=f"{key}_b")
    deliver(f"three:{key}", json.dumps(header).encode(), key=f"{key}_header")
    _mount(key=key, data=struct.pack("<I", height) + key.encode())


def _describe(side: PaneSide, places: list[int], colours: Mapping[str, str]) -> dict[str, Any]:
    prediction = side.prediction
    classes = list_classes(prediction.class_map)
    width, height = prediction.mask_size_wh
    confidence = None
    if prediction.confidence_png is not None and prediction.confidence_size_wh is not None:
        across, down = prediction.confidence_size_wh
        confidence = {"bytes": len(prediction.confidence_png), "w": across, "h": down}
    cut = None
    if side.cut_to is not None and confidence is not None:
        cut = {"to": side.cut_to, "level": lowest_kept_byte(side.confidence)}
    return {
        "title": side.title,
        "answer": prediction.sha256,
        "mask": {"bytes": len(prediction.mask_png), "w": width, "h": height},
        "confidence": confidence,
        "cut": cut,
        "names": [info.name for info in classes],
        "colours": [
            info.colour if info.is_background else colours.get(info.name, info.colour)
            for info in classes
        ],
        "clear": [info.is_background for info in classes],
        "places": places,
    }


def _deliver_answer(side: PaneSide, *, key: str) -> None:
    prediction = side.prediction
    data = prediction.mask_png + (prediction.confidence_png or b"")
    deliver(f"answer:{prediction.sha256}", data, key=key)

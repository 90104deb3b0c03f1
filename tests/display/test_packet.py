"""The viewer's packet, read back byte by byte."""

from __future__ import annotations

import base64
import json
import struct
from typing import Any

import numpy as np

from components.display.packet import pack_header, pack_view, read_header
from components.inference.wire import parse_answer
from components.model.classes import list_classes
from components.model.png import encode_gray
from tests.pictures import make_answer, make_image


def unpack(packet: bytes) -> tuple[dict[str, Any], bytes]:
    (length,) = struct.unpack("<I", packet[:4])
    return json.loads(packet[4 : 4 + length]), packet[4 + length :]


def test_picture_and_mask_go_as_they_came() -> None:
    image = make_image((64, 48))
    ids = np.array([[0, 1], [7, 1]], np.uint8)
    prediction = parse_answer(make_answer(ids, class_map={"0": " background", "1": "<b>sky</b>"}))
    classes = list_classes(prediction.class_map)
    header, rest = unpack(pack_view(image, prediction, classes, 40))
    assert rest == image.data + prediction.mask_png
    assert header["id"] == image.sha256
    assert header["answer"] == prediction.sha256
    assert header["image"] == {
        "bytes": len(image.data),
        "w": 64,
        "h": 48,
        "type": "image/jpeg",
    }
    assert header["mask"] == {"bytes": len(prediction.mask_png), "w": 2, "h": 2}
    assert header["confidence"] is None
    assert header["threshold"] == 40
    assert (header["cut"], header["note"], header["link"]) == (None, "", {})
    assert header["subject"] == ""
    assert [(entry["id"], entry["name"]) for entry in header["classes"]] == [
        (0, "background"),
        (1, "<b>sky</b>"),
    ]
    assert header["classes"][0]["background"]
    assert header["palette"] == [info.colour for info in classes]


def test_a_picture_alone() -> None:
    image = make_image()
    header, rest = unpack(pack_view(image, None, list_classes({}), 50))
    assert rest == image.data
    assert header["mask"] is None
    assert header["answer"] == ""


def test_how_the_confidence_is_to_be_handled_goes_along() -> None:
    prediction = parse_answer(make_answer())
    link = {"picture": "sample:cup", "model": "a/1", "confidence": "40"}
    header, rest = unpack(
        pack_view(
            make_image(),
            prediction,
            list_classes(prediction.class_map),
            40,
            cut_to=0,
            note="Each value is one call. <b>é</b>",
            link=link,
        )
    )
    assert header["v"] == 1
    assert header["threshold"] == 40
    assert header["cut"] == {"to": 0}
    assert header["note"] == "Each value is one call. <b>é</b>"
    assert header["link"] == link
    assert rest == make_image().data + prediction.mask_png


def test_the_header_says_where_the_confidences_are() -> None:
    ids = np.array([[0, 1]], np.uint8)
    sure = base64.b64encode(encode_gray(ids + 200)).decode()
    prediction = parse_answer(make_answer(ids, confidence_mask=sure))
    image = make_image()
    header, rest = unpack(pack_view(image, prediction, list_classes({}), 1, cut_to=255))
    assert prediction.confidence_png
    assert header["confidence"] == {"bytes": len(prediction.confidence_png), "w": 2, "h": 1}
    assert rest == image.data + prediction.mask_png + prediction.confidence_png
    assert header["cut"] == {"to": 255}


def test_it_says_what_a_decision_about_it_concerns_and_can_be_packed_again() -> None:
    image = make_image()
    packed = pack_view(image, None, list_classes({}), 50, subject="item")
    header = read_header(packed)
    assert header["subject"] == "item"
    assert unpack(packed) == (header, image.data)
    more = header | {"pins": [{"id": "a" * 32, "text": "<b>here</b> é"}], "may_pin": True}
    assert unpack(pack_header(more)) == (more, b"")

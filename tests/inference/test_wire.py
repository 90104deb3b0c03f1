"""Reading answers: the documented example, both shapes, and whatever else may come."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.errors import MalformedAnswer
from components.inference.wire import parse_answer, parse_error
from components.model.areas import count_stretched
from components.model.png import decode_gray, encode_gray
from tests.pictures import make_answer

EXAMPLE = Path(__file__).parents[1] / "wire" / "documented_example.json"


def test_the_documented_example_is_parsed_and_its_areas_are_those_of_the_stretched_mask() -> None:
    prediction = parse_answer(EXAMPLE.read_bytes())
    assert prediction.image_size_wh == (1232, 821)
    assert prediction.mask_size_wh == (512, 512)
    assert prediction.class_map == {0: " background", 1: " object"}
    assert prediction.confidence_png is None
    class_ids = decode_gray(prediction.mask_png, what="mask")
    rows, columns = np.arange(821) * 512 // 821, np.arange(1232) * 512 // 1232
    stretched = class_ids[rows][:, columns]
    counts = count_stretched(class_ids, (1232, 821))
    np.testing.assert_array_equal(counts, np.bincount(stretched.ravel(), minlength=256))
    assert counts.sum() == 1232 * 821
    assert counts[1] > 0


@pytest.mark.parametrize("nested", [False, True])
def test_flat_and_nested_say_the_same(nested: bool) -> None:
    ids = np.array([[3, 3, 0], [9, 0, 0]], np.uint8)
    confidence = base64.b64encode(encode_gray(ids + 100)).decode()
    prediction = parse_answer(
        make_answer(ids, nested=nested, class_map={"3": "road"}, confidence_mask=confidence)
    )
    np.testing.assert_array_equal(decode_gray(prediction.mask_png, what="mask"), ids)
    assert prediction.class_map == {3: "road"}
    assert prediction.confidence_size_wh == (3, 2)


def test_a_mask_as_a_data_address_and_with_line_breaks_is_read() -> None:
    answer = json.loads(make_answer())
    plain = answer["segmentation_mask"]
    wrapped = "\n".join(re.findall(".{1,76}", plain))
    for form in (f"data:image/png;base64,{plain}", wrapped):
        answer["segmentation_mask"] = form
        assert parse_answer(json.dumps(answer).encode()).mask_size_wh == (2, 2)


def test_the_mask_goes_on_byte_for_byte() -> None:
    png = encode_gray(np.arange(12, dtype=np.uint8).reshape(3, 4))
    answer = json.loads(make_answer())
    answer["segmentation_mask"] = base64.b64encode(png).decode()
    assert parse_answer(json.dumps(answer).encode()).mask_png == png


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "not JSON"),
        (b"<html>Bad gateway</html>", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "not a JSON object"),
        (b"{}", "no segmentation mask"),
        (b'{"predictions": [{"x": 1, "class": "cat"}]}', "boxes or labels"),
        (b'{"predictions": [], "image": {}}', "boxes or labels"),
        (make_answer(class_map={"one": "a"}), "class id"),
        (make_answer(class_map={"256": "a"}), "class id"),
        (make_answer(class_map={"-1": "a"}), "class id"),
        (make_answer(class_map={"\u0661": "a"}), "class id"),
        (make_answer(class_map={"9" * 5000: "a"}), "class id"),
        (make_answer(class_map={"1": 5}), "class name"),
        (b'{"segmentation_mask": 5, "class_map": {}}', "not text"),
        (b'{"segmentation_mask": "a", "class_map": {}}', "base64"),
        (b'{"segmentation_mask": "aGVsbG8=", "class_map": {}}', "not a PNG"),
        (b'{"segmentation_mask": null}', "not text"),
    ],
)
def test_what_the_contract_does_not_allow_is_said(body: bytes, says: str) -> None:
    with pytest.raises(MalformedAnswer, match=says):
        parse_answer(body)


def test_a_missing_class_map_is_said() -> None:
    answer = json.loads(make_answer())
    del answer["class_map"]
    with pytest.raises(MalformedAnswer, match="no class map"):
        parse_answer(json.dumps(answer).encode())


@pytest.mark.parametrize("size", [None, {}, {"width": "5"}, {"width": -1, "height": 2}, [1, 2]])
def test_a_missing_or_odd_image_size_is_not_stated(size: Any) -> None:
    answer = json.loads(make_answer())
    answer["image"] = size
    assert parse_answer(json.dumps(answer).encode()).image_size_wh is None


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=20), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(
    st.dictionaries(
        st.sampled_from(
            ["segmentation_mask", "class_map", "image", "predictions", "time", "confidence_mask"]
        ),
        json_values,
    )
)
def test_any_json_is_a_prediction_or_an_error_of_the_desk(answer: dict[str, Any]) -> None:
    good = json.loads(make_answer())
    for body in (answer, {**good, **answer}, {"predictions": {**good, **answer}}):
        try:
            prediction = parse_answer(json.dumps(body).encode())
        except MalformedAnswer:
            continue
        assert all(0 <= class_id <= 255 for class_id in prediction.class_map)


@given(st.binary(max_size=200))
def test_any_bytes_are_an_error_of_the_desk(body: bytes) -> None:
    with pytest.raises(MalformedAnswer):
        parse_answer(body)
    assert isinstance(parse_error(body), str)


@given(json_values)
def test_any_error_envelope_gives_words_or_none(value: Any) -> None:
    for key in ("message", "detail", "error"):
        words = parse_error(json.dumps({key: value}).encode())
        assert len(words) <= 300

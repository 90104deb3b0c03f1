"""The threshold: how it is read, and that everyone can cut by it."""

from __future__ import annotations

import base64
import contextlib
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.local_server import LocalServer
from components.local_server.confidence import lowest_kept_byte, parse_confidence
from components.local_server.refusal import Refusal
from tests.local_server.http import encode, make_picture, post


@pytest.mark.parametrize(
    ("text", "percent"),
    [
        (None, 50), ("best", 50), ("default", 50), ("0", 1), ("-3", 1), ("1", 1), ("0.5", 50),
        ("0.29", 29), ("40", 40), ("99.5", 99.5), ("100", 100), ("250", 250), (" 7 ", 7),
        ("1e1", 10),
    ],
)  # fmt: skip
def test_reads_percents_and_fractions(text: str | None, percent: float) -> None:
    assert parse_confidence(text) == percent


@pytest.mark.parametrize("text", ["", "abc", "nan", "inf", "1_0", "5%", "0x10", "٣", "1,5"])
def test_refuses_what_is_no_number(text: str) -> None:
    with pytest.raises(Refusal) as caught:
        parse_confidence(text)
    assert caught.value.status == 422


@given(st.text(max_size=12) | st.floats().map(str))
def test_any_text_gives_a_percent_or_a_refusal(text: str) -> None:
    with contextlib.suppress(Refusal):
        assert 0 <= lowest_kept_byte(parse_confidence(text)) <= 256


def test_the_lowest_kept_byte_is_the_first_that_reaches_the_percent() -> None:
    for percent in range(1, 101):
        byte = lowest_kept_byte(percent)
        assert byte * 100 >= percent * 255 > (byte - 1) * 100
    assert lowest_kept_byte(math.inf) == 256


@pytest.mark.parametrize("model", ["demo-scene/1", "demo-object/1"])
def test_the_answer_at_1_holds_every_higher_threshold(server: LocalServer, model: str) -> None:
    body = base64.b64encode(encode(make_picture(48, 32)))
    path = f"/{model}?confidence="
    whole = post(server.address, body, path + "1")
    class_ids, confidence = whole.pixels(), whole.pixels("confidence_mask")
    for percent in range(101):
        reply = post(server.address, body, path + str(percent))
        below = confidence / 255 < percent / 100
        assert np.array_equal(reply.pixels(), np.where(below, 0, class_ids)), percent
        assert np.array_equal(reply.pixels("confidence_mask"), np.where(below, 0, confidence))
        assert reply.json["present_class_ids"] == np.unique(reply.pixels()).tolist()


def test_nothing_passes_above_the_highest_byte(server: LocalServer) -> None:
    body = base64.b64encode(encode(make_picture()))
    reply = post(server.address, body, "/demo-object/1?confidence=101")
    assert reply.json["present_class_ids"] == [0]
    assert not reply.pixels("confidence_mask").any()


def test_a_fraction_and_its_percent_are_the_same(server: LocalServer) -> None:
    body = base64.b64encode(encode(make_picture()))
    fraction = post(server.address, body, "/demo-object/1?confidence=0.6")
    percent = post(server.address, body, "/demo-object/1?confidence=60")
    assert np.array_equal(fraction.pixels(), percent.pixels())

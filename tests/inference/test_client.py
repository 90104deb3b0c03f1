"""The client against recorded and broken servers, over real sockets."""

from __future__ import annotations

import base64
import io
import logging
import socket
import traceback
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from PIL import Image

from components.errors import Busy, InferenceError, MalformedAnswer, Refused, Unreachable
from components.inference import Request
from tests.inference.asking import KEY, ask, assert_no_key
from tests.pictures import make_answer, make_image
from tests.replay import WIRE, Replay, replay, respond


def read_head(server: Replay, at: int = 0) -> tuple[str, dict[str, list[str]], dict[str, str]]:
    head = server.requests[at].split(b"\r\n\r\n")[0].decode()
    line, *headers = head.split("\r\n")
    method, target, _ = line.split(" ")
    parts = urlsplit(target)
    named = dict(header.lower().split(": ", 1) for header in headers)
    return f"{method} {parts.path}", parse_qs(parts.query), named


RECORDED_200 = sorted(
    path
    for path in WIRE.glob("*/*.resp")
    if path.read_bytes().startswith(b"HTTP/1.1 200") and path.parent.name != "hosted-errors"
)
RECORDED_ERRORS = sorted(
    path for path in WIRE.glob("*/*.resp") if not path.read_bytes().startswith(b"HTTP/1.1 200")
)


@pytest.mark.parametrize("path", RECORDED_200, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_recorded_answers_are_read(path: Path) -> None:
    with replay(path.read_bytes()) as server:
        answer = ask(server.address)
    prediction = answer.prediction
    assert prediction.class_map == {0: "background", 1: "red", 2: "green", 3: "blue"}
    assert prediction.mask_size_wh == prediction.image_size_wh == (64, 64)
    assert prediction.confidence_size_wh == (64, 64)
    assert prediction.inference_id
    pixels = np.asarray(Image.open(io.BytesIO(prediction.mask_png)))
    assert set(np.unique(pixels)) <= {0, 1, 2, 3}
    assert answer.attempts == 1


def test_there_are_recordings() -> None:
    assert len(RECORDED_200) > 20
    assert len(RECORDED_ERRORS) > 15


PASSING = {502, 503, 504, 429}


@pytest.mark.parametrize(
    "path", RECORDED_ERRORS, ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def test_recorded_refusals_are_said_in_plain_words(path: Path) -> None:
    response = path.read_bytes()
    status = int(response.split(b" ")[1])
    with replay(response) as server, pytest.raises(InferenceError) as caught:
        ask(server.address)
    if status in PASSING:
        assert isinstance(caught.value, Busy)
        assert len(server.requests) == 3
    else:
        assert isinstance(caught.value, Refused)
        assert caught.value.status == status
        assert caught.value.api_message
        assert len(server.requests) == 1
    assert "Traceback" not in caught.value.message
    assert caught.value.message.endswith(("”", "."))


def test_the_picture_goes_as_base64_with_key_and_confidence_in_the_query() -> None:
    with replay(respond("200 OK", make_answer())) as server:
        answer = ask(server.address)
    line, query, headers = read_head(server)
    assert line == "POST /my-data/3"
    assert query == {"api_key": [KEY], "confidence": ["40"]}
    assert headers["content-type"] == "application/x-www-form-urlencoded"
    assert "authorization" not in headers
    body = server.requests[0].split(b"\r\n\r\n", 1)[1]
    assert base64.b64decode(body, validate=True) == make_image().data
    assert answer.sent_bytes == len(body)


def test_an_address_is_sent_in_the_query_and_nothing_in_the_body() -> None:
    url = "https://example.org/a picture.png?size=1&x=ä#top"
    with replay(respond("200 OK", make_answer(nested=True))) as server:
        ask(server.address, url=url)
    _, query, _ = read_head(server)
    assert query["image"] == [url]
    assert server.requests[0].endswith(b"\r\n\r\n")


def test_the_key_goes_in_a_header_when_the_setting_says_so() -> None:
    with replay(respond("200 OK", make_answer())) as server:
        ask(server.address, key_in="header")
    _, query, headers = read_head(server)
    assert "api_key" not in query
    assert headers["authorization"] == f"bearer {KEY.lower()}"


def test_a_netrc_does_not_reach_the_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with replay(respond("200 OK", make_answer())) as server:
        ask(server.address)
    assert "authorization" not in read_head(server)[2]


@pytest.mark.parametrize("status", ["429 Too Many", "502 Bad", "503 Wait", "504 Late"])
def test_what_passes_is_asked_again(status: str) -> None:
    passing = respond(status, b'{"message": "later"}')
    with replay(passing, respond("200 OK", make_answer())) as server:
        assert ask(server.address).attempts == 2
    assert len(server.requests) == 2


def test_a_broken_connection_is_tried_again() -> None:
    with replay(None, respond("200 OK", make_answer())) as server:
        assert ask(server.address).attempts == 2


@pytest.mark.parametrize("status", ["400 No", "402 Pay", "413 Big", "422 Odd", "423 Off", "500 Oh"])
def test_anything_else_is_asked_once(status: str) -> None:
    refusal = respond(status, b'{"message": "no"}', Retry_After="1")
    with replay(refusal) as server, pytest.raises(Refused):
        ask(server.address)
    assert len(server.requests) == 1


def test_retry_after_is_told() -> None:
    busy = respond("429 Too Many", b"{}", Retry_After="1")
    with replay(busy) as server, pytest.raises(Busy) as caught:
        ask(server.address)
    assert caught.value.retry_after == 1
    assert "in 1 s" in caught.value.message


def test_a_garbled_retry_after_is_no_crash() -> None:
    with (
        replay(respond("503 Wait", b"{}", Retry_After="soon")) as server,
        pytest.raises(InferenceError),
    ):
        ask(server.address)


def test_a_redirect_is_not_followed_with_the_key() -> None:
    with replay(respond("200 OK", make_answer())) as other:
        moved = respond("307 Moved", b"", Location=other.address + "/my-data/3")
        with replay(moved) as server, pytest.raises(Refused, match="sends requests on"):
            ask(server.address)
        assert not other.requests


def test_an_answer_that_takes_too_long_is_asked_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        with pytest.raises(Unreachable, match="did not answer within"):
            ask(f"http://127.0.0.1:{silent.getsockname()[1]}", timeout_seconds=0.3)
        silent.settimeout(1)
        silent.accept()[0].close()
        silent.settimeout(0.2)
        with pytest.raises(TimeoutError):
            silent.accept()


def test_an_answer_that_breaks_off_is_said() -> None:
    with replay(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{") as server:
        with pytest.raises(Unreachable, match="broke off"):
            ask(server.address)
        assert len(server.requests) == 1


def test_an_unclear_answer_is_said() -> None:
    with (
        replay(respond("200 OK", b"<html>")) as server,
        pytest.raises(MalformedAnswer, match="not JSON"),
    ):
        ask(server.address)


def test_no_server_is_said() -> None:
    with replay() as server:
        pass
    with pytest.raises(Unreachable, match="could not be reached"):
        ask(server.address)


def test_an_address_typed_in_a_browser_does_not_reach_a_private_host() -> None:
    with replay(respond("200 OK", make_answer())) as server:
        with pytest.raises(Unreachable, match="allow_hosts"):
            ask(server.address, is_trusted=False)
        assert not server.requests
        host = server.address.removeprefix("http://")
        ask(server.address, is_trusted=False, allow_hosts=(host,))
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    "responses",
    [
        (respond("401 No", f'{{"message": "key {KEY} is unknown"}}'.encode()),),
        (respond("503 Wait", b"{}"),),
        (None,),
        (b"garbage\r\n\r\n",),
        (respond("200 OK", b"[]"),),
    ],
)
def test_the_key_is_in_no_error_and_in_no_log(
    responses: tuple[bytes | None, ...], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with replay(*responses) as server, pytest.raises(InferenceError) as caught:
        ask(server.address)
    error = caught.value
    assert_no_key("".join(traceback.format_exception(error)))
    assert_no_key(f"{error!r} {error} {error.detail}")
    assert error.__context__ is None or KEY not in repr(error.__context__)
    assert caplog.records
    assert_no_key(caplog.text)
    assert_no_key(" ".join(str(record.__dict__) for record in caplog.records))


def test_a_command_for_the_shell_repeats_the_request_without_the_key() -> None:
    request = Request(make_image(name="my photo.jpg"), "my-data/3", 40)
    command = request.write_curl("https://x.example", key_in_header=False, has_key=True)
    assert command == (
        "base64 < 'my photo.jpg' | curl -d @- "
        "'https://x.example/my-data/3?api_key=YOUR_KEY&confidence=40'"
    )
    by_header = request.write_curl("https://x.example", key_in_header=True, has_key=True)
    assert '-H "Authorization: Bearer YOUR_KEY"' in by_header
    assert "api_key" not in by_header
    fetched = Request(make_image(url="https://i.example/a b.png"), "my-data/3", 40)
    assert fetched.write_curl("https://x.example", key_in_header=False, has_key=False) == (
        "curl -X POST 'https://x.example/my-data/3?confidence=40"
        "&image=https%3A%2F%2Fi.example%2Fa+b.png'"
    )

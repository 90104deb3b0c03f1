"""The client against servers that mean it badly: slow, endless, garbled, echoing."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from components.errors import InferenceError, MalformedAnswer, Refused, Unreachable
from components.inference.redaction import BLANK, redact
from components.model.classes import list_classes
from components.settings import Secret
from tests.inference.asking import KEY, ask, assert_no_key
from tests.pictures import make_answer
from tests.replay import replay, respond


@contextmanager
def drip(head: bytes) -> Iterator[str]:
    """A server that sends this, and then a byte every now and then for as long as it is let."""
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection, suppress(OSError):
                connection.recv(65536)
                connection.sendall(head)
                while not stop.wait(0.05):
                    connection.sendall(b"x")

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        stop.set()
        thread.join(5)
        assert not thread.is_alive()


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nx-slow: ",
        b"HTTP/1.1 200 OK\r\ncontent-length: 500000\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nlocation: /x\r\ncontent-length: 500000\r\n\r\n",
    ],
)
def test_a_server_that_drips_is_cut_off(head: bytes) -> None:
    with drip(head) as address, pytest.raises(Unreachable, match="did not answer within"):
        ask(address, timeout_seconds=0.5)


@pytest.mark.parametrize(
    "value", ["9" * 5000, "Mon, 01 Jan 99999999999 00:00:00 GMT", "-1", "\xff"]
)
@pytest.mark.parametrize("status", ["400 No", "429 Much", "503 Wait"])
def test_no_retry_after_breaks_the_desk(status: str, value: str) -> None:
    response = respond(status, b'{"message": "later"}', Retry_After=value)
    with replay(response) as server, pytest.raises(InferenceError) as caught:
        ask(server.address)
    assert "later" in caught.value.message


def test_text_that_no_page_can_hold_is_made_holdable() -> None:
    body = make_answer(class_map={"0": "bad\ud800name"}, inference_id="id\ud800")
    with replay(respond("200 OK", body)) as server:
        prediction = ask(server.address).prediction
    prediction.class_map[0].encode()
    assert list_classes(prediction.class_map)[0].name == "bad?name"
    refusal = respond("400 No", b'{"message": "bad \\ud800 \\u202edesrever \\u001b[31m thing"}')
    with replay(refusal) as server, pytest.raises(Refused) as caught:
        ask(server.address)
    caught.value.message.encode()
    assert all(sign.isprintable() for sign in caught.value.message)


def test_an_answer_of_very_many_lists_is_refused_before_it_is_read() -> None:
    body = b"[" + b"[]," * 30_000 + b"[]]"
    with (
        replay(respond("200 OK", body)) as server,
        pytest.raises(MalformedAnswer, match="not JSON"),
    ):
        ask(server.address)


@pytest.mark.parametrize(
    "answer",
    [
        b"POST /echo?api_key=" + KEY.encode() + b" HTTP/1.1",
        b'{"' + KEY.encode() + b'": 1}',
        b'{"segmentation_mask": "", "class_map": {"' + KEY.encode() + b'": "a"}}',
    ],
)
def test_a_server_that_echoes_the_key_does_not_bring_it_into_the_error(answer: bytes) -> None:
    with replay(respond("200 OK", answer)) as server, pytest.raises(MalformedAnswer) as caught:
        ask(server.address)
    assert_no_key(f"{caught.value.message} {caught.value.detail}")


@pytest.mark.parametrize("length", range(270, 300, 3))
def test_no_half_of_a_key_is_left_where_a_message_is_cut(length: int) -> None:
    message = "x" * length + " " + KEY
    refusal = respond("400 No", f'{{"message": "{message}"}}'.encode())
    with replay(refusal) as server, pytest.raises(Refused) as caught:
        ask(server.address)
    assert "sEc" not in caught.value.message


@pytest.mark.parametrize(
    "form", ["{}", "%73Ecret%2F%2Bkey%3D1", "SECRET/+KEY=1", "sEcret%2f%2bkey=1"]
)
def test_the_key_is_blanked_however_it_is_written(form: str) -> None:
    said = redact(f"the key {form.format(KEY)} is bad", Secret(KEY))
    assert said == f"the key {BLANK} is bad"

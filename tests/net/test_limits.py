"""Answers that are too big, too slow or broken."""

from __future__ import annotations

import gzip
import socket
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.errors import DownloadFailed, DownloadRefused
from components.net import fetch
from tests.net.loopback import Loopback, answering, gzip_bomb, reply, serve

HERE = ("127.0.0.1",)


def test_size_is_judged_by_what_is_announced_before_a_byte_is_read() -> None:
    def handler(stream: socket.socket, _head: bytes) -> None:
        stream.sendall(reply(headers={"Content-Length": "1001"}))
        server.release.wait(10)

    with (
        serve(handler) as server,
        pytest.raises(DownloadFailed, match=r"larger than 0\.001 MB"),
    ):
        fetch(server.url(), allow_hosts=HERE, max_bytes=1000)


@pytest.mark.parametrize("size", [999, 1000])
@pytest.mark.parametrize("announced", [True, False])
def test_a_file_of_just_the_size(size: int, announced: bool) -> None:
    answer = reply(bytes(size)) if announced else b"HTTP/1.0 200 OK\r\n\r\n" + bytes(size)
    with serve(answering(answer)) as server:
        assert fetch(server.url(), allow_hosts=HERE, max_bytes=1000).data == bytes(size)


@pytest.mark.parametrize("form", ["until the end", "chunked"])
def test_an_endless_body_is_cut_off(form: str) -> None:
    def handler(stream: socket.socket, _head: bytes) -> None:
        chunked = form == "chunked"
        stream.sendall(b"HTTP/1.1 200 OK\r\n")
        stream.sendall(b"Transfer-Encoding: chunked\r\n\r\n" if chunked else b"\r\n")
        while True:
            stream.sendall((b"2710\r\n" if chunked else b"") + bytes(10_000) + b"\r\n" * chunked)

    with (
        serve(handler) as server,
        pytest.raises(DownloadFailed, match=r"larger than 0\.5 MB"),
    ):
        fetch(server.url(), allow_hosts=HERE, max_bytes=500_000)


def test_a_bomb_is_stopped_by_its_unpacked_size() -> None:
    bomb = gzip_bomb(100)
    assert len(bomb) < 200_000
    with (
        serve(answering(reply(bomb, headers={"Content-Encoding": "gzip"}))) as server,
        pytest.raises(DownloadFailed, match="larger than 1 MB"),
    ):
        fetch(server.url(), allow_hosts=HERE, max_bytes=1_000_000)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\r\n\r\n",
        b"hello\r\n\r\n",
        b"HTTP/1.1 20x OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1000 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n",
        reply(b"short", headers={"Content-Length": "6"}),
        reply(b"two", headers={"Content-Length": "3, 4"}),
        reply(b"no gzip", headers={"Content-Encoding": "gzip"}),
        reply(b"zz\r\n", headers={"Transfer-Encoding": "chunked"}),
        reply(b"ff\r\nabc", headers={"Transfer-Encoding": "chunked"}),
        reply(gzip.compress(b"abc"), headers={"Content-Encoding": ", ".join(["gzip"] * 9)}),
    ],
)
def test_broken_answers(answer: bytes) -> None:
    with (
        serve(answering(answer)) as server,
        pytest.raises(DownloadFailed, match="broke off or sent an answer that cannot be read"),
    ):
        fetch(server.url(), allow_hosts=HERE)


def drip(start: bytes, each: bytes) -> Callable[[Loopback], Callable[[socket.socket, bytes], None]]:
    """A handler that sends a start, then a few bytes every 20 ms for ever."""

    def bind(server: Loopback) -> Callable[[socket.socket, bytes], None]:
        def handler(stream: socket.socket, _head: bytes) -> None:
            stream.sendall(start)
            while not server.release.wait(0.02):
                stream.sendall(each)

        return handler

    return bind


@pytest.mark.parametrize(
    ("start", "each"),
    [
        (b"", b""),
        (b"", b"H"),
        (b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
        (b"HTTP/1.1 200 OK\r\nX: ", b"y"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"X: y\r\n"),
    ],
)
def test_a_server_that_drips_is_cut_off(start: bytes, each: bytes) -> None:
    bind = drip(start, each)
    with (
        serve(lambda stream, head: bind(server)(stream, head)) as server,
        pytest.raises(DownloadFailed, match=r"within 0\.4 seconds"),
    ):
        fetch(server.url(), allow_hosts=HERE, timeout_s=0.4)


def test_the_time_is_shared_by_all_redirects() -> None:
    def handler(stream: socket.socket, _head: bytes) -> None:
        server.release.wait(0.15)
        stream.sendall(reply(status="302 Found", headers={"Location": "/on"}))

    with (
        serve(handler) as server,
        pytest.raises(DownloadFailed, match=r"within 0\.4 seconds"),
    ):
        fetch(server.url(), allow_hosts=HERE, timeout_s=0.4)


@given(st.binary(max_size=300), st.sampled_from([b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 302 "]))
@settings(max_examples=60, deadline=None)
def test_any_answer_gives_a_file_or_a_download_error(noise: bytes, start: bytes) -> None:
    with serve(answering(start + noise)) as server:
        try:
            fetched = fetch(server.url(), allow_hosts=HERE)
        except (DownloadFailed, DownloadRefused):
            return
    assert fetched.data in noise

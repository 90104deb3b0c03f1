"""The guarded fetch against real servers on loopback."""

from __future__ import annotations

import gzip
import logging
import socket
import threading
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.errors import DownloadFailed, DownloadRefused
from components.net import Fetched, fetch
from components.net.connection import default_trust
from components.net.download import MAX_REDIRECTS, fetch_through
from tests.net.loopback import Loopback, answering, gzip_bomb, reply, serve

HERE = ("127.0.0.1",)


def fetch_resolved(
    url: str, resolver: Callable[[str, int], list[str]], *, timeout_s: float = 5.0
) -> Fetched:
    """Fetch with "127.0.0.1" and "named.example" allowed and names resolved by a function."""
    return fetch_through(
        url,
        max_bytes=1_000_000,
        timeout_s=timeout_s,
        allow_hosts=("127.0.0.1", "named.example"),
        https_only=False,
        resolver=resolver,
        trust=default_trust(),
    )


def test_a_file_is_fetched() -> None:
    answer = reply(b"\x89PNG", headers={"Content-Type": "image/png"})
    with serve(answering(answer)) as server:
        fetched = fetch(f"{server.url('/a%20b c')}?x=1&y=ü#part", allow_hosts=HERE)
    assert fetched.data == b"\x89PNG"
    assert fetched.content_type == "image/png"
    assert fetched.url == f"http://127.0.0.1:{server.port}/a%20b%20c?x=1&y=%C3%BC"
    head = server.requests[0].decode()
    assert head.startswith("GET /a%20b%20c?x=1&y=%C3%BC HTTP/1.1\r\n")
    assert f"\r\nHost: 127.0.0.1:{server.port}\r\n" in head
    assert "\r\nUser-Agent: MaskDesk\r\n" in head
    assert not any(word in head.lower() for word in ("cookie", "referer", "authorization"))


def test_the_repr_shows_neither_data_nor_address() -> None:
    shown = repr(Fetched(b"DATA", "image/png", "https://example.com/?token=s3cret"))
    assert "s3cret" not in shown
    assert "DATA" not in shown


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST.", "127.0.0.1"])
def test_loopback_is_refused_unless_allowed(host: str) -> None:
    with serve() as canary:
        with pytest.raises(DownloadRefused, match="private network"):
            fetch(canary.url("/?token=s3cret", host))
        with pytest.raises(DownloadRefused, match="private network"):
            fetch(canary.url("/", host), allow_hosts=(f"{host}:1", "elsewhere.internal"))
    assert canary.connections == 0


def test_localhost_by_name() -> None:
    with serve(answering(reply(b"here"))) as server:
        fetched = fetch(server.url("/", "localhost"), allow_hosts=(f"localhost:{server.port}",))
    assert fetched.data == b"here"


def test_a_name_is_refused_when_any_of_its_addresses_is_private() -> None:
    with serve() as canary:
        for addresses in (["127.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["::ffff:127.0.0.1"], ["x"]):
            with pytest.raises(DownloadRefused):
                fetch_resolved(canary.url("/", "photos.example"), lambda *_, a=addresses: a)
    assert canary.connections == 0


def test_a_name_is_resolved_once_and_the_address_looked_at_is_the_one_connected_to() -> None:
    answers = [["127.0.0.1"], ["127.0.0.2"]]
    asked: list[tuple[str, int]] = []

    def resolver(host: str, port: int) -> list[str]:
        asked.append((host, port))
        return answers[len(asked) - 1]

    # The system knows no such name, so only the injected answer can have been used.
    with serve(answering(reply(b"first"))) as server:
        fetched = fetch_resolved(server.url("/", "named.example"), resolver)
    assert fetched.data == b"first"
    assert asked == [("named.example", server.port)]
    assert f"\r\nHost: named.example:{server.port}\r\n".encode() in server.requests[0]


def test_a_name_that_turns_private_on_the_second_hop_is_refused() -> None:
    with serve() as canary:
        moved = reply(status="302 Found", headers={"Location": canary.url("/", "photos.example")})
        with serve(answering(moved)) as server, pytest.raises(DownloadRefused):
            fetch_resolved(server.url(), lambda *_: ["127.0.0.1"])
    assert canary.connections == 0


def test_the_next_address_is_tried() -> None:
    with serve(answering(reply(b"second"))) as server:
        url = server.url("/", "named.example")
        # Nothing listens on the server's port at the first of these loopback addresses.
        assert fetch_resolved(url, lambda *_: ["127.9.9.9", "127.0.0.1"]).data == b"second"


@pytest.mark.parametrize("error", [socket.gaierror(-2, "unknown"), UnicodeError("label"), None])
def test_an_unknown_name(error: Exception | None) -> None:
    def resolver(host: str, port: int) -> list[str]:
        if error is not None:
            raise error
        return []

    with pytest.raises(DownloadFailed, match=r"No host named photos\.example was found"):
        fetch_resolved("http://photos.example/?token=s3cret", resolver)


def test_a_resolver_that_hangs_is_left_behind() -> None:
    release = threading.Event()

    def resolver(host: str, port: int) -> list[str]:
        release.wait(10)
        return ["127.0.0.1"]

    try:
        with pytest.raises(DownloadFailed, match=r"looked up within 0\.1 seconds"):
            fetch_resolved("http://photos.example/", resolver, timeout_s=0.1)
    finally:
        release.set()


def test_nothing_listening() -> None:
    with serve() as server:
        pass
    with pytest.raises(DownloadFailed, match="could not be reached"):
        fetch(server.url(), allow_hosts=HERE)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    "location", ["/there?x=ü", "there?x=ü", "http://127.0.0.1:{port}/there?x=ü"]
)
def test_redirects_are_followed(status: int, location: str) -> None:
    handlers: list[bytes] = []
    with serve(lambda stream, _head: stream.sendall(handlers.pop(0))) as server:
        # The header's bytes are UTF-8, as servers send them.
        target = location.format(port=server.port).encode().decode("latin-1")
        handlers += [reply(status=f"{status} X", headers={"Location": target}), reply(b"end")]
        fetched = fetch(server.url(), allow_hosts=HERE)
    assert fetched.data == b"end"
    assert fetched.url == server.url("/there?x=%C3%BC")


@pytest.mark.parametrize(
    "location",
    [
        *("http://127.0.0.1:{canary}/", "http://localhost:{canary}/", "http://[::1]:{canary}/"),
        *(
            "http://[::ffff:127.0.0.1]:{canary}/",
            "http://2130706433:{canary}/",
            "//127.1:{canary}/",
        ),
        *(
            "https://127.0.0.1:{canary}/",
            "http://user:s3cret@localhost:{port}/",
            "file:///etc/passwd",
        ),
        *(
            "ftp://127.0.0.1:{canary}/",
            "data:image/png,x",
            "http://[::1",
            "http://169.254.169.254/",
        ),
    ],
)
def test_redirects_to_where_nothing_is_fetched_from(location: str) -> None:
    with serve() as canary:
        headers = {"Location": ""}
        with serve(
            lambda stream, _head: stream.sendall(reply(status="302 Found", headers=headers))
        ) as server:
            headers["Location"] = location.format(canary=canary.port, port=server.port)
            with pytest.raises(DownloadRefused) as caught:
                fetch(server.url(), allow_hosts=(f"127.0.0.1:{server.port}",))
    assert canary.connections == 0
    assert server.connections == 1
    assert "s3cret" not in f"{caught.value.message}{caught.value.detail}"


def test_a_redirect_to_http_is_refused_when_https_is_asked_for() -> None:
    moved = reply(status="302 Found", headers={"Location": "http://photos.example/"})
    with (
        serve(answering(moved)) as server,
        pytest.raises(DownloadRefused, match="Only https"),
    ):
        fetch(server.url(), allow_hosts=HERE, https_only=True)


def test_redirect_loops_end() -> None:
    with serve(answering(reply(status="302 Found", headers={"Location": "/again"}))) as server:
        with pytest.raises(DownloadFailed, match="redirects more than"):
            fetch(server.url(), allow_hosts=HERE)
        assert server.connections == MAX_REDIRECTS + 1


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (204, "did not answer with a file"),
        (206, "did not answer with a file"),
        (300, "did not answer with a file"),
        (302, "did not answer with a file"),
        (401, "sign-in"),
        (403, "sign-in"),
        (404, "no file"),
        (410, "no file"),
        (418, "did not answer with a file"),
        (429, "too often"),
        (500, "a fault"),
        (503, "a fault"),
    ],
)
def test_a_status_that_is_no_file(status: int, words: str) -> None:
    with (
        serve(answering(reply(b"s3cret", status=f"{status} s3cret"))) as server,
        pytest.raises(DownloadFailed) as caught,
    ):
        fetch(server.url("/?token=s3cret"), allow_hosts=HERE)
    assert f"status {status}" in caught.value.message
    assert words in caught.value.message
    assert "s3cret" not in f"{caught.value.message}{caught.value.detail}"


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


def test_contents_are_unpacked() -> None:
    data = bytes(range(256)) * 1000
    for encoding, packed in (("gzip", gzip.compress(data)), ("deflate", zlib.compress(data))):
        answer = reply(packed, headers={"Content-Encoding": encoding})
        with serve(answering(answer)) as server:
            assert fetch(server.url(), allow_hosts=HERE).data == data


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


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with serve() as proxy, serve(answering(reply(b"direct"))) as server:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url())
        monkeypatch.setenv("no_proxy", "")
        assert fetch(server.url(), allow_hosts=HERE).data == b"direct"
    assert proxy.connections == 0


def test_nothing_secret_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    broken = b"HTTP/1.1 200 OK\r\nbad header\r\nContent-Length: 2\r\n\r\nok"
    with serve(answering(broken)) as server:
        fetch(server.url("/?token=s3cret"), allow_hosts=HERE)
    assert "s3cret" not in caplog.text


@given(st.binary(max_size=300), st.sampled_from([b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 302 "]))
@settings(max_examples=60, deadline=None)
def test_any_answer_gives_a_file_or_a_download_error(noise: bytes, start: bytes) -> None:
    with serve(answering(start + noise)) as server:
        try:
            fetched = fetch_resolved(server.url(), lambda *_: ["127.0.0.1"])
        except (DownloadFailed, DownloadRefused):
            return
    assert fetched.data in noise


PIECES = st.sampled_from(
    [
        *(
            "http",
            "https",
            "ftp",
            "file",
            ":",
            "/",
            "//",
            "://",
            "@",
            "#",
            "?",
            "[",
            "]",
            "\\",
            "%",
        ),
        *("127.0.0.1", "localhost", "LOCALHOST.", "::1", "[::1]", "[::ffff:7f00:1]", "0x7f.1", "."),
        *("127.1", "2130706433", "017700000001", "0", "photos.example", "%6c", "①", "ü", "。"),
        *("\r\n", " ", "\0"),
    ]
)


def test_no_address_whatever_reaches_a_private_host() -> None:
    @given(st.sampled_from(["", "http://", "https://"]), st.lists(PIECES | st.text(max_size=3)))
    @settings(max_examples=300, deadline=None)
    def attempt(start: str, pieces: list[str]) -> None:
        url = f"{start}{''.join(pieces)}:{canary.port}/"
        with pytest.raises((DownloadRefused, DownloadFailed)):
            fetch_through(
                url,
                max_bytes=1000,
                timeout_s=0.5,
                allow_hosts=(),
                https_only=False,
                resolver=lambda *_: ["127.0.0.1"],
                trust=default_trust(),
            )

    with serve() as canary:
        attempt()
    assert canary.connections == 0

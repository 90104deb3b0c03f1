"""The guarded fetch against real servers on loopback."""

from __future__ import annotations

import gzip
import logging
import zlib

import pytest

from components.errors import DownloadFailed, DownloadRefused
from components.net import Fetched, fetch
from components.net.download import MAX_REDIRECTS
from tests.net.loopback import answering, reply, serve

HERE = ("127.0.0.1",)


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


def test_contents_are_unpacked() -> None:
    data = bytes(range(256)) * 1000
    for encoding, packed in (("gzip", gzip.compress(data)), ("deflate", zlib.compress(data))):
        answer = reply(packed, headers={"Content-Encoding": encoding})
        with serve(answering(answer)) as server:
            assert fetch(server.url(), allow_hosts=HERE).data == data


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

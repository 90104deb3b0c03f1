"""Names are resolved once, and no private address is ever connected to."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.errors import DownloadFailed, DownloadRefused
from components.net import Fetched, fetch
from components.net.connection import default_trust
from components.net.download import fetch_through
from tests.net.loopback import answering, reply, serve

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

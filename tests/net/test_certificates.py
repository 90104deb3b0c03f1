"""Certificates: the host proves its name, or nothing is fetched."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path

import pytest

from components.errors import DownloadFailed
from components.net import Fetched, fetch
from components.net.download import fetch_through
from tests.net.loopback import answering, make_certificate, reply, serve

Certificate = tuple[Path, Path]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("tls"), "photos.example")


def server_context(certificate: Certificate) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return context


def fetch_trusting(url: str, certificate: Certificate) -> Fetched:
    """Fetch with one more certificate trusted and every name resolved to loopback."""
    return fetch_through(
        url,
        max_bytes=1000,
        timeout_s=5,
        allow_hosts=("photos.example", "other.example"),
        https_only=True,
        resolver=lambda *_: ["127.0.0.1"],
        trust=ssl.create_default_context(cafile=str(certificate[0])),
    )


def test_a_trusted_name(certificate: Certificate) -> None:
    with serve(answering(reply(b"sealed")), server_context(certificate)) as server:
        fetched = fetch_trusting(server.url("/", "photos.example", "https"), certificate)
    assert fetched.data == b"sealed"
    assert server.server_names == ["photos.example"]
    assert f"\r\nHost: photos.example:{server.port}\r\n".encode() in server.requests[0]


def test_a_certificate_for_another_name(certificate: Certificate) -> None:
    with (
        serve(answering(reply(b"sealed")), server_context(certificate)) as server,
        pytest.raises(DownloadFailed, match="certificate is not valid"),
    ):
        fetch_trusting(server.url("/", "other.example", "https"), certificate)
    assert server.requests == []


def test_a_certificate_nobody_vouches_for(certificate: Certificate) -> None:
    with (
        serve(answering(reply(b"sealed")), server_context(certificate)) as server,
        pytest.raises(DownloadFailed, match="certificate is not valid"),
    ):
        fetch(server.url("/", "127.0.0.1", "https"), allow_hosts=("127.0.0.1",))
    assert server.requests == []


def test_a_server_that_speaks_no_tls() -> None:
    with (
        serve(answering(reply(b"plain"))) as server,
        pytest.raises(DownloadFailed, match="No secure connection"),
    ):
        fetch(server.url("/", "127.0.0.1", "https"), allow_hosts=("127.0.0.1",))


@pytest.mark.parametrize("drop", [b"", b"\0"])
def test_a_handshake_that_takes_for_ever_is_cut_off(drop: bytes) -> None:
    def handler(stream: socket.socket, _head: bytes) -> None:
        stream.sendall(b"\x16\x03\x03\x3f\xff\x02\x00\x3f\xfb\x03\x03")
        while not server.release.wait(0.02):
            stream.sendall(drop)

    with (
        serve(handler) as server,
        pytest.raises(DownloadFailed, match=r"within 0\.3 seconds"),
    ):
        fetch(server.url("/", "127.0.0.1", "https"), allow_hosts=("127.0.0.1",), timeout_s=0.3)

"""The guarded session: private hosts are not connected to, allowed ones are, by any name."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from components.errors import DownloadFailed, DownloadRefused
from components.net import GuardedAdapter
from tests.replay import Replay, replay, respond


@pytest.fixture
def server() -> Iterator[Replay]:
    with replay(respond("200 OK", b"{}")) as running:
        yield running


def get(url: str, *allow_hosts: str) -> requests.Response:
    with requests.Session() as session:
        session.trust_env = False
        adapter = GuardedAdapter(allow_hosts=allow_hosts)
        session.mount("http://", adapter)
        session.mount("https://", adapter)
        return session.get(url, timeout=5)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "127.0.0.1.", "LOCALHOST"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_private_host_is_not_connected_to(server: Replay, host: str, scheme: str) -> None:
    port = server.address.rsplit(":", 1)[1]
    with pytest.raises((DownloadRefused, requests.exceptions.InvalidURL)):
        get(f"{scheme}://{host}:{port}/")
    assert not server.requests


@pytest.mark.parametrize("host", ["169.254.169.254", "10.0.0.1", "192.168.1.1", "[fd00::1]"])
def test_other_private_addresses_are_refused_too(host: str) -> None:
    with pytest.raises(DownloadRefused):
        get(f"http://{host}/")


def test_an_allowed_host_is_reached_under_its_name(server: Replay) -> None:
    port = server.address.rsplit(":", 1)[1]
    assert get(f"http://localhost:{port}/", f"localhost:{port}").json() == {}
    assert f"Host: localhost:{port}".encode() in server.requests[0]
    assert get(f"http://127.0.0.1:{port}/", "127.0.0.1").status_code == 200


def test_a_redirect_into_the_private_network_is_not_followed(server: Replay) -> None:
    port = server.address.rsplit(":", 1)[1]
    with replay(respond("302 Found", b"", Location=f"http://127.0.0.1:{port}/")) as first:
        first_port = first.address.rsplit(":", 1)[1]
        with pytest.raises(DownloadRefused):
            get(f"http://localhost:{first_port}/", f"localhost:{first_port}")
    assert not server.requests


def test_a_name_without_an_address_is_said() -> None:
    with pytest.raises(DownloadFailed):
        get("http://no-such-host.invalid/")

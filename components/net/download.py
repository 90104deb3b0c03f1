"""One file from a web address: redirects followed, time and size bounded, errors translated."""

from __future__ import annotations

import http.client
import io
import socket
import ssl
from collections.abc import Collection
from contextlib import closing
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import urljoin

from urllib3 import HTTPHeaderDict, HTTPResponse
from urllib3.exceptions import HTTPError

from components.errors import DownloadFailed
from components.net.connection import (
    Clock,
    Resolver,
    default_trust,
    open_connection,
    resolve_target,
    system_resolver,
)
from components.net.target import Target, parse_target

MAX_REDIRECTS = 5
_CHUNK = 65_536
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_HEADERS = {"User-Agent": "MaskDesk", "Accept": "image/*, */*;q=0.5", "Connection": "close"}


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file that was fetched.

    Attributes:
        data: the body, content encodings undone.
        content_type: the server's Content-Type, "" without one; a claim, not a fact.
        url: the address of the last hop; it may hold secrets in its query.
    """

    data: bytes = field(repr=False)
    content_type: str
    url: str = field(repr=False)


def fetch(
    url: str,
    *,
    max_bytes: int = 20_000_000,
    timeout_s: float = 15.0,
    allow_hosts: Collection[str] = (),
    https_only: bool = False,
) -> Fetched:
    """Fetch one file from a public web address.

    Only http and https, only hosts whose every address is public, judged on the very address
    that is connected to, again on each of at most `MAX_REDIRECTS` redirects. Connections are
    direct: proxies named in the environment are not used, since the address connected to
    would then be the proxy's choice. Nothing but the address is sent: no cookies, no
    credentials, no referrer. Certificates are verified.

    Args:
        url: the address.
        max_bytes: bytes of the file at most, announced or unpacked.
        timeout_s: seconds for everything together, redirects and name look-up included.
        allow_hosts: hosts that may be private, such as "localhost", "minio.internal" or
            "minio.internal:9000"; names in ASCII.
        https_only: refuse http, on redirects too, except for hosts in `allow_hosts`.

    Returns:
        The file.

    Raises:
        DownloadRefused: an address the desk does not fetch from.
        DownloadFailed: unreachable, too slow, too big, a status other than 200, a broken answer.
    """
    return fetch_through(
        url,
        max_bytes=max_bytes,
        timeout_s=timeout_s,
        allow_hosts=allow_hosts,
        https_only=https_only,
        resolver=system_resolver,
        trust=default_trust(),
    )


def fetch_through(
    url: str,
    *,
    max_bytes: int,
    timeout_s: float,
    allow_hosts: Collection[str],
    https_only: bool,
    resolver: Resolver,
    trust: ssl.SSLContext,
) -> Fetched:
    """Fetch as `fetch` does, with the resolver and the trusted certificates given.

    Args:
        url: see `fetch`, as are `max_bytes`, `timeout_s`, `allow_hosts` and `https_only`.
        max_bytes: see `fetch`.
        timeout_s: see `fetch`.
        allow_hosts: see `fetch`.
        https_only: see `fetch`.
        resolver: how names are resolved, once per hop.
        trust: the TLS client context.

    Returns:
        The file.

    Raises:
        DownloadRefused: see `fetch`.
        DownloadFailed: see `fetch`.
    """
    clock = Clock(timeout_s)
    for _ in range(MAX_REDIRECTS + 1):
        target = parse_target(url, allow_hosts=allow_hosts, https_only=https_only)
        addresses = resolve_target(target, resolver=resolver, clock=clock)
        sock = open_connection(target, addresses, trust=trust, clock=clock)
        # Closed by the response too, which owns it when the server ends the connection.
        with closing(sock), clock.watch(sock, target.host):
            answer = _request(target, sock, clock, max_bytes)
        if isinstance(answer, Fetched):
            return answer
        url = answer
    raise DownloadFailed(
        f"{target.host} redirects more than {MAX_REDIRECTS} times. "
        "Open the address in a browser and copy the one it ends at."
    )


def _request(target: Target, sock: socket.socket, clock: Clock, max_bytes: int) -> Fetched | str:
    """Ask for the target over a connected socket; return the file, or where it moved to."""
    try:
        connection = http.client.HTTPConnection(target.host, target.port)
        connection.sock = sock
        connection.request("GET", target.path, headers={"Host": target.host_header, **_HEADERS})
        with closing(connection.getresponse()) as raw:
            # urllib3 undoes content encodings piece by piece and notices a short body.
            response = HTTPResponse(
                body=raw,
                headers=HTTPHeaderDict(raw.headers.items()),
                status=raw.status,
                preload_content=False,
                original_response=raw,
                enforce_content_length=True,
                request_method="GET",
            )
            location = response.headers.get("Location")
            if response.status in _REDIRECTS and location:
                return _join(target.url, location)
            if response.status != HTTPStatus.OK:
                raise DownloadFailed(_status_message(target.host, response.status))
            data = _read(response, target.host, clock, max_bytes)
            return Fetched(data, response.headers.get("Content-Type", ""), target.url)
    except (HTTPError, http.client.HTTPException, OSError, ValueError) as error:
        # ValueError: http.client and urllib3 let malformed header values through as such.
        clock.left(target.host)
        raise DownloadFailed(
            f"{target.host} broke off or sent an answer that cannot be read. "
            "Try again later, or upload the file.",
            type(error).__name__,
        ) from error


def _read(response: HTTPResponse, host: str, clock: Clock, max_bytes: int) -> bytes:
    announced = response.length_remaining
    if announced is not None and announced > max_bytes:
        raise DownloadFailed(_size_message(host, max_bytes), f"{announced} bytes announced")
    body = io.BytesIO()
    while chunk := response.read(_CHUNK, decode_content=True):
        body.write(chunk)
        if body.tell() > max_bytes:
            raise DownloadFailed(_size_message(host, max_bytes))
        clock.left(host)
    # A connection cut by the clock looks like the end of a body without a length.
    clock.left(host)
    return body.getvalue()


def _join(base: str, location: str) -> str:
    # Headers are decoded as Latin-1, but servers that send more than ASCII mean UTF-8.
    text = location.encode("latin-1", "replace").decode("utf-8", "replace")
    try:
        return urljoin(base, text)
    except ValueError:
        return text


def _size_message(host: str, max_bytes: int) -> str:
    return (
        f"The file at {host} is larger than {max_bytes / 1e6:,.3g} MB, the most the desk "
        "fetches. Make it smaller, or upload it."
    )


def _status_message(host: str, status: int) -> str:
    if status in (401, 403, 407):
        says = "does not give this file away without a sign-in"
    elif status in (404, 410):
        says = "has no file at this address"
    elif status == HTTPStatus.TOO_MANY_REQUESTS:
        says = "is asked too often at the moment"
    elif status >= 500:
        says = "has a fault at the moment"
    else:
        says = "did not answer with a file"
    return (
        f"{host} {says} (status {status}). Check that the address opens in a browser, "
        "or upload the file."
    )

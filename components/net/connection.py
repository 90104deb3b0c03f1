"""A socket to a host whose address was looked at first, and the clock that ends it."""

from __future__ import annotations

import functools
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from ipaddress import ip_address

import certifi

from components.errors import DownloadFailed, DownloadRefused
from components.net.address import is_public
from components.net.target import Target

Resolver = Callable[[str, int], list[str]]
"""Host name and port to IP addresses, best first; raises OSError when there is none."""

MAX_ADDRESSES = 4


def break_off(sock: socket.socket) -> None:
    """Break a connection from another thread, whatever is waiting on it."""
    with suppress(OSError):
        # Of the plain socket: SSLSocket.shutdown would drop the TLS layer under a read.
        socket.socket.shutdown(sock, socket.SHUT_RDWR)


class Clock:
    """The time one fetch may take in all, redirects included."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    def left(self, host: str) -> float:
        """Seconds left, more than 0.

        Raises:
            DownloadFailed: none are left.
        """
        left = self._end - time.monotonic()
        if left <= 0:
            raise DownloadFailed(
                f"{host} did not send the file within {self.seconds:g} seconds. "
                "Try again later, or upload the file."
            )
        return left

    @contextmanager
    def watch(self, sock: socket.socket, host: str) -> Iterator[None]:
        """Break the connection when the time is up, whatever it is doing then.

        Socket timeouts count anew with every byte; a server that drips bytes never trips them.
        """

        timer = threading.Timer(self.left(host), break_off, (sock,))
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()


def system_resolver(host: str, port: int) -> list[str]:
    """Resolve a name as the system does; see `Resolver`."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@functools.cache
def default_trust() -> ssl.SSLContext:
    """Certificates to trust: certifi's, and the system's (with them a company's own)."""
    context = ssl.create_default_context(cafile=certifi.where())
    context.load_default_certs()
    return context


def resolve_target(target: Target, *, resolver: Resolver, clock: Clock) -> list[str]:
    """Find the addresses of a target and refuse it unless every one of them is public.

    Args:
        target: where the request goes; one that is `allowed` may have private addresses.
        resolver: how names are resolved.
        clock: the time left; a resolver that hangs is left behind.

    Returns:
        At least one and at most `MAX_ADDRESSES` IP addresses.

    Raises:
        DownloadRefused: an address is not public.
        DownloadFailed: the name has no address, or the time is up.
    """
    host = target.host
    addresses = [host] if target.is_literal else _resolve_within(target, resolver, clock)
    for address in addresses:
        if not (target.allowed or is_public(address)):
            raise DownloadRefused(
                f"{host} is on a private network or on the desk's own machine. The desk "
                "fetches from public addresses only, unless whoever runs it allows this host.",
                f"{host} resolves to {address}",
            )
    return addresses[:MAX_ADDRESSES]


def _resolve_within(target: Target, resolver: Resolver, clock: Clock) -> list[str]:
    host, port = target.host, target.port
    answers: queue.SimpleQueue[list[str] | OSError | UnicodeError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(resolver(host, port))
        except (OSError, UnicodeError) as error:
            answers.put(error)

    # Resolving cannot be interrupted, so it is waited for from outside.
    threading.Thread(target=ask, name="resolve", daemon=True).start()
    try:
        answer = answers.get(timeout=clock.left(host))
    except queue.Empty:
        raise DownloadFailed(
            f"The address of {host} could not be looked up within {clock.seconds:g} seconds. "
            "Try again later, or upload the file."
        ) from None
    if isinstance(answer, list) and answer:
        return answer
    message = f"No host named {host} was found. Check the address for typing mistakes."
    if isinstance(answer, list):
        raise DownloadFailed(message, "no addresses")
    raise DownloadFailed(message, type(answer).__name__) from answer


def open_connection(
    target: Target, addresses: list[str], *, trust: ssl.SSLContext, clock: Clock
) -> socket.socket:
    """Connect to one of the addresses, and to nothing else; for https, verify the host's name.

    Args:
        target: the host, whose name the certificate must carry.
        addresses: addresses that were looked at; tried in order. No name is resolved again, so
            an answer that changes between look and connection changes nothing.
        trust: the certificates to trust.
        clock: the time left, shared among the addresses not tried yet.

    Returns:
        A connected socket, TLS set up for https.

    Raises:
        DownloadFailed: no connection, no valid certificate, or the time is up.
    """
    plain = _connect(target, addresses, clock)
    if target.scheme == "http":
        return plain
    sock: socket.socket = plain
    try:
        sock = tls = trust.wrap_socket(
            plain, server_hostname=target.host, do_handshake_on_connect=False
        )
        with clock.watch(tls, target.host):
            tls.do_handshake()
    except DownloadFailed:
        sock.close()
        raise
    except OSError as error:
        sock.close()
        clock.left(target.host)
        if isinstance(error, ssl.SSLCertVerificationError):
            raise DownloadFailed(
                f"{target.host} could not prove that it is {target.host}: its certificate is not "
                "valid. Nothing was fetched. Check the address, or upload the file.",
                error.verify_message,
            ) from error
        raise DownloadFailed(
            f"No secure connection with {target.host} could be set up. "
            "Check the address, or upload the file.",
            type(error).__name__,
        ) from error
    return tls


def _connect(target: Target, addresses: list[str], clock: Clock) -> socket.socket:
    last: OSError | None = None
    for index, address in enumerate(addresses):
        share = clock.left(target.host) / (len(addresses) - index)
        try:
            sock = socket.create_connection((address, target.port), timeout=share)
        except OSError as error:
            last = error
            continue
        try:
            # The address was looked at before; this looks at what was really reached.
            if ip_address(sock.getpeername()[0]) == ip_address(address):
                sock.settimeout(clock.left(target.host))
                return sock
        except (OSError, DownloadFailed):
            sock.close()
            raise
        sock.close()
    clock.left(target.host)
    raise DownloadFailed(
        f"{target.host} could not be reached. Check the address, or try again later.",
        type(last).__name__,
    ) from last

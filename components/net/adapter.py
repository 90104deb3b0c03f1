"""Adapters for a pooled `requests` session: one clock over each answer, and the guard for hosts.

A socket's own timeout counts anew with every byte, so that a server that drips never trips it.
"""

from __future__ import annotations

import queue
import socket
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError
from urllib3.response import HTTPResponse

from components.net.connection import Clock, break_off, resolve_target, system_resolver
from components.net.target import parse_target

RESOLVE_SECONDS = 10.0


@contextmanager
def cut_after(seconds: float, sock: socket.socket | None) -> Iterator[None]:
    """Break a connection when the time is up, whatever it is doing then.

    Raises:
        TimeoutError: in the place of whatever the broken connection led to.
    """
    is_over = threading.Event()

    def cut() -> None:
        is_over.set()
        if sock is not None:
            break_off(sock)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    except Exception as error:
        if is_over.is_set():
            raise TimeoutError(f"no whole answer within {seconds:g} s") from error
        raise
    finally:
        timer.cancel()
    if is_over.is_set():
        raise TimeoutError(f"no whole answer within {seconds:g} s")


def find_socket(response: HTTPResponse) -> socket.socket | None:
    """The socket an answer of a `TimedAdapter` is read from, for `cut_after`."""
    return getattr(response, "read_from", None)


class _Timed(HTTPConnection):
    """A connection whose answer's head has to be there within the read timeout, in all."""

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as in urllib3 itself
        sock = self.sock
        if not isinstance(self.timeout, (int, float)):
            return super().getresponse()
        with ExitStack() as closing:
            with cut_after(self.timeout, sock):
                response = super().getresponse()
                # A head that was cut can still look like a whole one.
                closing.callback(response.close)
            closing.pop_all()
        # urllib3 forgets the socket of an answer that ends with its connection.
        response.read_from = sock  # type: ignore[attr-defined]
        return response


class TimedAdapter(HTTPAdapter):
    """Gives the head of an answer no longer than the read timeout, however it drips."""

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        connect = self._connect

        class _Plain(_Timed):
            def _new_conn(self) -> socket.socket:
                return connect(self, super()._new_conn)

        class _Secure(_Timed, HTTPSConnection):
            def _new_conn(self) -> socket.socket:
                return connect(self, super()._new_conn)

        # The connection that has rested longest is taken, where urllib3 takes the latest: what a
        # server sends unasked right after an answer is there by then, so that the connection is
        # found dirty and dropped, and is not taken for the answer to the next question.
        class _PlainPool(HTTPConnectionPool):
            ConnectionCls = _Plain
            QueueCls = queue.Queue  # type: ignore[assignment]  # any queue does

        class _SecurePool(HTTPSConnectionPool):
            ConnectionCls = _Secure
            QueueCls = queue.Queue  # type: ignore[assignment]  # any queue does

        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _SecurePool}

    def _connect(
        self,
        connection: HTTPConnection,  # noqa: ARG002  for those who look where it goes
        connect: Callable[[], socket.socket],
    ) -> socket.socket:
        return connect()


class GuardedAdapter(TimedAdapter):
    """Connects to public addresses and to `allow_hosts`, whatever a name resolves to later.

    The session it is mounted on must not use a proxy of the environment (`trust_env = False`): a
    proxy connects where the guard cannot look.

    Raises, from the session's calls beside requests' own exceptions:
        DownloadRefused: the host is private and not allowed.
        DownloadFailed: the host's name has no address.
    """

    def __init__(self, *, allow_hosts: Collection[str] = (), **options: Any) -> None:
        self._allow_hosts = tuple(allow_hosts)
        super().__init__(**options)

    def _connect(
        self, connection: HTTPConnection, connect: Callable[[], socket.socket]
    ) -> socket.socket:
        # urllib3 connects to this attribute and takes the name for everything else before and
        # after: Host, SNI and certificate keep the name, the socket goes where was looked at.
        name = connection._dns_host
        last: NewConnectionError | None = None
        try:
            for address in _find_addresses(connection.host, connection.port, self._allow_hosts):
                connection._dns_host = address
                try:
                    return connect()
                except NewConnectionError as error:
                    last = error
        finally:
            connection._dns_host = name
        raise last or NewConnectionError(connection, "no address")


def _find_addresses(host: str, port: int, allow_hosts: Collection[str]) -> list[str]:
    name = f"[{host}]" if ":" in host else host
    target = parse_target(f"http://{name}:{port}/", allow_hosts=allow_hosts, https_only=False)
    return resolve_target(target, resolver=system_resolver, clock=Clock(RESOLVE_SECONDS))

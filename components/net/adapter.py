"""The same guard for a pooled `requests` session: only public addresses are connected to."""

from __future__ import annotations

import socket
from collections.abc import Callable, Collection
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError

from components.net.connection import Clock, resolve_target, system_resolver
from components.net.target import parse_target

RESOLVE_SECONDS = 10.0


def _find_addresses(host: str, port: int, allow_hosts: Collection[str]) -> list[str]:
    name = f"[{host}]" if ":" in host else host
    target = parse_target(f"http://{name}:{port}/", allow_hosts=allow_hosts, https_only=False)
    return resolve_target(target, resolver=system_resolver, clock=Clock(RESOLVE_SECONDS))


class GuardedAdapter(HTTPAdapter):
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

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        allow_hosts = self._allow_hosts

        class _Plain(HTTPConnection):
            def _new_conn(self) -> socket.socket:
                return _connect(self, super()._new_conn, allow_hosts)

        class _Secure(HTTPSConnection):
            def _new_conn(self) -> socket.socket:
                return _connect(self, super()._new_conn, allow_hosts)

        class _PlainPool(HTTPConnectionPool):
            ConnectionCls = _Plain

        class _SecurePool(HTTPSConnectionPool):
            ConnectionCls = _Secure

        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _SecurePool}


def _connect(
    connection: HTTPConnection,
    connect: Callable[[], socket.socket],
    allow_hosts: Collection[str],
) -> socket.socket:
    """Connect to an address that was looked at, leaving the name for Host, SNI and certificate."""
    # urllib3 connects to this attribute and takes the name for everything else before and after.
    name = connection._dns_host
    last: NewConnectionError | None = None
    try:
        for address in _find_addresses(connection.host, connection.port, allow_hosts):
            connection._dns_host = address
            try:
                return connect()
            except NewConnectionError as error:
                last = error
    finally:
        connection._dns_host = name
    raise last or NewConnectionError(connection, "no address")

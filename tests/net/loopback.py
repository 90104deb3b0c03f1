"""Real servers on loopback sockets, for tests that must see every byte and connection."""

from __future__ import annotations

import gzip
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

TLS_RECORD = 0x16
"""First byte of a TLS handshake, which a server that speaks no TLS takes for a request."""

Handler = Callable[[socket.socket, bytes], None]
"""Gets the connection and the head of the request, as read up to the empty line."""


@dataclass
class Loopback:
    """A server that is running.

    Attributes:
        port: where it listens on 127.0.0.1.
        requests: heads of the requests it was sent, in order.
        connections: how many connections it accepted.
        server_names: TLS server names it was asked for.
        release: set when the test is over, so that handlers that wait can end.
    """

    port: int
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0
    server_names: list[str | None] = field(default_factory=list)
    release: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str = "/", host: str = "127.0.0.1", scheme: str = "http") -> str:
        """The address of a path on this server."""
        return f"{scheme}://{host}:{self.port}{path}"


@contextmanager
def serve(handler: Handler | None = None, tls: ssl.SSLContext | None = None) -> Iterator[Loopback]:
    """Run a server on a free port; each connection gets one request and one answer.

    Args:
        handler: writes the answer; None for a canary that only counts connections.
        tls: the server's TLS context; None for plain HTTP.

    Yields:
        The running server.
    """
    with socket.create_server(("127.0.0.1", 0)) as listener:
        loopback = Loopback(listener.getsockname()[1])
        if tls is not None:
            tls.sni_callback = lambda _sock, name, _context: loopback.server_names.append(name)

        def answer(connection: socket.socket) -> None:
            # The client may hang up at any moment; that is what these tests are about.
            with connection, suppress(OSError):
                connection.settimeout(10)
                stream = tls.wrap_socket(connection, server_side=True) if tls else connection
                with stream:
                    head = b""
                    while b"\r\n\r\n" not in head and (piece := stream.recv(65_536)):
                        head += piece
                        if head[0] == TLS_RECORD:
                            break
                    loopback.requests.append(head)
                    if handler is not None:
                        handler(stream, head)

        def accept() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                loopback.connections += 1
                worker = threading.Thread(target=answer, args=(connection,))
                workers.append(worker)
                worker.start()

        workers: list[threading.Thread] = []
        door = threading.Thread(target=accept)
        door.start()
        try:
            yield loopback
        finally:
            loopback.release.set()
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
            door.join(10)
            for worker in workers:
                worker.join(10)


def reply(
    body: bytes = b"", status: str = "200 OK", headers: dict[str, str] | None = None
) -> bytes:
    """Bytes of a whole answer; Content-Length is added unless given."""
    fields = {"Content-Length": str(len(body)), **(headers or {})}
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status}\r\n{lines}\r\n".encode("latin-1") + body


def answering(*answers: bytes) -> Handler:
    """A handler that gives these answers in turn, the last one for ever."""
    left = list(answers)

    def handler(stream: socket.socket, _head: bytes) -> None:
        stream.sendall(left.pop(0) if len(left) > 1 else left[0])

    return handler


def gzip_bomb(megabytes: int) -> bytes:
    """That many megabytes of zeros, gzipped to about a thousandth."""
    return gzip.compress(bytes(megabytes * 1_000_000), compresslevel=9)


def make_certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """Make a self-signed certificate for one host name with the openssl command.

    Args:
        folder: where the two files are written.
        name: the host name it is for.

    Returns:
        Paths of the certificate and of its key, both PEM.
    """
    certificate, key = folder / f"{name}.pem", folder / f"{name}.key"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *(
                "-nodes",
                "-days",
                "2",
                "-subj",
                f"/CN={name}",
                "-addext",
                f"subjectAltName=DNS:{name}",
            ),
            *("-keyout", str(key), "-out", str(certificate)),
        ],
        check=True,
        capture_output=True,
    )
    return certificate, key

"""A real server that answers with recorded or written bytes, and remembers what it was asked."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

WIRE = Path(__file__).parent / "wire"

Response = bytes | None | Callable[[bytes], bytes | None]
"""What is sent; None closes the connection; a function is given the request."""


@dataclass
class Replay:
    """A server on loopback.

    Attributes:
        address: "http://127.0.0.1:PORT".
        requests: raw bytes of each request, head and body.
    """

    address: str
    requests: list[bytes] = field(default_factory=list)

    @property
    def confidences(self) -> list[int]:
        """The confidence of each request, in order."""
        return [read_confidence(request) for request in self.requests]


def read_confidence(request: bytes) -> int:
    """The confidence that a request asks for."""
    query = parse_qs(urlsplit(request.split(b" ", 2)[1].decode()).query)
    return int(query["confidence"][0])


def respond(status: str, body: bytes, **headers: str) -> bytes:
    """A whole HTTP response."""
    lines = [f"HTTP/1.1 {status}", f"content-length: {len(body)}", "content-type: application/json"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "connection: close", "", ""]).encode() + body


def recordings(engine: str) -> Callable[[bytes], bytes]:
    """A real engine's answers, recorded at 0, 1, 40, 50, 99 and 100: "new" or "legacy"."""
    return lambda request: (WIRE / engine / f"conf_{read_confidence(request)}.resp").read_bytes()


@contextmanager
def replay(*responses: Response) -> Iterator[Replay]:
    """Answer one connection after the other with these bytes; the last one also ever after.

    A response of None closes the connection without an answer.
    """
    listener = socket.create_server(("127.0.0.1", 0))
    server = Replay(f"http://127.0.0.1:{listener.getsockname()[1]}")
    thread = threading.Thread(target=_serve, args=(listener, responses, server), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


def _serve(listener: socket.socket, responses: Sequence[Response], server: Replay) -> None:
    served = 0
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection:
            connection.settimeout(10)
            request = _read_request(connection)
            if not request:
                continue
            server.requests.append(request)
            response = responses[min(served, len(responses) - 1)]
            served += 1
            if callable(response):
                response = response(request)
            if response is not None:
                connection.sendall(response)


def _read_request(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        part = connection.recv(65536)
        if not part:
            return data
        data += part
    head, _, body = data.partition(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    while len(body) < length:
        part = connection.recv(65536)
        if not part:
            break
        body += part
    return head + b"\r\n\r\n" + body

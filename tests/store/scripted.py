"""A server whose answers are written down beforehand, for what no S3 server does on demand."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, str, bytes, int]
"""Status, S3's error code, body, and how many of its bytes are held back."""


def say(body: bytes, *, held_back: int = 0) -> Answer:
    return 200, "", body, held_back


def fail(status: int, code: str) -> Answer:
    body = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>No {code}.</Message></Error>"
    return status, code, body.encode(), 0


@contextmanager
def run_scripted(answers: Sequence[Answer]) -> Iterator[tuple[str, list[str]]]:
    """A server that gives these answers, the last one ever after; its address, and what came."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            status, _, body, held_back = answers[min(len(asked), len(answers) - 1)]
            asked.append(f"{self.command} {self.path}")
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body[: len(body) - held_back])
            if held_back:
                self.close_connection = True

        do_PUT = do_GET
        do_HEAD = do_GET

        def log_message(self, *arguments: Any) -> None:
            """Nothing is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

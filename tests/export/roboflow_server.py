"""A server that takes uploads as Roboflow's does, as far as its own client lets one know.

What it takes and answers is read from that client (`roboflow` 1.7.3, `adapters/rfapi.py`); the test
in tests/foreign lets the client itself upload to it. Answers can be written before, one for each
request to come, such as a 429.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

KEY = "rf_secretKEY/123"
HANGS = -1


@dataclass(frozen=True)
class Asked:
    """A request as it came.

    Attributes:
        path, query: of its address; the query's last values by name.
        headers: by name in lower case.
        parts: of a multipart body: (file name or "", content type or "", content) by name.
        json: of a JSON body.
    """

    path: str
    query: dict[str, str]
    headers: dict[str, str]
    parts: dict[str, tuple[str, str, bytes]] = field(default_factory=dict)
    json: Any = None


@dataclass
class RoboflowServer:
    """What it holds.

    Attributes:
        address: "http://127.0.0.1:PORT".
        projects: names of those that are there.
        images: name and content by number.
        annotations: (file name, text) by the number of the picture.
        asked: all requests, in order.
        script: statuses with headers and bodies that are answered first, one a request; HANGS for
            a status is answered by nothing until the server ends.
        kinds: type by the name of a project; "semantic-segmentation" for those that are not here.
        looked: addresses that were read, in order, each with its query.
        forgets_ids: whether it leaves the number out where a picture is there already.
    """

    address: str
    projects: tuple[str, ...] = ("streets",)
    images: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    annotations: dict[str, tuple[str, str]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    script: list[tuple[int, dict[str, str], bytes]] = field(default_factory=list)
    kinds: dict[str, Any] = field(default_factory=dict)
    looked: list[str] = field(default_factory=list)
    forgets_ids: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)
    ended: threading.Event = field(default_factory=threading.Event)

    @property
    def addresses(self) -> str:
        """All that stood in addresses, for looking for a key in them."""
        return "\n".join(f"{one.path}?{one.query}" for one in self.asked)


@contextmanager
def serve_roboflow() -> Iterator[RoboflowServer]:
    """Run one until the context ends."""
    held: list[RoboflowServer] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            with held[0].lock:
                status, answer = _show(held[0], self.path, self.headers["authorization"] or "")
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            length = int(self.headers.get("content-length", 0))
            asked = _read(self.path, dict(self.headers.items()), self.rfile.read(length))
            with held[0].lock:
                status, headers, body = _answer(held[0], asked)
            if status == HANGS:
                held[0].ended.wait()
            if status in (0, HANGS):
                self.close_connection = True
                return
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Says nothing."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            """A client that hangs up is none of its business."""

    server = Server(("127.0.0.1", 0), Handler)
    held.append(RoboflowServer(f"http://127.0.0.1:{server.server_port}"))
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield held[0]
    finally:
        held[0].ended.set()
        server.shutdown()
        server.server_close()
        thread.join(5)


def _read(path: str, headers: dict[str, str], body: bytes) -> Asked:
    parts = urlsplit(path)
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    folded = {name.lower(): value for name, value in headers.items()}
    kind = folded.get("content-type", "")
    found: dict[str, tuple[str, str, bytes]] = {}
    if kind.startswith("multipart/form-data"):
        message = BytesParser(policy=HTTP).parsebytes(
            f"content-type: {kind}\r\n\r\n".encode() + body
        )
        for part in message.iter_parts():
            name = str(part.get_param("name", header="content-disposition"))
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            given = part["content-type"]
            found[name] = (part.get_filename() or "", str(given or ""), content)
    is_json = kind.startswith("application/json")
    return Asked(unquote(parts.path), query, folded, found, json.loads(body) if is_json else None)


def _answer(server: RoboflowServer, asked: Asked) -> tuple[int, dict[str, str], bytes]:
    server.asked.append(asked)
    if server.script:
        return server.script.pop(0)
    status, answer = _take(server, asked)
    return status, {"content-type": "application/json"}, json.dumps(answer).encode()


def _show(server: RoboflowServer, path: str, bearer: str) -> tuple[int, dict[str, Any]]:
    server.looked.append(path)
    if bearer != f"Bearer {KEY}":
        return 401, {"error": {"message": "This API key does not exist"}}
    steps = unquote(path).strip("/").split("/")
    if steps == [""]:
        return 200, {"welcome": "Welcome to the Roboflow API.", "workspace": "acme"}
    if len(steps) != 2 or steps[0] != "acme" or steps[1] not in server.projects:
        return 404, {"error": {"message": "No such project"}}
    kind = server.kinds.get(steps[1], "semantic-segmentation")
    return 200, {"workspace": {"url": "acme"}, "project": {"id": "/".join(steps), "type": kind}}


def _take(server: RoboflowServer, asked: Asked) -> tuple[int, dict[str, Any]]:
    bearer = asked.headers.get("authorization", "").removeprefix("Bearer ")
    if KEY not in (bearer, asked.query.get("api_key")):
        return 401, {"error": {"message": f"This API key does not exist: {bearer}"}}
    steps = asked.path.strip("/").split("/")
    if len(steps) < 3 or steps[0] != "dataset" or steps[1] not in server.projects:
        return 404, {"error": {"message": "No such project"}}
    if steps[2] == "upload":
        return _take_image(server, asked)
    image_id = steps[3]
    if image_id not in server.images:
        return 400, {"error": {"message": "Image not found"}}
    if image_id in server.annotations and asked.query.get("overwrite") != "true":
        return 409, {"error": {"message": "image already annotated"}}
    server.annotations[image_id] = (asked.query["name"], asked.json["annotationFile"])
    return 200, {"success": True}


def _take_image(server: RoboflowServer, asked: Asked) -> tuple[int, dict[str, Any]]:
    name = asked.parts["name"][2].decode()
    _, _, content = asked.parts["file"]
    image_id = hashlib.sha256(content).hexdigest()[:20]
    if image_id in server.images:
        found = {} if server.forgets_ids else {"id": image_id}
        return 200, {"duplicate": True, **found}
    server.images[image_id] = (name, content)
    return 200, {"success": True, "id": image_id}

"""HTTP by hand, so that no client library puts anything right on the way."""

from __future__ import annotations

import base64
import io
import json
import socket
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import numpy.typing as npt
from PIL import Image


@dataclass(frozen=True)
class Reply:
    """What came back.

    Attributes:
        status: HTTP status.
        headers: names in lower case.
        body: raw bytes.
    """

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    def pixels(self, key: str = "segmentation_mask") -> npt.NDArray[np.uint8]:
        """A mask of the answer, uint8 (H, W)."""
        with Image.open(io.BytesIO(base64.b64decode(self.json[key]))) as image:
            assert image.format == "PNG"
            assert image.mode == "L"
            assert not image.info.get("interlace")
            return np.asarray(image)


def exchange(address: str, request: bytes) -> Reply:
    """Send a whole request over a socket of its own and read until the server closes it."""
    parts = urlsplit(address)
    assert parts.hostname
    with socket.create_connection((parts.hostname, parts.port or 80), timeout=60) as connection:
        connection.sendall(request)
        received = b""
        while part := connection.recv(1 << 16):
            received += part
    return parse(received)


def parse(response: bytes) -> Reply:
    """Read a raw response."""
    head, _, body = response.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {
        name.lower(): value.strip() for name, value in (line.split(":", 1) for line in lines)
    }
    return Reply(int(first.split()[1]), headers, body)


def post(
    address: str,
    body: bytes,
    path: str = "/demo-scene/1",
    content_type: str | None = "application/x-www-form-urlencoded",
    method: str = "POST",
) -> Reply:
    """One request with a body."""
    lines = [f"{method} {path} HTTP/1.1", "Host: test", "Connection: close"]
    if content_type:
        lines.append(f"Content-Type: {content_type}")
    lines.append(f"Content-Length: {len(body)}")
    return exchange(address, "\r\n".join([*lines, "", ""]).encode() + body)


def encode(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    """An image file."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def make_picture(width: int = 96, height: int = 64, seed: int = 1) -> Image.Image:
    """Sky over grass with some noise, RGB."""
    rng = np.random.default_rng(seed)
    pixels = np.zeros((height, width, 3))
    pixels[: height // 2] = (120, 170, 230)
    pixels[height // 2 :] = (80, 130, 50)
    pixels += rng.normal(0, 12, pixels.shape)
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))

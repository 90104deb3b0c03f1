"""From an HTTP request to the bytes of an image file.

Three ways in, as on the real servers: base64 text as the whole body, a multipart part named `file`,
or an address in the query, which wins over any body.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
import socket
from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect, Request

from components.errors import DeskError
from components.local_server.refusal import Refusal, malformed, too_large

MAX_BODY_BYTES = 20 * 1024 * 1024
"""The largest body taken. Roboflow's newer host takes 20 MB a request."""

# A body above the limit is still read and thrown away up to here, because a client that is cut off
# in the middle of sending sees a broken connection instead of the answer that explains it.
_DRAIN_BYTES = 8 * MAX_BODY_BYTES

_DATA_URI = re.compile(rb"data:[^,;]{0,100}(?:;[^,;]{0,100}){0,4};base64,", re.IGNORECASE)


async def read_body(request: Request) -> bytes:
    """The whole body, bounded.

    Returns:
        Image file bytes from a multipart part, or base64 text decoded.

    Raises:
        Refusal: 400 when the body holds no image, 413 when it is too large.
    """
    content_type = request.headers.get("content-type", "").strip()
    if not content_type:
        raise Refusal(400, {"message": "The request has no Content-Type header."})
    try:
        if content_type.split(";")[0].strip().lower() == "multipart/form-data":
            return await _read_part(request)
        return decode_base64(await _read_bounded(request))
    except ClientDisconnect as error:
        raise malformed("the connection broke before the whole image had arrived.") from error


def decode_base64(text: bytes) -> bytes:
    """Decode base64 as the real servers take it.

    Line breaks (GNU base64 wraps at 76), one `data:` prefix and surrounding quotes are taken off.
    Nothing is form-decoded: a space where `+` was, `%2B` and the URL-safe alphabet are refused.

    Raises:
        Refusal: 400, saying what was wrong.
    """
    text = text.strip(b" \t\r\n\"'")
    if not text:
        raise malformed("the image payload is empty.")
    if not text.isascii():
        raise malformed(
            "the payload holds raw bytes, not base64 text. Encode the image as base64 first."
        )
    prefix = _DATA_URI.match(text)
    if prefix:
        text = text[prefix.end() :]
    text = text.replace(b"\r", b"").replace(b"\n", b"")
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise malformed("the base64 text is malformed.") from error


def fetch_image(address: str, allow_hosts: Collection[str]) -> bytes:
    """The bytes behind the `image` query parameter.

    Args:
        address: as it came, already URL-decoded once.
        allow_hosts: hosts ("name" or "name:port") that may be private, nameless or without TLS.

    Raises:
        Refusal: 400 when the address is refused or gives nothing.
    """
    # Here, because it brings an HTTP client that most servers never need.
    from components.net import fetch

    try:
        parts = urlsplit(address.strip())
        host = (parts.hostname or "").lower()
        trusted = _is_allowed(host, parts.port, allow_hosts)
    except ValueError as error:
        raise malformed("the image URL is not a valid one.") from error
    if not host:
        raise malformed("the image URL is not a valid one.")
    if not trusted and parts.scheme.lower() != "https":
        raise malformed("an image URL must begin with https:// here.")
    if not trusted and _is_nameless(host):
        raise malformed("an image URL must name a full domain here, not a bare host or address.")
    try:
        return fetch(
            address.strip(),
            max_bytes=MAX_BODY_BYTES,
            allow_hosts=allow_hosts,
            https_only=True,
        ).data
    except DeskError as error:
        raise malformed(f"the image URL could not be fetched. {error.message}") from error


def _is_allowed(host: str, port: int | None, allow_hosts: Collection[str]) -> bool:
    names = {name.lower() for name in allow_hosts}
    return host in names or f"{host}:{port}" in names


def _is_nameless(host: str) -> bool:
    """Whether a host is an IP address or has no domain."""
    if "." not in host.strip("."):
        return True
    try:
        ipaddress.ip_address(host)
    except ValueError:
        try:
            # Shortened and hexadecimal forms (127.1, 0x7f.0.0.1) are addresses to the resolver too.
            socket.inet_aton(host)
        except OSError:
            return False
    return True


async def _read_bounded(request: Request) -> bytes:
    body = bytearray()
    total = 0
    async for chunk in request.stream():
        total += len(chunk)
        if total <= MAX_BODY_BYTES:
            body += chunk
        elif total > _DRAIN_BYTES:
            break
        else:
            body.clear()
    if total > MAX_BODY_BYTES:
        raise too_large(f"a request may hold {MAX_BODY_BYTES // 1024**2} MB at most.")
    return bytes(body)


async def _read_part(request: Request) -> bytes:
    # Read within the limit first, so that a part never spools to disk without bounds.
    body = await _read_bounded(request)

    async def replay() -> dict[str, object]:
        return {"type": "http.request", "body": body, "more_body": False}

    replayed = Request(request.scope, replay)
    try:
        async with replayed.form(max_files=8, max_fields=32) as form:
            part = form.get("file")
            if isinstance(part, UploadFile):
                return await part.read()
            if isinstance(part, str):
                return part.encode("utf-8", "surrogateescape")
    except (MultiPartException, HTTPException, ValueError, KeyError) as error:
        raise malformed("the multipart body could not be read.") from error
    raise malformed("the multipart body needs a part named 'file' that holds the image.")

"""Every way an image may come in, and every way it may be broken."""

from __future__ import annotations

import base64
import io
import threading
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import quote

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from components.local_server import LocalServer
from components.local_server.payload import MAX_BODY_BYTES, decode_base64
from components.local_server.refusal import Refusal
from tests.local_server.http import Reply, encode, make_picture, post

OBJECT = "/demo-object/1"
CONTENT_TYPES = (
    "text/plain",
    "application/json",
    "image/png",
    "multipart/form-data",
    "multipart/form-data; boundary=x",
    "\xff",
)


def ask(server: LocalServer, data: bytes) -> Reply:
    """The answer to an image file."""
    return post(server.address, base64.b64encode(data), OBJECT)


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        ("RGB", "PNG"), ("RGBA", "PNG"), ("L", "PNG"), ("LA", "PNG"), ("1", "PNG"), ("P", "PNG"),
        ("I;16", "PNG"), ("L", "JPEG"), ("CMYK", "JPEG"), ("RGB", "WEBP"), ("P", "GIF"),
        ("RGB", "BMP"), ("RGB", "TIFF"), ("I;16", "TIFF"), ("F", "TIFF"), ("CMYK", "TIFF"),
    ],
)  # fmt: skip
def test_accepts_every_ordinary_kind_of_picture(server: LocalServer, mode: str, kind: str) -> None:
    picture = make_picture()
    if mode in ("I;16", "F"):
        gray = np.asarray(picture.convert("L"))
        scaled = gray.astype(np.uint16) * 257 if mode == "I;16" else gray.astype(np.float32) / 255
        picture = Image.fromarray(scaled)
    else:
        picture = picture.convert(mode)
    reply = ask(server, encode(picture, kind))
    assert reply.status == 200, reply.body
    assert reply.json["image"] == {"width": 96, "height": 64}
    assert reply.pixels().shape == reply.pixels("confidence_mask").shape == (64, 96)


def test_16_bits_are_scaled_and_not_clipped(server: LocalServer) -> None:
    gray = np.asarray(make_picture().convert("L"))
    wide = ask(server, encode(Image.fromarray(gray.astype(np.uint16) * 257)))
    narrow = ask(server, encode(Image.fromarray(gray)))
    assert np.array_equal(wide.pixels(), narrow.pixels())


def test_a_transparent_palette_is_accepted(server: LocalServer) -> None:
    picture = make_picture().quantize(16)
    assert ask(server, encode(picture, transparency=bytes(range(16)))).status == 200


def test_the_first_frame_of_an_animation_counts(server: LocalServer) -> None:
    frames = [make_picture(seed=seed) for seed in (1, 2)]
    moving = encode(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert np.array_equal(
        ask(server, moving).pixels(), ask(server, encode(frames[0], "GIF")).pixels()
    )


@pytest.mark.parametrize("orientation", range(1, 9))
def test_pictures_are_turned_upright_by_exif(server: LocalServer, orientation: int) -> None:
    upright = make_picture(96, 64)
    back = {
        2: [Image.Transpose.FLIP_LEFT_RIGHT],
        3: [Image.Transpose.ROTATE_180],
        4: [Image.Transpose.FLIP_TOP_BOTTOM],
        5: [Image.Transpose.TRANSPOSE],
        6: [Image.Transpose.ROTATE_90],
        7: [Image.Transpose.TRANSVERSE],
        8: [Image.Transpose.ROTATE_270],
    }.get(orientation, [])
    stored = upright
    for step in back:
        stored = stored.transpose(step)
    exif = Image.Exif()
    exif[0x0112] = orientation
    reply = ask(server, encode(stored, "JPEG", exif=exif, quality=95, subsampling=0))
    expected = ask(server, encode(upright, "JPEG", quality=95, subsampling=0))
    assert reply.json["image"] == {"width": 96, "height": 64}
    assert (reply.pixels() == expected.pixels()).mean() > 0.97


def test_a_turned_large_jpeg_keeps_its_size(server: LocalServer) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    reply = ask(server, encode(make_picture(2401, 1601), "JPEG", exif=exif))
    assert reply.json["image"] == {"width": 1601, "height": 2401}
    assert reply.pixels().shape == (2401, 1601)


@pytest.mark.parametrize("kept", [0.02, 0.3, 0.7, 0.98])
def test_a_cut_off_jpeg_is_refused(server: LocalServer, kept: float) -> None:
    data = encode(make_picture(400, 300), "JPEG")
    reply = ask(server, data[: int(len(data) * kept)])
    assert reply.status == 400
    assert "message" in reply.json


@pytest.mark.parametrize(
    "data", [b"", b"hello", b"%PDF-1.7", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"<svg/>", b"\0" * 99]
)
def test_what_is_no_picture_is_refused(server: LocalServer, data: bytes) -> None:
    assert ask(server, data).status == 400


@pytest.mark.parametrize(("width", "height"), [(60_000, 60_000), (10_000, 5_001)])
def test_pixel_bombs_are_refused_unopened(server: LocalServer, width: int, height: int) -> None:
    data = bytearray(encode(Image.new("1", (8, 8))))
    data[16:24] = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    data[29:33] = zlib.crc32(data[12:29]).to_bytes(4, "big")
    reply = ask(server, bytes(data))
    assert reply.status == 413
    assert "pixels" in reply.json["message"]


def test_a_body_above_the_limit_is_413(server: LocalServer) -> None:
    reply = post(server.address, b"A" * (MAX_BODY_BYTES + 1), OBJECT)
    assert reply.status == 413
    assert "MB" in reply.json["message"]


def test_methods_and_paths(server: LocalServer) -> None:
    assert post(server.address, b"", OBJECT, method="GET").status == 405
    assert post(server.address, b"", "/a/b/c").status == 404
    assert post(server.address, b"", "/healthz", method="GET").json == {"status": "ok"}
    described = post(server.address, b"", "/", method="GET").json
    assert {model["id"] for model in described["models"]} == {"demo-scene/1", "demo-object/1"}


@pytest.mark.parametrize("wrap", ['"%s"', "'%s'", " %s\r\n", "data:image/png;base64,%s", "\n%s\n"])
def test_wrappings_of_base64_are_taken_off(wrap: str) -> None:
    assert decode_base64((wrap % base64.b64encode(b"picture").decode()).encode()) == b"picture"


@pytest.mark.parametrize("text", [b"-_-_", b"aGk%3D", b"aG k=", b"aGk", b"data:image/png,aGk="])
def test_other_spellings_of_base64_are_refused(text: bytes) -> None:
    with pytest.raises(Refusal):
        decode_base64(text)


@given(st.binary(max_size=200), st.sampled_from(CONTENT_TYPES))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_body_gets_an_answer_in_json(server: LocalServer, body: bytes, kind: str) -> None:
    reply = post(server.address, body, OBJECT, kind)
    assert 200 <= reply.status < 500
    assert isinstance(reply.json, dict)


@given(st.data())
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_damaged_picture_gets_an_answer_in_json(server: LocalServer, data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(["PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP"]))
    whole = bytearray(encode(make_picture(24, 16), kind))
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    assert ask(server, bytes(whole)).status in (200, 400, 413)


@pytest.fixture(scope="module")
def picture_host() -> Iterator[int]:
    """The port of a little HTTP server on localhost with one picture."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = encode(make_picture(), "JPEG") if self.path == "/a.jpg" else b"no picture"
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    host = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=host.serve_forever)
    thread.start()
    yield host.server_port
    host.shutdown()
    thread.join()
    host.server_close()


def test_an_address_in_the_query_wins_over_the_body(server: LocalServer, picture_host: int) -> None:
    url = quote(f"http://localhost:{picture_host}/a.jpg", safe="")
    reply = post(server.address, b"!!!", f"{OBJECT}?api_key=K&image={url}")
    assert reply.status == 200, reply.body
    sent = ask(server, encode(make_picture(), "JPEG"))
    assert np.array_equal(reply.pixels(), sent.pixels())
    without_type = post(server.address, b"", f"{OBJECT}?image={url}", content_type=None)
    assert without_type.status == 200


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/a.jpg", "https://localhost.localdomain/", "https://127.0.0.1/a.jpg",
        "https://127.1/a.jpg", "https://2130706433/a.jpg", "https://[::1]/a.jpg", "https://intranet/",
        "file:///etc/passwd", "ftp://example.com/a", "", "a.jpg", "https://", "https://[", "http://localhost:x/",
    ],
)  # fmt: skip
def test_addresses_that_are_refused(server: LocalServer, url: str) -> None:
    reply = post(server.address, b"", f"{OBJECT}?image={quote(url, safe='')}")
    assert reply.status == 400
    assert "URL" in reply.json["message"]


def test_an_address_without_a_picture_is_refused(server: LocalServer, picture_host: int) -> None:
    url = quote(f"http://localhost:{picture_host}/b.txt", safe="")
    assert post(server.address, b"", f"{OBJECT}?image={url}").status == 400
    gone = quote("http://localhost:1/a.jpg", safe="")
    assert post(server.address, b"", f"{OBJECT}?image={gone}").status == 400


def test_a_multipart_part_is_taken(server: LocalServer) -> None:
    part = io.BytesIO()
    part.write(b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n')
    part.write(encode(make_picture()))
    part.write(b"\r\n--x--\r\n")
    reply = post(server.address, part.getvalue(), OBJECT, "multipart/form-data; boundary=x")
    assert reply.status == 200
    assert np.array_equal(reply.pixels(), ask(server, encode(make_picture())).pixels())

"""Metadata leaves the file, the coded picture does not change."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from components.intake import take_bytes
from components.intake.container import STRIPPERS, is_lossless_webp
from tests.intake.pictures import Pixels, chunk, exif, pixels, save, scene

SCENE = scene(200, 150)
SECRETS = (b"SECRET", b"http://ns.adobe.com/xap", b"Exif", b"eXIf", b"iCCP", b"ICC_PROFILE")


def decoded(data: bytes) -> Any:
    with Image.open(io.BytesIO(data)) as opened:
        return np.asarray(opened)


def jpeg(values: Pixels = SCENE, **options: Any) -> bytes:
    """A JPEG with a place, a comment, a profile, XMP and a second picture behind its end."""
    full = save(
        values,
        "JPEG",
        exif=exif(1),
        comment=b"SECRET comment",
        icc_profile=b"",
        xmp=b"http://ns.adobe.com/xap SECRET",
        **options,
    )
    return full + save(scene(8, 8), "JPEG") + b"SECRET trailer"


@pytest.mark.parametrize("grey", [False, True])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"progressive": True},
        {"optimize": True},
        {"restart_marker_blocks": 2},
        {"subsampling": 0},
    ],
)
def test_jpeg(options: dict[str, Any], grey: bool) -> None:
    data = jpeg(SCENE[..., 0] if grey else SCENE, **options)
    assert b"SECRET" in data
    image = take_bytes(data, name="a.jpg")
    assert not any(secret in image.data for secret in SECRETS)
    assert image.data.endswith(b"\xff\xd9")
    assert image.data.count(b"\xff\xd8\xff") == 1
    np.testing.assert_array_equal(decoded(image.data), decoded(data))
    # Byte for byte the coded picture: from the first table on, nothing was written anew.
    assert image.data[image.data.index(b"\xff\xdb") :] in data
    assert image.notes == ()


def test_jpeg_with_fill_bytes_before_its_markers() -> None:
    data = save(SCENE, "JPEG")
    at = data.index(b"\xff\xdb")
    filled = data[:at] + b"\xff\xff" + data[at:-2] + b"\xff" + data[-2:]
    image = take_bytes(filled, name="a.jpg")
    np.testing.assert_array_equal(pixels(image), decoded(data))


def test_adobe_s_colour_model_is_kept() -> None:
    # RGB stored without change to YCbCr: without the segment it would be shown in wrong colours.
    data = save(SCENE, "JPEG", keep_rgb=True, quality=95)
    assert b"Adobe" in data
    image = take_bytes(data, name="a.jpg")
    np.testing.assert_array_equal(pixels(image), decoded(data))
    assert b"Adobe" in image.data


def test_a_jpeg_no_browser_shows_is_not_kept() -> None:
    data = bytearray(save(SCENE, "JPEG"))
    at = data.index(b"\xff\xc0")
    for marker in (0xC3, 0xC9, 0xCA):
        data[at + 1] = marker
        assert STRIPPERS["JPEG"](bytes(data)) is None


def test_a_jpeg_without_its_end_is_written_anew() -> None:
    data = save(SCENE, "JPEG")[:-2]
    assert STRIPPERS["JPEG"](data) is None


def test_png() -> None:
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", "SECRET")
    text.add_itxt("XML:com.adobe.xmp", "SECRET http://ns.adobe.com/xap")
    data = save(SCENE, "PNG", pnginfo=text, exif=exif(1), dpi=(300, 300)) + b"SECRET trailer"
    image = take_bytes(data, name="a.png")
    assert not any(secret in image.data for secret in (*SECRETS, b"pHYs"))
    np.testing.assert_array_equal(pixels(image), SCENE)
    at = data.index(b"IDAT")
    assert image.data[image.data.index(b"IDAT") :] == data[at : data.index(b"IEND") + 8]


def test_png_with_a_wrong_checksum_is_written_anew() -> None:
    data = save(SCENE, "PNG")
    wrong = data[:-16] + bytes([data[-16] ^ 1]) + data[-15:]
    assert STRIPPERS["PNG"](wrong) is None


def test_png_gamma_does_not_change_what_is_shown() -> None:
    data = save(SCENE, "PNG")
    image = take_bytes(
        data[:33] + chunk(b"gAMA", (100_000).to_bytes(4, "big")) + data[33:], name="a"
    )
    assert image.data == data


@pytest.mark.parametrize("lossless", [True, False])
def test_webp(lossless: bool) -> None:
    data = save(SCENE, "WEBP", lossless=lossless, exif=exif(1), xmp=b"SECRET")
    assert is_lossless_webp(data) is lossless
    image = take_bytes(data, name="a.webp")
    assert not any(secret in image.data for secret in (*SECRETS, b"VP8X"))
    assert image.data == save(SCENE, "WEBP", lossless=lossless)
    np.testing.assert_array_equal(pixels(image), decoded(data))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_stripping_twice_changes_nothing(kind: str) -> None:
    once = STRIPPERS[kind](save(SCENE, kind, exif=exif(1)))
    assert once is not None
    assert STRIPPERS[kind](once) == once


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_file_cut_off_anywhere_is_not_kept(kind: str) -> None:
    once = STRIPPERS[kind](save(scene(), kind))
    assert once is not None
    assert [cut for cut in range(len(once)) if STRIPPERS[kind](once[:cut]) is not None] == []

"""Files told by their first bytes."""

from __future__ import annotations

import pytest

from components.errors import NotAnImage
from components.intake.kind import tell_kind
from tests.intake.pictures import save, scene


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "HEIF", "AVIF"])
def test_pictures(kind: str) -> None:
    assert tell_kind(save(scene(), kind), "a") == kind


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b"%PDF-1.7\n", "PDF"),
        (b"PK\3\4abc", "ZIP"),
        (b"\x1f\x8b\x08", "archive"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- x --><svg/>", "SVG"),
        (b"\n<!DOCTYPE html><title>x", "web page"),
        (b"<html><svg></svg>", "web page"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0isommp42", "video"),
        (b"\x1aE\xdf\xa3\x01", "video"),
        (b"RIFF\0\0\0\0AVI LIST", "video"),
        (b"name,value\r\n1,2\r\n", "is text"),
        ("Übergröße".encode(), "is text"),
        (b"BMW is a car maker, and this is a text", "is text"),
        ("ü".encode() * 511 + b"a" + "ü".encode(), "is text"),
        (b"\x93NUMPY\1\0", "NumPy"),
        (bytes(128) + b"DICM", "DICOM"),
        (b"8BPS\0\1", "Photoshop"),
        (bytes(100), "not a picture the desk knows"),
        (b"\xff\xd8", "not a picture the desk knows"),
        (b"RIFF\0", "not a picture the desk knows"),
    ],
)
def test_other_files(data: bytes, words: str) -> None:
    with pytest.raises(NotAnImage, match=words) as caught:
        tell_kind(data, "photo.jpg")
    assert caught.value.message.startswith("photo.jpg is ")
    assert "JPEG, PNG, WebP, GIF, BMP, TIFF, HEIC or AVIF" in caught.value.message

"""Mask images: every gray PNG is read as the ids it holds, anything else is a clear error."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from components.errors import DeskError, MalformedAnswer
from components.model.png import decode_gray, encode_gray, read_header


def write_png(rows: bytes, width: int, height: int, depth: int, colour: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        crc = zlib.crc32(kind + body)
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", crc)

    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def save_png(image: Image.Image, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG", **options)
    return buffer.getvalue()


@given(arrays(np.uint8, st.tuples(st.integers(1, 20), st.integers(1, 20))))
def test_a_mask_survives_its_png(class_ids: np.ndarray) -> None:
    png = encode_gray(class_ids)
    assert read_header(png, what="mask").is_plain_gray
    np.testing.assert_array_equal(decode_gray(png, what="mask"), class_ids)


def test_short_samples_are_ids_not_brightness() -> None:
    four = write_png(b"\x00\x01\x2f", 4, 1, 4, 0)
    np.testing.assert_array_equal(decode_gray(four, what="mask"), [[0, 1, 2, 15]])
    two = write_png(b"\x00\x1b", 4, 1, 2, 0)
    np.testing.assert_array_equal(decode_gray(two, what="mask"), [[0, 1, 2, 3]])
    one = write_png(b"\x00\xa0", 4, 1, 1, 0)
    np.testing.assert_array_equal(decode_gray(one, what="mask"), [[1, 0, 1, 0]])


def test_palette_indices_and_equal_channels_are_ids() -> None:
    ids = np.array([[0, 1, 2], [2, 1, 7]], np.uint8)
    palette = Image.fromarray(ids)
    palette.putpalette([9] * 768)
    np.testing.assert_array_equal(decode_gray(save_png(palette), what="mask"), ids)
    rgb = save_png(Image.fromarray(np.dstack([ids] * 3)))
    np.testing.assert_array_equal(decode_gray(rgb, what="mask"), ids)
    rgba = save_png(Image.fromarray(np.dstack([ids] * 3 + [np.full_like(ids, 255)])))
    np.testing.assert_array_equal(decode_gray(rgba, what="mask"), ids)
    gray_alpha = save_png(Image.merge("LA", [Image.fromarray(ids)] * 2))
    np.testing.assert_array_equal(decode_gray(gray_alpha, what="mask"), ids)


def test_sixteen_bits_are_ids_while_they_fit() -> None:
    fits = write_png(b"\x00\x00\x05\x00\xff", 2, 1, 16, 0)
    np.testing.assert_array_equal(decode_gray(fits, what="mask"), [[5, 255]])
    with pytest.raises(MalformedAnswer, match="above 255"):
        decode_gray(write_png(b"\x00\x01\x05\x00\xff", 2, 1, 16, 0), what="mask")


def test_a_colour_picture_is_no_mask() -> None:
    picture = Image.fromarray(np.array([[[1, 2, 3]]], np.uint8))
    with pytest.raises(MalformedAnswer, match="colour picture"):
        decode_gray(save_png(picture), what="mask")


def test_a_huge_header_is_refused_before_anything_is_decoded() -> None:
    with pytest.raises(MalformedAnswer, match="larger than this desk can show"):
        read_header(write_png(b"\x00", 100_000, 100_000, 8, 0), what="mask")


@pytest.mark.parametrize("keep", [0, 7, 8, 20, 33, 50, -1])
def test_cut_short_is_said(keep: int) -> None:
    png = encode_gray(np.zeros((9, 9), np.uint8))
    with pytest.raises(MalformedAnswer):
        read_header(png[:keep], what="mask")


@given(st.data())
def test_a_flipped_bit_is_an_answer_or_an_error_of_the_desk(data: st.DataObject) -> None:
    png = bytearray(encode_gray(np.arange(64, dtype=np.uint8).reshape(8, 8)))
    png[data.draw(st.integers(0, len(png) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(DeskError):
        decode_gray(bytes(png), what="mask")


@given(st.binary(max_size=60), st.sampled_from([0, 2, 3, 4, 6]), st.sampled_from([1, 2, 4, 8, 16]))
def test_any_pixel_stream_is_a_mask_or_an_error_of_the_desk(
    rows: bytes, colour: int, depth: int
) -> None:
    try:
        ids = decode_gray(write_png(rows, 3, 2, depth, colour), what="mask")
    except MalformedAnswer:
        return
    assert ids.shape == (2, 3)
    assert ids.dtype == np.uint8

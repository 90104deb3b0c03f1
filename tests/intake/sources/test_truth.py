"""Truth masks: which PNG files hold class ids, and the form they are brought into."""

from __future__ import annotations

import io
import zlib
from contextlib import suppress

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from components.errors import ImageTooLarge, IntakeError, NotAnImage
from components.intake import check_truth
from tests.intake.pictures import chunk, png, save, scene

IDS = np.random.default_rng(3).integers(0, 4, (30, 40), dtype=np.uint8)


def decode(data: bytes) -> npt.NDArray[np.uint8]:
    """Decode, seeing to it that the form is the plain one."""
    assert (data[24], data[25], data[28]) == (8, 0, 0)
    with Image.open(io.BytesIO(data)) as opened:
        assert opened.mode == "L"
        return np.asarray(opened)


def palette(ids: npt.NDArray[np.uint8], **options: int) -> bytes:
    image = Image.fromarray(ids)
    image = image.convert("P")
    image.frombytes(ids.tobytes())
    image.putpalette(np.random.default_rng(1).integers(0, 256, 768, dtype=np.uint8).tobytes())
    return save(image, "PNG", **options)


def packed(ids: npt.NDArray[np.uint8], depth: int, colour: int) -> bytes:
    """A PNG of 1, 2 or 4 bits a pixel, most significant first."""
    bits = np.unpackbits(ids[..., None], axis=-1)[..., 8 - depth :].reshape(len(ids), -1)
    rows = b"".join(b"\0" + row.tobytes() for row in np.packbits(bits, axis=-1))
    header = (
        ids.shape[1].to_bytes(4, "big")
        + len(ids).to_bytes(4, "big")
        + bytes([depth, colour, 0, 0, 0])
    )
    plte = chunk(b"PLTE", bytes(range(3 * 2**depth))) if colour == 3 else b""
    body = chunk(b"IDAT", zlib.compress(rows))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + plte + body + chunk(b"IEND", b"")


def test_grey_ids_are_kept_byte_for_byte_without_metadata() -> None:
    note = PngInfo()
    note.add_text("Comment", "where and when")
    data, size_wh = check_truth(save(IDS, "PNG", pnginfo=note), None)
    assert size_wh == (40, 30)
    assert b"where" not in data
    np.testing.assert_array_equal(decode(data), IDS)
    assert check_truth(data, (40, 30)) == (data, size_wh)


@pytest.mark.parametrize(
    "data",
    [
        palette(IDS),
        palette(IDS, transparency=1),
        save(IDS, "PNG", transparency=2),
        packed(IDS, 2, 0),
        packed(IDS, 4, 0),
        packed(IDS, 2, 3),
        packed(IDS, 4, 3),
    ],
)
def test_palette_indices_and_few_bits_are_ids(data: bytes) -> None:
    np.testing.assert_array_equal(decode(check_truth(data, None)[0]), IDS)


@pytest.mark.parametrize("colour", [0, 3])
def test_one_bit_masks(colour: int) -> None:
    data, _ = check_truth(packed(IDS % 2, 1, colour), None)
    np.testing.assert_array_equal(decode(data), IDS % 2)


def test_interlaced_masks_are_written_anew() -> None:
    # One pixel is the first pass alone, and so the same bytes with another header.
    data = png(1, 1, 8, 0, b"\0\7")
    header = bytearray(data[16:29])
    header[12] = 1
    data = data[:8] + chunk(b"IHDR", bytes(header)) + data[33:]
    assert decode(check_truth(data, None)[0]).tolist() == [[7]]


@pytest.mark.parametrize(
    ("data", "error", "words"),
    [
        (b"", NotAnImage, "is empty"),
        (b"hello", NotAnImage, "no picture"),
        (save(scene(), "JPEG"), NotAnImage, "a JPEG picture"),
        (save(scene(), "PNG"), NotAnImage, "has colours"),
        (save(np.dstack([scene(), IDS]), "PNG"), NotAnImage, "transparency"),
        (save(np.dstack([IDS, IDS]), "PNG"), NotAnImage, "transparency"),
        (save(IDS.astype(np.uint16) * 300, "PNG"), NotAnImage, "16 bits"),
        (save(IDS, "PNG")[:-60], NotAnImage, "damaged"),
        (save(IDS, "PNG")[:20], NotAnImage, "damaged"),
        (packed(IDS, 4, 0).replace(b"IDAT", b"IDOT"), NotAnImage, "damaged"),
        (
            b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", b"\0\0\xff\xff\0\0\xff\xff\x08\0\0\0\0"),
            ImageTooLarge,
            "65,535",
        ),
    ],
)
def test_what_holds_no_class_ids_is_refused(
    data: bytes, error: type[IntakeError], words: str
) -> None:
    with pytest.raises(error, match=words):
        check_truth(data, None)


@pytest.mark.parametrize("size_wh", [(40, 30), (400, 300), (4, 3), (4000, 2990), (4031, 3023)])
def test_the_same_shape_in_another_size_is_taken(size_wh: tuple[int, int]) -> None:
    assert check_truth(save(IDS, "PNG"), size_wh)[1] == (40, 30)


@pytest.mark.parametrize(
    ("size_wh", "words"),
    [((30, 40), "on its side"), ((3024, 4032), "on its side"), ((100, 100), "shapes differ")],
)
def test_another_shape_than_the_picture_is_refused(size_wh: tuple[int, int], words: str) -> None:
    with pytest.raises(NotAnImage, match=words):
        check_truth(save(IDS, "PNG"), size_wh)


@given(data=st.binary(max_size=200), at=st.integers(0, 200), size=st.integers(1, 50))
def test_damage_raises_nothing_else(data: bytes, at: int, size: int) -> None:
    whole = save(IDS, "PNG")
    for each in (data, whole[:8] + data, whole[:at] + data + whole[at + size :]):
        with suppress(IntakeError):
            checked, size_wh = check_truth(each, None)
            assert decode(checked).shape[::-1] == size_wh

"""Damaged, hostile and mislabelled files end in one clear sentence."""

from __future__ import annotations

import struct
import subprocess
import sys
import warnings
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from components.errors import ImageTooLarge, IntakeError, NotAnImage
from components.intake import Limits, take_bytes
from components.model.image import SourceImage
from tests.intake.pictures import chunk, exif, pixels, png, save, scene, swapped_profile

KINDS = ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "HEIF", "AVIF"]
FILES = {kind: save(scene(), kind) for kind in KINDS}
VARIANTS = [
    *FILES.values(),
    save(scene(), "JPEG", progressive=True, exif=exif(6)),
    save(Image.fromarray(scene()).convert("CMYK"), "JPEG"),
    save(scene(), "TIFF", compression="tiff_lzw"),
    save(scene(), "TIFF", compression="tiff_adobe_deflate"),
    save(scene()[..., 0].astype(np.float32), "TIFF"),
    save(scene()[..., 0].astype(np.uint16) * 256, "PNG"),
    save(np.dstack([scene(), scene()[..., 0]]), "PNG", exif=exif(3)),
    save(scene(), "PNG", icc_profile=swapped_profile()),
    save(Image.fromarray(scene()).quantize(9), "PNG", transparency=3),
    save(Image.fromarray(scene()), "PNG", save_all=True, append_images=[Image.new("RGB", (9, 9))]),
    save(Image.fromarray(scene()), "GIF", save_all=True, append_images=[Image.new("RGB", (9, 9))]),
    save(np.dstack([scene(), scene()[..., 0]]), "WEBP"),
]
# Pillow warns of odd metadata; only what comes of the picture counts here.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


def attempt(data: bytes, name: str = "photo.jpg") -> SourceImage | IntakeError:
    result: SourceImage | IntakeError
    try:
        result = take_bytes(data, name=name, limits=Limits(max_pixels=1_000_000))
    except (NotAnImage, ImageTooLarge) as error:
        result = error
    if isinstance(result, IntakeError):
        assert name in result.message
        assert result.message.endswith(".")
        return result
    shape = pixels(result).shape
    assert result.size_wh == (shape[1], shape[0])
    assert len(result.data) <= Limits().max_sent_bytes
    return result


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_cut_off_is_noticed(kind: str) -> None:
    data = FILES[kind]
    whole = take_bytes(data, name="photo.jpg")
    for cut in range(0, len(data), max(1, len(data) // 150)):
        result = attempt(data[:cut])
        if isinstance(result, SourceImage):
            # Only bytes that hold no pixel were missing.
            np.testing.assert_array_equal(pixels(result), pixels(whole))
            assert cut > len(data) - 64


@pytest.mark.parametrize("kind", KINDS)
def test_half_a_file(kind: str) -> None:
    data = save(scene(300, 200), kind)
    with pytest.raises(NotAnImage, match=f"^photo begins like a {kind} picture but is damaged"):
        take_bytes(data[: len(data) // 2], name="photo")


def test_an_empty_file() -> None:
    with pytest.raises(NotAnImage, match=r"^photo\.jpg is empty"):
        take_bytes(b"", name="photo.jpg")


def test_text_called_a_picture() -> None:
    with pytest.raises(NotAnImage, match=r"^photo\.jpg is text"):
        take_bytes(b"Dear reader,\nthis is no picture.\n", name="photo.jpg")


def test_a_file_too_large() -> None:
    with pytest.raises(ImageTooLarge, match=r"^photo\.jpg has 0\.1 MB; .* up to 0\.1 MB"):
        take_bytes(bytes(100_001), name="photo.jpg", limits=Limits(max_file_bytes=100_000))


@pytest.mark.parametrize("sides", [(100_000, 100_000), (2**31 - 1, 2**31 - 1), (8_000, 7_501)])
def test_a_bomb_is_told_by_its_header(sides: tuple[int, int]) -> None:
    data = png(*sides, 8, 2, b"")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(ImageTooLarge, match=f"{sides[0]:,} × {sides[1]:,} pixels.* 60 million"):
            take_bytes(data, name="bomb.png")


def test_a_valid_picture_of_seventy_million_pixels() -> None:
    row = bytes(1 + 10_000 // 8)
    packer = zlib.compressobj(9)
    body = b"".join([*(packer.compress(row) for _ in range(7_000)), packer.flush()])
    header = struct.pack(">IIBBBBB", 10_000, 7_000, 1, 0, 0, 0, 0)
    data = (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    )
    assert len(data) < 20_000
    with pytest.raises(ImageTooLarge, match="10,000 × 7,000 pixels"):
        take_bytes(data, name="bomb.png")
    assert take_bytes(data, name="b", limits=Limits(max_pixels=70_000_000)).size_wh == (
        10_000,
        7_000,
    )


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "WEBP", "JPEG"])
def test_other_formats_are_judged_by_their_header_too(kind: str) -> None:
    with pytest.raises(ImageTooLarge, match="40 × 30 pixels"):
        take_bytes(FILES[kind], name="a", limits=Limits(max_pixels=1199))
    assert take_bytes(FILES[kind], name="a", limits=Limits(max_pixels=1200)).size_wh == (40, 30)


def test_a_webp_header_that_claims_too_much() -> None:
    data = bytearray(save(scene(), "WEBP", exif=exif(1)))
    assert data[12:16] == b"VP8X"
    data[24:30] = b"\xfe\xff\x00" * 2
    assert isinstance(attempt(bytes(data)), IntakeError)


@given(st.binary(max_size=400), st.sampled_from([b"", *(data[:24] for data in FILES.values())]))
@settings(deadline=None)
def test_any_bytes(data: bytes, start: bytes) -> None:
    attempt(start + data)


@given(
    st.sampled_from(VARIANTS),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=8),
    st.tuples(st.floats(0, 1), st.binary(max_size=6)),
)
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_mutated_files(
    data: bytes, changes: list[tuple[float, int]], inserted: tuple[float, bytes]
) -> None:
    mutated = bytearray(data)
    for place, value in changes:
        # More often near the front, where headers are.
        mutated[int(place**3 * len(mutated))] = value
    at = int(inserted[0] ** 3 * len(mutated))
    attempt(bytes(mutated[:at]) + inserted[1] + bytes(mutated[at:]))


def gif_with_a_large_frame() -> bytes:
    """One pixel by its header, a frame of 120 million."""
    data = bytearray(save(scene()[..., 0], "GIF"))
    data[6:10] = struct.pack("<HH", 1, 1)
    at = data.index(b",\0\0\0\0\x28\0\x1e\0")
    data[at + 5 : at + 9] = struct.pack("<HH", 10_000, 12_000)
    return bytes(data)


def tiff_with_a_large_tile() -> bytes:
    """One pixel by its header, in a tile of 120 million."""
    tags = [
        *((256, 3, 1, 1), (257, 3, 1, 1), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1)),
        *((277, 3, 1, 1), (322, 3, 1, 10_000), (323, 3, 1, 12_000), (324, 4, 1, 8), (325, 4, 1, 1)),
    ]
    fields = b"".join(struct.pack("<HHII", *tag) for tag in tags)
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + fields + bytes(4)


@pytest.mark.parametrize(
    "data",
    [png(10_000, 12_000, 8, 2, b""), gif_with_a_large_frame(), tiff_with_a_large_tile()],
    ids=["PNG", "GIF", "TIFF"],
)
def test_no_warning_of_pillow_reaches_the_log(data: bytes) -> None:
    """A fresh interpreter, as pytest turns warnings into errors."""
    code = (
        "import sys; from components.intake import take_bytes\n"
        "from components.errors import ImageTooLarge\n"
        "try: take_bytes(sys.stdin.buffer.read(), name='a')\n"
        "except ImageTooLarge as error: print(error)"
    )
    run = subprocess.run(
        [sys.executable, "-W", "always", "-c", code],
        input=data,
        capture_output=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert run.stderr == b""
    assert run.stdout.startswith(b"a has ")

"""No picture is larger than the server takes."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from components.errors import ImageTooLarge
from components.intake import Limits, take_bytes
from components.intake.encoding import encode_within
from tests.intake.pictures import noise, pixels, save, scene

PHOTO = scene(1200, 900)


@cache
def save_photo(kind: str) -> bytes:
    return save(PHOTO, kind, **({"quality": 95} if kind in ("JPEG", "WEBP") else {}))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize("limit", [4_000, 20_000, 50_000, 200_000, 1_000_000])
def test_the_limit_holds(kind: str, limit: int) -> None:
    image = take_bytes(save_photo(kind), name="a", limits=Limits(max_sent_bytes=limit))
    assert len(image.data) <= limit
    assert image.original_size_wh == (1200, 900)
    height, width = pixels(image).shape[:2]
    assert image.size_wh == (width, height)
    assert abs(width * 900 - height * 1200) <= 1200
    if image.size_wh == image.original_size_wh:
        assert not any(note.startswith("Made smaller") for note in image.notes)
    else:
        assert image.notes == (
            f"Made smaller from 1,200 × 900 to {width:,} × {height:,} pixels "
            "so that the server accepts it.",
        )
        assert image.scale == width / 1200


@pytest.mark.parametrize("limit", [30_000, 100_000, 300_000])
def test_no_smaller_than_needed(limit: int) -> None:
    image = Image.fromarray(noise(600, 450))
    encoded = encode_within(image, name="a", lossless=False, source_bytes=0, max_bytes=limit)
    assert encoded.size_wh < image.size
    assert len(encoded.data) > limit * 0.5


def test_quality_goes_before_size() -> None:
    source = save(PHOTO, "JPEG", quality=100, subsampling=0)
    best = len(save(pixels(source), "JPEG", quality=92, subsampling=0))
    good = len(save(pixels(source), "JPEG", quality=85, subsampling=0))
    for limit, expected in ((best, best), (best - 1, good), (good, good)):
        image = take_bytes(source, name="a", limits=Limits(max_sent_bytes=limit))
        assert len(image.data) == expected
        assert image.size_wh == (1200, 900)
        assert image.notes == ("Compressed more strongly so that the server accepts it.",)
    smaller = take_bytes(source, name="a", limits=Limits(max_sent_bytes=good - 1))
    assert smaller.size_wh < (1200, 900)


def test_a_lossless_picture_stays_lossless_while_it_fits() -> None:
    source = save(PHOTO, "BMP")
    lossless = take_bytes(source, name="a")
    assert lossless.media_type == "image/png"
    assert lossless.notes == ()
    np.testing.assert_array_equal(pixels(lossless), PHOTO)
    lossy = take_bytes(source, name="a", limits=Limits(max_sent_bytes=len(lossless.data) - 1))
    assert lossy.media_type == "image/jpeg"
    assert lossy.notes == ("Compressed as JPEG so that the server accepts it.",)


def test_a_picture_that_is_too_wide_for_jpeg() -> None:
    wide = Image.fromarray(noise(70_000, 4))
    encoded = encode_within(wide, name="a", lossless=False, source_bytes=0, max_bytes=10_000_000)
    assert encoded.size_wh == (65_500, 4)


def test_a_limit_nothing_fits_in() -> None:
    with pytest.raises(ImageTooLarge, match=r"^a\.png cannot be made small enough.*100 bytes"):
        take_bytes(save(PHOTO, "PNG"), name="a.png", limits=Limits(max_sent_bytes=100))


@given(
    st.integers(1, 300),
    st.integers(1, 300),
    st.integers(1000, 60_000),
    st.booleans(),
    st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_any_size_fits(width: int, height: int, limit: int, lossless: bool, grey: bool) -> None:
    image = Image.fromarray(noise(width, height)).convert("L" if grey else "RGB")
    encoded = encode_within(image, name="a", lossless=lossless, source_bytes=0, max_bytes=limit)
    assert len(encoded.data) <= limit
    shape = pixels(encoded.data).shape
    assert encoded.size_wh == (shape[1], shape[0])

"""Pictures come out upright and in sRGB, whatever their metadata says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.intake.pictures import Pixels, exif, pixels, save, scene, swapped_profile
from tests.intake.taking import grey, take

SCENE = scene()


def stored(upright: Pixels, orientation: int) -> Pixels:
    """Pixels as a camera stores them, after the drawings of CIPA DC-008."""
    turns = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.swapaxes(0, 1),
        6: np.rot90(upright, 1),
        7: upright[::-1, ::-1].swapaxes(0, 1),
        8: np.rot90(upright, -1),
    }
    return np.ascontiguousarray(turns[orientation])


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("PNG", {}),
        ("TIFF", {}),
        ("TIFF", {"compression": "tiff_lzw"}),
        ("WEBP", {"lossless": True}),
        ("JPEG", {"quality": 95, "subsampling": 0}),
        ("AVIF", {"quality": 95, "subsampling": "4:4:4"}),
        ("HEIF", {"quality": 95, "chroma": 444}),
    ],
)
def test_every_orientation(kind: str, options: dict[str, Any], orientation: int) -> None:
    tags = exif(orientation)
    if kind == "TIFF":
        del tags[0x8825]
    data = save(stored(SCENE, orientation), kind, exif=tags.tobytes(), **options)
    image = take(data)
    difference = np.abs(pixels(image).astype(int) - SCENE)
    assert difference.mean() < (0.001 if kind in ("PNG", "TIFF", "WEBP") else 8)
    assert image.original_size_wh == image.size_wh == (40, 30)
    # AVIF and HEIF may turn by themselves; what counts for them is how it comes out.
    if kind not in ("AVIF", "HEIF"):
        assert image.notes == (() if orientation == 1 else ("Turned upright.",))
    assert b"SECRET CAMERA" not in image.data


def test_exif_after_the_pixels() -> None:
    data = save(stored(SCENE, 6), "PNG", exif=exif(6))
    at, body = data.index(b"eXIf") - 4, data.index(b"eXIf") + 4
    end = body + int.from_bytes(data[at : at + 4], "big") + 4
    moved = data[:at] + data[end:-12] + data[at:end] + data[-12:]
    np.testing.assert_array_equal(pixels(take(moved)), SCENE)


@pytest.mark.parametrize("orientation", [0, 9, 65_535])
def test_an_orientation_that_makes_no_sense(orientation: int) -> None:
    image = take(save(SCENE, "PNG", exif=exif(orientation)))
    np.testing.assert_array_equal(pixels(image), SCENE)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
@pytest.mark.parametrize(
    "junk", [b"Exif\0\0", b"Exif\0\0MM\0*\xff\xff\xff\xff", b"Exif\0\0II*\0\x08"]
)
def test_broken_exif_harms_nothing(junk: bytes) -> None:
    image = take(save(SCENE, "JPEG", exif=junk))
    assert image.notes == ()
    assert junk not in image.data


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_colour_profile_is_applied(mode: str) -> None:
    source = Image.fromarray(SCENE).convert(mode)
    image = take(save(source, "PNG", icc_profile=swapped_profile()))
    swapped = SCENE[..., (1, 0, 2)].astype(int)
    assert np.abs(pixels(image) - swapped).max() <= 2
    assert image.notes == ("Colours were converted from the picture's own profile to sRGB.",)
    assert b"iCCP" not in image.data


def test_a_profile_that_is_broken_or_does_not_fit() -> None:
    broken = take(save(SCENE, "PNG", icc_profile=b"no profile"))
    np.testing.assert_array_equal(pixels(broken), SCENE)
    unfit = take(save(grey(), "PNG", icc_profile=swapped_profile()))
    np.testing.assert_array_equal(pixels(unfit), grey())
    assert unfit.notes == ("Its colour profile does not fit the picture and was ignored.",)

"""Every format and mode becomes the same plain picture."""

from __future__ import annotations

import io
import struct
from typing import Any

import numpy as np
import pytest
from PIL import Image

from components.intake.pixels import make_plain
from tests.intake.pictures import Pixels, noise, pixels, png, save
from tests.intake.taking import SCENE, grey, take

WHITE = "Transparent parts were laid on white."


@pytest.mark.parametrize(
    ("kind", "options", "media_type"),
    [
        ("PNG", {}, "image/png"),
        ("BMP", {}, "image/png"),
        ("TIFF", {}, "image/png"),
        ("TIFF", {"compression": "tiff_lzw"}, "image/png"),
        ("TIFF", {"compression": "tiff_adobe_deflate"}, "image/png"),
        ("WEBP", {"lossless": True}, "image/webp"),
    ],
)
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_lossless_formats_keep_every_pixel(
    kind: str, options: dict[str, Any], media_type: str, mode: str
) -> None:
    source = Image.fromarray(SCENE).convert(mode)
    image = take(save(source, kind, **options))
    # WebP has no grey.
    expected = np.asarray(source.convert("RGB") if kind == "WEBP" else source)
    np.testing.assert_array_equal(pixels(image), expected)
    assert (image.media_type, image.original_format) == (media_type, kind)
    assert image.notes == ()
    assert image.scale == 1.0


@pytest.mark.parametrize(
    ("kind", "options", "media_type"),
    [
        ("JPEG", {"quality": 95}, "image/jpeg"),
        ("JPEG", {"quality": 95, "progressive": True}, "image/jpeg"),
        ("WEBP", {"quality": 95}, "image/webp"),
        ("AVIF", {"quality": 95}, "image/jpeg"),
        ("HEIF", {"quality": 95}, "image/jpeg"),
        ("TIFF", {"compression": "jpeg", "quality": 95}, "image/png"),
    ],
)
def test_lossy_formats_look_the_same(kind: str, options: dict[str, Any], media_type: str) -> None:
    image = take(save(SCENE, kind, **options))
    difference = np.abs(pixels(image).astype(int) - SCENE)
    # Colour is stored at half the resolution, so the odd corner's edges bleed a little.
    assert np.median(difference) <= 3
    assert difference.mean() < 8
    assert (image.media_type, image.original_format) == (media_type, kind)
    assert image.notes == ()


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "BMP", "GIF"])
def test_palette(kind: str) -> None:
    source = Image.fromarray(SCENE).quantize(50)
    np.testing.assert_array_equal(pixels(take(save(source, kind))), source.convert("RGB"))


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "BMP"])
def test_one_bit(kind: str) -> None:
    source = Image.fromarray(SCENE).convert("1")
    np.testing.assert_array_equal(pixels(take(save(source, kind))), source.convert("L"))


@pytest.mark.parametrize("depth", [1, 2, 4])
def test_grey_of_few_bits(depth: int) -> None:
    packed = b"\0\x1b" * 2
    width = 8 // depth
    image = take(png(width, 2, depth, 0, packed))
    bits = f"{0x1B:08b}"
    values = [int(bits[at : at + depth], 2) for at in range(0, 8, depth)]
    np.testing.assert_array_equal(pixels(image)[0], np.array(values) * 255 // (2**depth - 1))


def alpha_ramp() -> Pixels:
    return np.linspace(0, 255, SCENE[..., 0].size).reshape(SCENE.shape[:2]).astype(np.uint8)


def on_white(values: Pixels, alpha: Pixels) -> Any:
    weight = alpha[..., None] / 255 if values.ndim == 3 else alpha / 255
    return values * weight + 255 * (1 - weight)


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP"])
def test_transparency_is_laid_on_white(kind: str) -> None:
    alpha = alpha_ramp()
    options = {"lossless": True, "exact": True} if kind == "WEBP" else {}
    image = take(save(np.dstack([SCENE, alpha]), kind, **options))
    assert np.abs(pixels(image) - on_white(SCENE, alpha)).max() <= 1
    assert image.notes == (WHITE,)


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_grey_with_transparency(kind: str) -> None:
    alpha = alpha_ramp()
    source = Image.merge("LA", (Image.fromarray(grey()), Image.fromarray(alpha)))
    image = take(save(source, kind))
    assert np.abs(pixels(image)[..., 0] - on_white(grey(), alpha)).max() <= 1
    assert image.notes == (WHITE,)


@pytest.mark.parametrize("mode", ["P", "L", "RGB"])
def test_one_transparent_colour(mode: str) -> None:
    source = Image.new(mode, (4, 2), 0 if mode != "RGB" else (0, 0, 0))
    if mode == "P":
        source.putpalette([0, 0, 0, 10, 20, 30])
    shades: dict[str, int | tuple[int, ...]] = {"P": 1, "L": 77, "RGB": (10, 20, 30)}
    source.putpixel((1, 1), shades[mode])
    transparent = (0, 0, 0) if mode == "RGB" else 0
    image = take(save(source, "PNG", transparency=transparent))
    assert image.notes == (WHITE,)
    assert pixels(image)[1, 1].tolist() == ([77] * 3 if mode == "L" else [10, 20, 30])
    assert pixels(image)[0, 0].tolist() == [255, 255, 255]


def test_a_palette_with_shades_of_transparency() -> None:
    source = Image.new("P", (2, 1))
    source.putpalette([0, 0, 0, 100, 100, 100])
    source.putpixel((1, 0), 1)
    image = take(save(source, "PNG", transparency=bytes([255, 51])))
    assert pixels(image)[0].tolist() == [[0, 0, 0], [224, 224, 224]]


def test_transparency_that_hides_nothing_or_everything() -> None:
    opaque = take(save(np.dstack([SCENE, np.full(SCENE.shape[:2], 255, np.uint8)]), "PNG"))
    np.testing.assert_array_equal(pixels(opaque), SCENE)
    assert opaque.notes == ()
    hidden = take(save(np.dstack([SCENE, np.zeros(SCENE.shape[:2], np.uint8)]), "PNG"))
    np.testing.assert_array_equal(pixels(hidden), SCENE)
    assert hidden.notes == ("Transparency was ignored, as it hides the whole picture.",)


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
@pytest.mark.parametrize(("top", "shift"), [(65_535, 8), (4_095, 4), (16_000, 6), (200, 0)])
def test_sixteen_bit_grey(kind: str, top: int, shift: int) -> None:
    values = np.linspace(0, top, 1200).reshape(30, 40).astype(np.uint16)
    image = take(save(values, kind))
    np.testing.assert_array_equal(pixels(image), values >> shift)
    assert image.notes == (f"Read as {shift + 8}-bit grey and reduced to 8 bits.",)


def test_sixteen_bit_colour() -> None:
    rows = b"".join(b"\0" + row.tobytes() for row in np.repeat(SCENE, 2, axis=2))
    image = take(png(40, 30, 16, 2, rows))
    np.testing.assert_array_equal(pixels(image), SCENE)
    assert image.data[24] == 8
    assert image.notes == ("Reduced from 16 to 8 bits a colour.",)


def test_sixteen_bit_colour_tiff() -> None:
    strip = np.repeat(SCENE, 2, axis=2).tobytes()
    tags = [
        *((256, 3, 1, 40), (257, 3, 1, 30), (258, 3, 3, 122), (259, 3, 1, 1), (262, 3, 1, 2)),
        *((273, 4, 1, 128), (277, 3, 1, 3), (278, 3, 1, 30), (279, 4, 1, len(strip))),
    ]
    fields = b"".join(struct.pack("<HHII", *tag) for tag in tags)
    head = b"II*\0" + struct.pack("<IH", 8, len(tags)) + fields + bytes(4)
    data = head + struct.pack("<HHH", 16, 16, 16) + strip
    assert len(head) == 122
    image = take(data)
    np.testing.assert_array_equal(pixels(image), SCENE)
    assert image.notes == ("Reduced from 16 to 8 bits a colour.",)


@pytest.mark.parametrize(
    ("low", "high", "black", "white"),
    [(0, 1, 0, 1), (3, 250, 0, 255), (-5, 5, -5, 5), (0, 900, 0, 900)],
)
def test_decimal_tiff(low: float, high: float, black: float, white: float) -> None:
    values = np.linspace(low, high, 1200, dtype=np.float32).reshape(30, 40)
    image = take(save(values, "TIFF"))
    expected = (values - black) * 255 / (white - black)
    assert np.abs(pixels(image) - expected).max() <= 0.51
    assert image.notes == (f"Brightness from {black:,} to {white:,} was mapped to 8 bits.",)


def test_decimals_that_are_no_numbers() -> None:
    values = np.array([[np.nan, np.inf], [-np.inf, 1]], dtype=np.float32)
    assert pixels(take(save(values, "TIFF"))).tolist() == [[0, 0], [0, 255]]


@pytest.mark.parametrize(("low", "high"), [(0, 1_000_000), (-300, 300), (7, 7)])
def test_thirty_two_bit_tiff(low: int, high: int) -> None:
    values = np.linspace(low, high, 1200).astype(np.int32).reshape(30, 40)
    shown = pixels(take(save(values, "TIFF"))).astype(int)
    assert (np.diff(shown.ravel()) >= 0).all()
    assert bool(shown.max() > 200) is (low != high)


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_print_colours(kind: str) -> None:
    source = Image.fromarray(SCENE).convert("CMYK")
    image = take(save(source, kind, **({"quality": 95} if kind == "JPEG" else {})))
    difference = np.abs(pixels(image).astype(int) - np.asarray(source.convert("RGB")))
    assert difference.mean() < 6
    assert image.notes == ("Converted from print colours (CMYK) to screen colours.",)


@pytest.mark.parametrize("mode", ["LAB", "YCbCr"])
def test_other_colour_models(mode: str) -> None:
    source = Image.fromarray(SCENE).convert("YCbCr")
    if mode == "LAB":
        source = Image.merge("LAB", [Image.new("L", (4, 3), v) for v in (255, 128, 128)])
    image = take(save(source, "TIFF"))
    assert image.media_type == "image/png"
    if mode == "LAB":
        assert pixels(image).min() > 250


@pytest.mark.parametrize("mode", ["HSV", "RGBX", "PA", "La", "RGBa"])
def test_modes_no_file_of_ours_has(mode: str) -> None:
    middle = {"PA": "P", "La": "LA", "RGBa": "RGBA"}.get(mode, "RGB")
    source = Image.fromarray(SCENE).convert(middle).convert(mode)
    plain, _ = make_plain(source, deep=False)
    assert plain.mode in ("L", "RGB")
    assert plain.size == (40, 30)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "TIFF"])
def test_only_the_first_of_several_pictures(kind: str) -> None:
    second = Image.fromarray(noise(40, 30))
    first = Image.fromarray(SCENE).quantize(40).convert("RGB")
    options = {"lossless": True} if kind == "WEBP" else {}
    image = take(save(first, kind, save_all=True, append_images=[second], **options))
    np.testing.assert_array_equal(pixels(image), first)
    what = "page" if kind == "TIFF" else "picture"
    assert image.notes == (f"Only the first {what} of the file is used.",)
    with Image.open(io.BytesIO(image.data)) as opened:
        assert getattr(opened, "n_frames", 1) == 1


def test_a_grey_gif_of_several_pictures() -> None:
    # All 256 greys, so that the file's palette is the plain ramp and Pillow decodes it as grey.
    ramp = (np.arange(1200) % 256).astype(np.uint8).reshape(30, 40)
    image = take(save(ramp, "GIF", save_all=True, append_images=[Image.fromarray(ramp[::-1])]))
    np.testing.assert_array_equal(pixels(image), ramp)
    assert image.notes == ("Only the first picture of the file is used.",)

"""Decoded pixels made plain: upright, 8-bit grey or sRGB, nothing transparent."""

from __future__ import annotations

import io
import threading
import warnings
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image
from PIL.ImageFile import ImageFile

Opener = Callable[[io.BytesIO], ImageFile]

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_gif_lock = threading.Lock()
TURNED = "Turned upright."
_DEEP_MODES = ("I", "F", "I;16", "I;16L", "I;16B", "I;16N")


def open_picture(kind: str, data: bytes) -> ImageFile:
    """Read a picture's header with the one reader for its format; no pixel is decoded.

    The readers are called one by one rather than through `Image.open`, which warns about large
    pictures before their size can be judged.

    Args:
        kind: as `kind.tell_kind` gives it.
        data: the file.

    Returns:
        Pillow's image, not loaded yet.

    Raises:
        Exception: whatever Pillow raises for a broken header.
    """
    opener = _opener(kind)
    if kind != "GIF":
        return opener(io.BytesIO(data))
    # A GIF's first frame may be larger than its header says; Pillow warns of it while opening.
    # The lock keeps two of these from mixing up the process's warning filters.
    with _gif_lock, warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        return opener(io.BytesIO(data))


def _opener(kind: str) -> Opener:
    # Imported where they are needed: start-up stays quick, and HEIF's library is large.
    opener: Opener
    if kind == "JPEG":
        from PIL.JpegImagePlugin import JpegImageFile as opener
    elif kind == "PNG":
        from PIL.PngImagePlugin import PngImageFile as opener
    elif kind == "WEBP":
        from PIL.WebPImagePlugin import WebPImageFile as opener
    elif kind == "GIF":
        from PIL.GifImagePlugin import GifImageFile as opener
    elif kind == "BMP":
        from PIL.BmpImagePlugin import BmpImageFile as opener
    elif kind == "TIFF":
        from PIL.TiffImagePlugin import TiffImageFile as opener
    elif kind == "AVIF":
        from PIL.AvifImagePlugin import AvifImageFile as opener
    else:
        from pillow_heif import HeifImageFile as opener
    return opener


def read_orientation(image: Image.Image) -> int:
    """Read the EXIF orientation (CIPA DC-008, tag 0x0112).

    Only EXIF counts, as browsers and model servers go by nothing else. Pillow's TIFF reader has
    turned the picture by the time it is loaded; then this is 1.

    Args:
        image: an opened picture.

    Returns:
        1 (upright) to 8; 1 also for metadata that makes no sense.
    """
    exif = Image.Exif()
    try:
        exif.load(image.info.get("exif", b""))
        found = exif.get(ExifTags.Base.Orientation, 1)
    except Exception:  # noqa: BLE001 - broken metadata raises anything, and harms no pixel
        return 1
    return found if found in _TURNS else 1


def has_foreign_colours(image: Image.Image) -> bool:
    """Tell whether a picture carries a colour profile other than sRGB's."""
    profile: bytes | None = image.info.get("icc_profile")
    return profile is not None and not _is_srgb(profile)


def make_plain(image: Image.Image, *, deep: bool) -> tuple[Image.Image, tuple[str, ...]]:
    """Turn decoded pixels upright and into 8-bit grey or sRGB on white.

    Args:
        image: a loaded picture of any mode; it may be changed.
        deep: whether the file held more than 8 bits a colour.

    Returns:
        A picture of mode "L" or "RGB", upright, opaque, its `info` empty; and plain sentences
        about what was done.

    Raises:
        Exception: whatever Pillow raises for pixels it cannot convert.
    """
    notes: list[str] = []
    orientation = read_orientation(image)
    if orientation != 1:
        image = _with_info(image.transpose(_TURNS[orientation]), image)
        notes.append(TURNED)
    if image.mode in _DEEP_MODES:
        image, note = _to_eight_bits(image)
        notes.append(note)
    elif deep:
        notes.append("Reduced from 16 to 8 bits a colour.")
    image = _to_colour_mode(image)
    if has_foreign_colours(image):
        image, note = _to_srgb(image)
        notes.append(note)
    if image.mode == "CMYK":
        image = image.convert("RGB")
        notes.append("Converted from print colours (CMYK) to screen colours.")
    if image.mode == "RGBA":
        image, transparent_note = _onto_white(image)
        notes += transparent_note
    # Pillow's writers would copy a profile or a comment from here.
    image.info.clear()
    return image, tuple(notes)


def _with_info(image: Image.Image, source: Image.Image) -> Image.Image:
    image.info = dict(source.info)
    return image


def _to_eight_bits(image: Image.Image) -> tuple[Image.Image, str]:
    """Bring grey of 16 or 32 bits or of decimals to 8 bits.

    Whole numbers are read as having as many bits as the brightest pixel needs, so that 12-bit
    camera data in a 16-bit file is neither black nor stretched; for full 16-bit data this is the
    usual high byte. Other ranges are stretched from darkest to brightest.
    """
    values = np.asarray(image)
    if image.mode == "F":
        values = np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)
        low, high = float(values.min()), float(values.max())
        if low >= 0 and high <= 255:
            low, high = 0.0, 1.0 if high <= 1 else 255.0
    else:
        low, high = float(values.min()), float(values.max())
        if low >= 0:
            bits = max(8, int(high).bit_length())
            eight = (values >> (bits - 8)).astype(np.uint8)
            return Image.fromarray(eight), f"Read as {bits}-bit grey and reduced to 8 bits."
    note = f"Brightness from {low:,.6g} to {high:,.6g} was mapped to 8 bits."
    return Image.fromarray(_stretch(values, low, high)), note


def _stretch(values: NDArray[np.generic], low: float, high: float) -> NDArray[np.uint8]:
    scaled = values.astype(np.float32)
    scaled -= np.float32(low)
    scaled *= np.float32(255 / ((high - low) or 1.0))
    np.rint(scaled, out=scaled)
    np.clip(scaled, 0, 255, out=scaled)
    return scaled.astype(np.uint8)


def _to_colour_mode(image: Image.Image) -> Image.Image:
    """Bring any 8-bit mode to L, RGB, RGBA or CMYK, transparency kept."""
    if image.mode == "1" and "transparency" not in image.info:
        target = "L"
    elif image.has_transparency_data:
        target = "RGBA"
    elif image.mode in ("L", "RGB", "CMYK"):
        return image
    else:
        target = "RGB"
    if image.mode == target:
        return image
    if image.mode == "La":
        image = _with_info(image.convert("LA"), image)
    return _with_info(image.convert(target), image)


def _onto_white(image: Image.Image) -> tuple[Image.Image, list[str]]:
    alpha = image.getchannel("A")
    faintest, strongest = alpha.getextrema()
    if strongest == 0:
        return image.convert("RGB"), ["Transparency was ignored, as it hides the whole picture."]
    if faintest == 255:
        return image.convert("RGB"), []
    white = Image.new("RGB", image.size, (255, 255, 255))
    white.paste(image, mask=alpha)
    return white, ["Transparent parts were laid on white."]


def _is_srgb(profile: bytes) -> bool:
    from PIL import ImageCms

    try:
        parsed = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return "srgb" in ImageCms.getProfileDescription(parsed).lower()
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        # A profile nobody can read changes nothing that anybody sees.
        return True


def _to_srgb(image: Image.Image) -> tuple[Image.Image, str]:
    from PIL import ImageCms

    profile = image.info["icc_profile"]
    target = image.mode if image.mode in ("RGB", "RGBA") else "RGB"
    try:
        converted = ImageCms.profileToProfile(
            image,
            ImageCms.ImageCmsProfile(io.BytesIO(profile)),
            ImageCms.createProfile("sRGB"),
            outputMode=target,
        )
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return image, "Its colour profile does not fit the picture and was ignored."
    if converted is None:
        return image, "Its colour profile does not fit the picture and was ignored."
    if image.mode == "L":
        converted = converted.convert("L")
    return converted, "Colours were converted from the picture's own profile to sRGB."

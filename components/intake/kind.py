"""What a file is, told by its first bytes; its name and declared type are not trusted."""

from __future__ import annotations

from components.errors import NotAnImage

READABLE = "JPEG, PNG, WebP, GIF, BMP, TIFF, HEIC or AVIF"

_SIGNATURES = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"II+\0", "TIFF"),
    (b"MM\0+", "TIFF"),
)
_BMP_HEADER_SIZES = frozenset({12, 40, 52, 56, 64, 108, 124})
# ISO/IEC 23008-12 and the AV1 image format name these brands.
_HEIF_BRANDS = frozenset(
    {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}
)
_AVIF_BRANDS = frozenset({b"avif", b"avis"})
_FOREIGN = (
    (b"%PDF", "a PDF document. Save the page as a picture"),
    (b"PK\3\4", "a ZIP archive or an office document. Unpack it and choose the pictures inside"),
    (b"\x1f\x8b", "a compressed archive. Unpack it and choose the pictures inside"),
    (b"7z\xbc\xaf", "a compressed archive. Unpack it and choose the pictures inside"),
    (b"Rar!", "a compressed archive. Unpack it and choose the pictures inside"),
    (b"8BPS", "a Photoshop document. Export it as a picture"),
    (b"\x1aE\xdf\xa3", "a video. Save one frame of it as a picture"),
    (b"\0\0\1\xba", "a video. Save one frame of it as a picture"),
    (b"\0\0\0\x0cjP  ", "a JPEG 2000 picture. Save it as another format"),
    (b"\xffO\xffQ", "a JPEG 2000 picture. Save it as another format"),
    (b"\0\0\0\x0cJXL ", "a JPEG XL picture. Save it as another format"),
    (b"\xff\n", "a JPEG XL picture. Save it as another format"),
    (b"\x93NUMPY", "a NumPy array. Save it as a picture"),
)
_LOOK = 1024


def tell_kind(data: bytes, name: str) -> str:
    """Tell which picture format a file has.

    Args:
        data: the whole file.
        name: how the file is called in a message.

    Returns:
        "JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "HEIF" or "AVIF". The file begins like that
        format; whether the rest can be read is not known yet.

    Raises:
        NotAnImage: the file is empty or something else; the message says what.
    """
    if not data:
        raise NotAnImage(f"{name} is empty. Choose a picture: {READABLE}.")
    for signature, kind in _SIGNATURES:
        if data.startswith(signature):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data[:2] == b"BM" and int.from_bytes(data[14:18], "little") in _BMP_HEADER_SIZES:
        return "BMP"
    if data[4:8] == b"ftyp":
        return _boxed_kind(data, name)
    raise NotAnImage(f"{name} is {_foreign(data)}. The desk reads {READABLE}.")


def _boxed_kind(data: bytes, name: str) -> str:
    end = min(int.from_bytes(data[:4], "big"), _LOOK)
    # The major brand, then (after a version number) the compatible ones.
    brands = {data[8:12], *(data[at : at + 4] for at in range(16, end, 4))}
    if brands & _AVIF_BRANDS:
        return "AVIF"
    if brands & _HEIF_BRANDS:
        return "HEIF"
    raise NotAnImage(
        f"{name} is a video. Save one frame of it as a picture. The desk reads {READABLE}."
    )


def _foreign(data: bytes) -> str:
    for signature, words in _FOREIGN:
        if data.startswith(signature):
            return words
    head = data[:_LOOK]
    if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
        return "a video. Save one frame of it as a picture"
    if head[128:132] == b"DICM":
        return "a DICOM file. Export it as a picture"
    lowered = head.lower().lstrip(b"\xef\xbb\xbf \t\r\n")
    if lowered.startswith((b"<!doctype html", b"<html")):
        return "a web page. Open the picture on it by itself and take that"
    if b"<svg" in lowered and lowered.startswith((b"<svg", b"<?xml", b"<!")):
        return "an SVG drawing. Export it as PNG"
    if _is_text(head):
        return "text, not a picture, whatever its name says"
    return "not a picture the desk knows"


def _is_text(head: bytes) -> bool:
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 3:
            return False
        # Only the last character was cut in two.
        text = head[: error.start].decode("utf-8")
    return bool(text) and all(char.isprintable() or char in "\t\r\n\f\ufeff" for char in text)

"""Everything but the picture taken out of a file, the coded picture itself untouched.

Cameras write where, when and with whose device a picture was taken into it. What is sent to a
model server and shown in a browser is the picture alone, so such parts are left out; copying the
rest byte for byte costs no quality and next to no time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from zlib import crc32

_NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_SOI, _EOI, _SOS, _COM, _DNL = 0xD8, 0xD9, 0xDA, 0xFE, 0xDC
_APP0, _APP14, _APP15 = 0xE0, 0xEE, 0xEF
# Baseline, extended sequential and progressive Huffman: what every browser shows.
_PLAIN_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PNG_NEEDED = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND"})
# Chunks that change what the picture looks like; a file with one is decoded and written anew.
_PNG_CHANGING = frozenset({b"tRNS", b"acTL", b"fcTL", b"fdAT"})


def strip_jpeg(data: bytes) -> bytes | None:
    """Copy a JPEG file without its metadata (ITU-T T.81, annex B).

    APP1 to APP15 but Adobe's APP14 (which tells the colour model) and comments are left out, as
    is whatever follows the end of the picture.

    Args:
        data: a JPEG file.

    Returns:
        The picture alone; None where the file is not laid out plainly, such as when it is cut
        off or arithmetic coded.
    """
    pieces = [data[:2]]
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if marker < 0xC0 or marker in (_SOI, _DNL) or 0xD0 <= marker <= 0xD7 or end > len(data):
            return None
        if marker in _FRAMES and marker not in _PLAIN_FRAMES:
            return None
        if marker == _SOS:
            found = _NEXT_MARKER.search(data, end)
            if found is None:
                return None
            end = found.start()
        keep = marker in (_APP0, _APP14) or not (_APP0 <= marker <= _APP15 or marker == _COM)
        if keep:
            pieces.append(data[at:end])
        at = end
        if data[at : at + 2] == b"\xff\xd9":
            return b"".join((*pieces, b"\xff\xd9"))
    return None


def strip_png(data: bytes) -> bytes | None:
    """Copy a PNG file with only the chunks that make the picture (PNG, third edition, clause 5).

    Args:
        data: a PNG file.

    Returns:
        The picture alone; None where it is cut off, has a wrong checksum, is transparent
        by a tRNS chunk, or moving.
    """
    pieces = [_PNG_SIGNATURE]
    at = len(_PNG_SIGNATURE)
    while at + 12 <= len(data):
        end = at + 12 + int.from_bytes(data[at : at + 4], "big")
        kind = data[at + 4 : at + 8]
        if end > len(data) or kind in _PNG_CHANGING:
            return None
        # An eXIf chunk this late is read only after decoding.
        if kind == b"eXIf" and len(pieces) > 2 and pieces[-1][4:8] == b"IDAT":
            return None
        if kind in _PNG_NEEDED:
            # Pillow overlooks a wrong checksum here, model servers do not.
            if crc32(data[at + 4 : end - 4]) != int.from_bytes(data[end - 4 : end], "big"):
                return None
            pieces.append(data[at:end])
        if kind == b"IEND":
            return b"".join(pieces)
        at = end
    return None


def strip_webp(data: bytes) -> bytes | None:
    """Copy a WebP file with only its bitstream (RFC 9649, section 2).

    Args:
        data: a WebP file.

    Returns:
        The picture alone in the simple layout; None where it is cut off, moving, or lossy with a
        separate alpha plane.
    """
    for kind, at, end in _riff_chunks(data):
        if kind in (b"ANIM", b"ANMF", b"ALPH") or end > len(data):
            return None
        if kind in (b"VP8 ", b"VP8L"):
            size = (end - at + 4).to_bytes(4, "little")
            return b"RIFF" + size + b"WEBP" + data[at:end]
    return None


def is_lossless_webp(data: bytes) -> bool:
    """Tell whether the first picture in a WebP file is stored without loss."""
    for kind, at, _ in _riff_chunks(data):
        # A frame's own chunk follows 16 bytes about its place and time.
        inner = data[at + 24 : at + 28] if kind == b"ANMF" else kind
        if inner in (b"VP8 ", b"VP8L", b"ALPH"):
            return inner == b"VP8L"
    return False


def _riff_chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield each chunk's name, start and end; the last may end past the file."""
    at = 12
    while at + 8 <= len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        end = at + 8 + size + size % 2
        yield data[at : at + 4], at, end
        at = end


STRIPPERS: dict[str, Callable[[bytes], bytes | None]] = {
    "JPEG": strip_jpeg,
    "PNG": strip_png,
    "WEBP": strip_webp,
}
MEDIA_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}

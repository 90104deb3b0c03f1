"""The way in: a file or an address becomes a `SourceImage`."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from urllib.parse import unquote, urlsplit

from PIL import Image
from PIL.ImageFile import ImageFile
from PIL.TiffImagePlugin import TiffImageFile

from components.errors import ImageTooLarge, IntakeError, NotAnImage
from components.intake.container import MEDIA_TYPES, STRIPPERS, is_lossless_webp
from components.intake.encoding import Encoded, encode_within
from components.intake.kind import tell_kind
from components.intake.pixels import (
    TURNED,
    has_foreign_colours,
    make_plain,
    open_picture,
    read_orientation,
)
from components.model.image import SizeWH, SourceImage
from components.net import fetch

_MAX_NAME = 120
# TIFF 6.0, section 8.
_BITS_PER_SAMPLE, _ORIENTATION, _TILE_SIDES = 258, 274, (322, 323)
_LOSSLESS = frozenset({"PNG", "GIF", "BMP", "TIFF"})


@dataclass(frozen=True, slots=True)
class Limits:
    """What the desk takes and what it sends.

    Attributes:
        max_file_bytes: size of a file as it comes.
        max_pixels: width times height of a picture as it comes.
        max_sent_bytes: size of the encoded picture that is shown and sent; 3.7 MB becomes
            4.93 MB in base64, within the 5 MB that Roboflow's hosted service takes a request.
    """

    max_file_bytes: int = 60_000_000
    max_pixels: int = 60_000_000
    max_sent_bytes: int = 3_700_000


DEFAULT_LIMITS = Limits()


def take_bytes(
    data: bytes, *, name: str, limits: Limits = DEFAULT_LIMITS, url: str | None = None
) -> SourceImage:
    """Take in one file.

    The whole picture is decoded, so a damaged one is noticed here. A plain JPEG, PNG or WebP
    keeps its coded pixels byte for byte, without its metadata; anything else is turned upright,
    laid on white, brought to 8-bit grey or sRGB and encoded once.

    Args:
        data: the file.
        name: its name; a path in front is dropped.
        limits: what is taken and sent.
        url: the address it came from, if any.

    Returns:
        The picture, at most `limits.max_sent_bytes` of it.

    Raises:
        NotAnImage: something else, or damaged.
        ImageTooLarge: more bytes or pixels than the limits allow.
    """
    name = _plain_name(name)
    if len(data) > limits.max_file_bytes:
        raise ImageTooLarge(
            f"{name} has {len(data) / 1e6:,.1f} MB; the desk takes up to "
            f"{limits.max_file_bytes / 1e6:,.3g} MB. Save it smaller or as JPEG."
        )
    kind = tell_kind(data, name)
    with _translated(name, kind):
        image = open_picture(kind, data)
        _check_pixels(image, name, limits)
        kept = _keep_coded(image, kind, data, limits)
        encoded, original_size_wh = (
            (kept, kept.size_wh) if kept else _remake(image, kind, data, name, limits)
        )
    return SourceImage(
        name=name,
        data=encoded.data,
        media_type=encoded.media_type,
        size_wh=encoded.size_wh,
        original_size_wh=original_size_wh,
        original_bytes=len(data),
        original_format=kind,
        sha256=hashlib.sha256(encoded.data).hexdigest(),
        url=url,
        notes=encoded.notes,
    )


def take_url(
    url: str,
    *,
    limits: Limits = DEFAULT_LIMITS,
    allow_hosts: Collection[str] = (),
    timeout_s: float = 15.0,
) -> SourceImage:
    """Fetch a picture from a web address and take it in.

    Args:
        url: an http or https address; see `components.net.fetch` for what is refused.
        limits: what is taken and sent.
        allow_hosts: hosts that may be private.
        timeout_s: seconds the fetch may take in all.

    Returns:
        The picture. Its `url` is the address as given, not where redirects ended, since those
        often lead to addresses that expire; its name is the last part of the path.

    Raises:
        DownloadRefused: an address the desk does not fetch from.
        DownloadFailed: the address did not give a file.
        NotAnImage: it gave something else.
        ImageTooLarge: more pixels than the limits allow.
    """
    fetched = fetch(
        url, max_bytes=limits.max_file_bytes, timeout_s=timeout_s, allow_hosts=allow_hosts
    )
    return take_bytes(fetched.data, name=_name_in(url), limits=limits, url=url.strip())


def take_many(
    files: Iterable[tuple[str, bytes]], *, limits: Limits = DEFAULT_LIMITS
) -> Iterator[tuple[str, SourceImage | IntakeError]]:
    """Take in files one at a time, each when it is asked for.

    Args:
        files: names and contents; read lazily.
        limits: what is taken and sent.

    Yields:
        Each name as given, with the picture or with the reason why it is none.
    """
    for name, data in files:
        try:
            yield name, take_bytes(data, name=name, limits=limits)
        except IntakeError as error:
            yield name, error


def _keep_coded(image: ImageFile, kind: str, data: bytes, limits: Limits) -> Encoded | None:
    """Return the file without its metadata if it can be shown and sent as it is coded."""
    if (
        kind not in STRIPPERS
        or image.mode not in ("L", "RGB")
        or "transparency" in image.info
        or getattr(image, "is_animated", False)
        or _is_deep(image, kind, data)
        or read_orientation(image) != 1
        or has_foreign_colours(image)
    ):
        return None
    stripped = STRIPPERS[kind](data)
    if stripped is None or len(stripped) > limits.max_sent_bytes:
        return None
    # What is sent is what is decoded here, so that a slip in the copying would be noticed.
    check = open_picture(kind, stripped)
    if (check.mode, check.size) != (image.mode, image.size):
        return None
    check.load()
    return Encoded(stripped, MEDIA_TYPES[kind], check.size, ())


def _remake(
    image: ImageFile, kind: str, data: bytes, name: str, limits: Limits
) -> tuple[Encoded, SizeWH]:
    """Decode a picture, make it plain and encode it; also return its upright original size."""
    deep = _is_deep(image, kind, data)
    more = _has_more(image, kind, data)
    # Pillow's TIFF reader turns the picture while loading it.
    turned = isinstance(image, TiffImageFile) and image.tag_v2.get(_ORIENTATION, 1) != 1
    image.load()
    plain, notes = make_plain(image, deep=deep)
    if turned:
        notes = (TURNED, *notes)
    if more:
        pages = "page" if kind == "TIFF" else "picture"
        notes += (f"Only the first {pages} of the file is used.",)
    lossless = kind in _LOSSLESS or (kind == "WEBP" and is_lossless_webp(data))
    encoded = encode_within(
        plain,
        name=name,
        lossless=lossless,
        source_bytes=len(data),
        max_bytes=limits.max_sent_bytes,
    )
    return replace(encoded, notes=notes + encoded.notes), plain.size


def _check_pixels(image: ImageFile, name: str, limits: Limits) -> None:
    sizes = [image.size]
    if isinstance(image, TiffImageFile):
        # A tile may be larger than the picture, and is decoded whole.
        tile_width, tile_height = (int(image.tag_v2.get(tag, 0)) for tag in _TILE_SIDES)
        sizes.append((tile_width, tile_height))
    for width, height in sizes:
        if width * height > limits.max_pixels:
            raise ImageTooLarge(
                f"{name} has {width:,} × {height:,} pixels; the desk takes pictures of up to "
                f"{limits.max_pixels / 1e6:,.3g} million pixels. Save it smaller."
            )


def _is_deep(image: ImageFile, kind: str, data: bytes) -> bool:
    """Whether the file holds more than 8 bits a colour, which Pillow's modes do not tell."""
    if kind == "PNG":
        return data[24] > 8
    if isinstance(image, TiffImageFile):
        return any(bits > 8 for bits in image.tag_v2.get(_BITS_PER_SAMPLE, ()))
    return False


def _has_more(image: ImageFile, kind: str, data: bytes) -> bool:
    if kind != "GIF":
        return bool(getattr(image, "is_animated", False))
    # GIF has to be searched for a second picture; a damaged one does not spoil the first.
    try:
        return bool(getattr(open_picture(kind, data), "is_animated", False))
    except Exception:  # noqa: BLE001 - whatever is wrong, it is not in the picture that is used
        return True


@contextmanager
def _translated(name: str, kind: str) -> Iterator[None]:
    damaged = (
        f"{name} begins like a {kind} picture but is damaged or cut short. "
        "Save or copy it again, then try once more."
    )
    try:
        yield
    except IntakeError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ImageTooLarge(
            f"{name} has more pixels than the desk takes. Save it smaller.", str(error)
        ) from error
    except MemoryError as error:
        raise ImageTooLarge(
            f"{name} needs more memory than the desk has. Save it smaller.", kind
        ) from error
    except ImportError as error:
        raise NotAnImage(
            f"{name} is a {kind} picture, which this installation cannot read. Save it as JPEG.",
            str(error),
        ) from error
    except Exception as error:
        # Pillow and its plug-ins document no closed set of what a broken file raises; seen are
        # OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error, KeyError and more.
        raise NotAnImage(damaged, f"{type(error).__name__}: {error}") from error


def _plain_name(name: str) -> str:
    last = re.split(r"[/\\]", name.rstrip("/\\"))[-1]
    shown = "".join(char for char in last if char.isprintable()).strip()
    if len(shown) > _MAX_NAME:
        shown = f"{shown[: _MAX_NAME // 2]}…{shown[-_MAX_NAME // 2 :]}"
    return shown or "The picture"


def _name_in(url: str) -> str:
    parts = urlsplit(url.strip())
    last = parts.path.rstrip("/").rpartition("/")[2]
    return unquote(last) or parts.hostname or ""

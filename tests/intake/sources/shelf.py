"""Sources laid out on disk for the tests, and what they give in short."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

from components.intake import Candidate, Refusal, SourceLimits, list_source
from tests.intake.pictures import save, scene

JPG = save(scene(), "JPEG")
PNG = save(scene(), "PNG")
MASK = save(scene()[..., 0] // 100, "PNG")
ANSWER = b'{"segmentation_mask": "", "class_map": {}}'


def lay(root: Path, files: dict[str, bytes]) -> Path:
    """Write files below a folder."""
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return root


def pack(path: Path, files: Iterable[tuple[str, bytes]] | dict[str, bytes]) -> Path:
    """Write an ordinary archive."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items() if isinstance(files, dict) else files:
            archive.writestr(name, data)
    return path


def split(
    path: Path, limits: SourceLimits | None = None
) -> tuple[dict[str, Candidate], dict[str, str]]:
    """List a source.

    Returns:
        Pictures by name, and messages by the name of what is refused.
    """
    found = list(list_source(path, limits=limits or SourceLimits()))
    taken = {each.name: each for each in found if isinstance(each, Candidate)}
    refused = {each.name: each.message for each in found if isinstance(each, Refusal)}
    assert len(taken) + len(refused) == len(found)
    return taken, refused


@dataclass
class Member:
    """One member of an archive written byte by byte, so that it may lie.

    Attributes:
        name: as it stands in the archive.
        data: packed bytes as they stand there.
        size: declared unpacked size; None for the true one of stored data.
        method: 0 stored, 8 deflated.
        flags: general purpose bits.
        mode: Unix mode, 0 for none.
        crc: declared checksum; None for that of `data`.
        at: offset of the local header; None for its own.
    """

    name: bytes
    data: bytes = b""
    size: int | None = None
    method: int = 0
    flags: int = 0
    mode: int = 0
    crc: int | None = None
    at: int | None = None


def forge(path: Path, members: list[Member], count: int | None = None) -> Path:
    """Write an archive byte by byte.

    Args:
        path: where.
        members: in order; one with an offset of its own writes no local header.
        count: declared number of entries.
    """
    body, directory = bytearray(), bytearray()
    for member in members:
        size = len(member.data) if member.size is None else member.size
        crc = crc32(member.data) if member.crc is None else member.crc
        packed = len(member.data)
        at = len(body) if member.at is None else member.at
        fields = (member.flags, member.method, 0, 33, crc, packed, size, len(member.name), 0)
        if member.at is None:
            body += struct.pack("<4s5H3L2H", b"PK\3\4", 20, *fields) + member.name + member.data
        directory += struct.pack(
            "<4s6H3L5H2L", b"PK\1\2", 0x314, 20, *fields, 0, 0, 0, member.mode << 16, at
        )
        directory += member.name
    number = len(members) if count is None else count
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, number, number, len(directory), len(body), 0)
    path.write_bytes(bytes(body + directory) + end)
    return path

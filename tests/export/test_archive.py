"""ZIPs written front to back: the bytes of the standard library, and what it reads of them."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path
from typing import Any

import pytest

from components.export.archive import LEVEL, Archive, Packer, gather

SMALL = {
    "a.png": b"1" * 700,
    "ordner/é ü.jpg": bytes(range(256)) * 9,
    "empty.png": b"",
    "texts/list.txt": b"one\ntwo\n" * 400,
}


def write_ours(path: Path, entries: dict[str, bytes], start: int = 0) -> None:
    with path.open("wb") as file:
        file.seek(start)
        archive = Archive(file)
        for name, data in entries.items():
            archive.add(name, data, is_packed=not name.endswith(".txt"))
        assert len(archive) == len(entries)
        assert file.tell() == archive.size
        archive.end()


def write_theirs(path: Path, entries: dict[str, bytes], start: int = 0) -> None:
    with path.open("wb") as file:
        file.seek(start)
        with zipfile.ZipFile(file, "w") as theirs:
            for name, data in entries.items():
                info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
                info.create_system = 3
                info.external_attr = 0o644 << 16
                packed = zipfile.ZIP_DEFLATED if name.endswith(".txt") else zipfile.ZIP_STORED
                theirs.writestr(info, data, packed, LEVEL)


def read_end(path: Path, start: int) -> bytes:
    with path.open("rb") as file:
        file.seek(start)
        return file.read()


@pytest.mark.parametrize(
    "start", [0, 2_147_483_600, 2_500_000_000, 4_294_967_290, 5_000_000_000], ids=str
)
def test_the_bytes_are_those_of_zipfile(start: int, tmp_path: Path) -> None:
    # What is before takes no room on the disk: places beyond 2 and 4 GB are told in other ways.
    write_ours(tmp_path / "ours.zip", SMALL, start)
    write_theirs(tmp_path / "theirs.zip", SMALL, start)
    ours = read_end(tmp_path / "ours.zip", start)
    assert ours == read_end(tmp_path / "theirs.zip", start)
    assert len(ours) > 3000
    with zipfile.ZipFile(tmp_path / "ours.zip") as found:
        assert {name: found.read(name) for name in found.namelist()} == SMALL


def test_more_entries_than_16_bits_count(tmp_path: Path) -> None:
    entries = {f"{number}.png": b"" for number in range(65_540)}
    write_ours(tmp_path / "ours.zip", entries)
    write_theirs(tmp_path / "theirs.zip", entries)
    assert (tmp_path / "ours.zip").read_bytes() == (tmp_path / "theirs.zip").read_bytes()


@pytest.mark.parametrize("is_packed", [True, False])
def test_what_is_written_in_pieces_is_one_entry(is_packed: bool, tmp_path: Path) -> None:
    pieces = [os.urandom(3) * 50_000, b"", b"x", b"y" * 300_000]
    packed = io.BytesIO()
    packer = Packer(packed, is_packed=is_packed)
    with gather(packer) as file:
        for piece in pieces:
            file.write(piece)
    with (tmp_path / "ours.zip").open("wb") as whole:
        archive = Archive(whole)
        archive.add("before.png", b"before", is_packed=True)
        archive.add_file("pieces", packed, packer.facts)
        assert whole.tell() == archive.size
        archive.end()
    with zipfile.ZipFile(tmp_path / "ours.zip") as found:
        assert found.testzip() is None
        assert found.read("pieces") == b"".join(pieces)
        assert found.getinfo("pieces").compress_size == len(packed.getvalue())
        assert (len(packed.getvalue()) < 100_000) is not is_packed


class Holes(io.FileIO):
    """A file in which nothing but zeros takes no room."""

    def write(self, data: Any, /) -> int:
        if bytes(data).strip(b"\0"):
            return super().write(data)
        self.truncate(self.seek(len(data), os.SEEK_CUR))
        return len(data)


def test_an_entry_beyond_2_gb_is_told_with_64_bits(tmp_path: Path) -> None:
    zeros = bytes(1 << 22)
    with Holes(tmp_path / "scratch", "w+") as packed, Holes(tmp_path / "x.zip", "w") as whole:
        packer = Packer(packed, is_packed=False)
        with gather(packer) as file:
            for _ in range(520):
                file.write(zeros)
        archive = Archive(whole)
        archive.add_file("large.txt", packed, packer.facts)
        archive.add("after.png", b"after", is_packed=True)
        archive.end()
    with zipfile.ZipFile(tmp_path / "x.zip") as found:
        assert found.getinfo("large.txt").file_size == 520 << 22
        assert packer.facts.crc == found.getinfo("large.txt").CRC
        assert found.read("after.png") == b"after"
        with found.open("large.txt") as entry:
            assert entry.read(100) == bytes(100)

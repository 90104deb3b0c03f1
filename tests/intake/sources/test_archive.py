"""ZIP archives: what is damaged, made to do harm, or beyond the limits harms nothing else."""

from __future__ import annotations

import gc
import io
import struct
import threading
import tracemalloc
import warnings
import zipfile
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from components.errors import NotAnImage
from components.intake import Candidate, Refusal, SourceLimits, count_source, list_source
from tests.intake.sources.shelf import JPG, PNG, Member, forge, lay, pack, split


def deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def refuse_whole(path: Path, limits: SourceLimits | None = None) -> str:
    taken, refused = split(path, limits)
    assert not taken
    (name,) = refused
    assert name == path.name
    return refused[name]


@pytest.mark.parametrize(
    "name",
    [
        *(b"../up.png", b"a/../../up.png", b"/root.png", b"C:\\up.png", b"c:up.png"),
        *(b"..\\up.png", b"\\\\server\\share.png", b"a\0.png", b"a/" * 40 + b"deep.png"),
    ],
)
def test_names_that_lead_elsewhere_are_refused_one_by_one(tmp_path: Path, name: bytes) -> None:
    source = forge(tmp_path / "a.zip", [Member(name, PNG), Member(b"ok.png", PNG)])
    before = sorted(tmp_path.parent.rglob("*"))
    taken, refused = split(source)
    assert list(taken) == ["ok.png"]
    assert taken["ok.png"].read() == PNG
    assert [("leads out of" in message) for message in refused.values()] == [True]
    assert sorted(tmp_path.parent.rglob("*")) == before


def test_backslashes_are_folders_as_windows_writes_them(tmp_path: Path) -> None:
    members = [Member(b"a\\", b""), Member(b"a\\b.jpg", JPG), Member(b".\\c.jpg", JPG)]
    taken, refused = split(forge(tmp_path / "a.zip", members))
    assert (list(taken), refused) == (["c.jpg", "a/b.jpg"], {})
    assert taken["a/b.jpg"].read() == JPG


@pytest.mark.parametrize(
    ("raw", "flags", "shown"),
    [
        ("Übung.jpg".encode(), 0x800, "Übung.jpg"),
        ("Übung.jpg".encode(), 0, "Übung.jpg"),
        ("Übung.jpg".encode("cp437"), 0, "Übung.jpg"),
        (b"\xff\xfe.jpg", 0, "\u25a0.jpg"),
    ],
)
def test_names_in_other_encodings(tmp_path: Path, raw: bytes, flags: int, shown: str) -> None:
    taken, _ = split(forge(tmp_path / "a.zip", [Member(raw, JPG, flags=flags)]))
    assert [name.replace(" ", "") for name in taken] == [shown]
    assert [each.read() for each in taken.values()] == [JPG]


@pytest.mark.parametrize(
    ("member", "words"),
    [
        (Member(b"x.jpg", JPG, flags=1), "password"),
        (Member(b"x.jpg", JPG, method=12), "ordinary method"),
        (Member(b"x.jpg", JPG, method=14), "ordinary method"),
        (Member(b"x.jpg", JPG, method=99), "ordinary method"),
        (Member(b"x.jpg", b"/etc/passwd", mode=0o120777), "link"),
        (Member(b"x.jpg", b"", mode=0o010644), "no file"),
        (Member(b"x.jpg", deflate(bytes(20_000_000)), 20_000_000, 8), "times its packed size"),
        (Member(b"x.jpg", deflate(JPG), 60_000_001, 8), "takes up to 60.0 MB"),
        (Member(b"x.json", deflate(b"{}"), 100_000_001, 8), "takes up to 100.0 MB"),
        (Member(b"x.zip", b"PK\3\4"), "archive"),
        (Member(b"x.tar.gz", b"\x1f\x8b"), "archive"),
        (Member(b"x.bin", b"PK\3\4"), "ZIP archive"),
        (Member(b"ok.png", JPG), "twice"),
    ],
)
def test_members_that_are_refused_at_once(tmp_path: Path, member: Member, words: str) -> None:
    limits = SourceLimits(
        max_ratio=1e9 if b"x.js" in member.name or member.size == 60_000_001 else 200
    )
    source = forge(tmp_path / "a.zip", [Member(b"ok.png", PNG), member])
    taken, refused = split(source, limits)
    assert [each.read() for each in taken.values()] == [PNG]
    assert words in refused[member.name.decode()]


@pytest.mark.parametrize(
    "member",
    [
        Member(b"x.jpg", JPG, crc=1),
        Member(b"x.jpg", b"\xff" * 50, 90, 8),
        Member(b"x.jpg", deflate(JPG), 10, 8, crc=zlib.crc32(JPG)),
        Member(b"x.jpg", deflate(JPG), len(JPG) + 1, 8, crc=zlib.crc32(JPG)),
        Member(b"x.jpg", JPG, len(JPG) * 2, crc=zlib.crc32(JPG)),
    ],
)
def test_members_that_are_refused_when_read(tmp_path: Path, member: Member) -> None:
    source = forge(tmp_path / "a.zip", [Member(b"ok.png", PNG), member])
    taken, _ = split(source)
    with pytest.raises(NotAnImage, match=r"x\.jpg is damaged"):
        taken["x.jpg"].read()
    assert taken["ok.png"].read() == PNG


def test_declared_sizes_are_held_against_the_limits(tmp_path: Path) -> None:
    source = pack(tmp_path / "a.zip", {"a.jpg": JPG, "a.json": bytes(3000)})
    taken, refused = split(source, SourceLimits(max_answer_bytes=2999))
    assert (list(taken), list(refused)) == (["a.jpg"], ["a.json"])
    limits = SourceLimits(max_file_bytes=len(JPG))
    candidate = split(pack(tmp_path / "b.zip", {"a.jpg": JPG}), limits)[0]["a.jpg"]
    assert candidate.read() == JPG


def test_a_small_declared_size_does_not_let_a_bomb_through(tmp_path: Path) -> None:
    data = deflate(bytes(400_000_000))
    source = forge(tmp_path / "a.zip", [Member(b"x.jpg", data, 900_000, 8)])
    (candidate,) = split(source)[0].values()
    tracemalloc.start()
    try:
        with pytest.raises(NotAnImage, match="damaged"):
            candidate.read()
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


def test_members_that_share_bytes_are_a_bomb(tmp_path: Path) -> None:
    """Each local header lies inside the stored beginning of the member before (Fifield)."""
    kernel = deflate(bytes(900_000))
    blob = b""
    members: list[Member] = []
    for number in reversed(range(20)):
        name = b"%03d.png" % number
        packed = (
            kernel if not blob else struct.pack("<BHH", 0, len(blob), 65_535 - len(blob)) + blob
        )
        head = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 8, 0, 33, 0, len(packed), 9, len(name), 0)
        blob = head + name + packed
        members.append(Member(name, packed, 900_000, 8, at=0))
    forge(tmp_path / "a.zip", [Member(b"x.bin", blob), *members])
    assert "lie over one another" in refuse_whole(tmp_path / "a.zip")


def test_two_entries_of_one_member_are_a_bomb(tmp_path: Path) -> None:
    members = [Member(b"a.png", PNG), *(Member(b"%d.png" % n, PNG, at=0) for n in range(5))]
    assert "lie over one another" in refuse_whole(forge(tmp_path / "a.zip", members))


def test_an_archive_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    source = pack(tmp_path / "a.zip", {f"{n}.jpg": bytes(1000) for n in range(10)})
    assert "unpacks to" in refuse_whole(source, SourceLimits(max_total_bytes=9_999))
    assert len(split(source, SourceLimits(max_total_bytes=10_000))[0]) == 10


@pytest.mark.parametrize("declared", [None, 1, 0, 65_535])
def test_a_crowd_of_tiny_members_is_counted_before_it_is_listed(
    tmp_path: Path, declared: int | None
) -> None:
    members = [Member(b"%d.j" % number) for number in range(40_000)]
    forge(tmp_path / "a.zip", members, declared)
    tracemalloc.start()
    try:
        message = refuse_whole(tmp_path / "a.zip", SourceLimits(max_entries=10_000))
        assert tracemalloc.get_traced_memory()[1] < 6_000_000
    finally:
        tracemalloc.stop()
    assert "more than 30,000 files" in message


def test_a_crowd_of_folders_is_refused(tmp_path: Path) -> None:
    members = [Member(b"%d" % number + b"/a" * 30 + b"/x.jpg") for number in range(100)]
    forge(tmp_path / "a.zip", members)
    assert "too many folders" in refuse_whole(tmp_path / "a.zip", SourceLimits(max_entries=900))


def test_the_first_so_many_pictures_are_taken(tmp_path: Path) -> None:
    source = pack(tmp_path / "a.zip", {f"{number}.jpg": JPG for number in range(20)})
    limits = SourceLimits(max_entries=8)
    taken, refused = split(source, limits)
    assert list(taken) == [f"{number}.jpg" for number in range(8)]
    assert list(refused) == ["The rest"]
    assert count_source(source, limits=limits) == 9


@pytest.mark.parametrize("cut", [0, 1, 21, 22, 100, 0.5, 0.99])
def test_a_truncated_archive_is_one_refusal(tmp_path: Path, cut: float) -> None:
    path = pack(tmp_path / "a.zip", {"a.jpg": JPG, "b.jpg": JPG})
    data = path.read_bytes()
    path.write_bytes(data[: int(cut if cut >= 1 else cut * len(data))])
    assert "no ZIP archive" in refuse_whole(path)


def test_a_damaged_directory_is_one_refusal(tmp_path: Path) -> None:
    path = pack(tmp_path / "a.zip", {"a.jpg": JPG})
    data = bytearray(path.read_bytes())
    data[data.rindex(b"PK\1\2")] ^= 1
    path.write_bytes(data)
    assert "damaged" in refuse_whole(path)
    assert [
        type(each)
        for each in list_source(lay(tmp_path / "d", {"a.zip": bytes(data), "b.jpg": JPG}))
    ] == [
        Refusal,
        Candidate,
    ]


def test_a_large_archive_of_the_64_bit_kind_and_one_behind_a_program(tmp_path: Path) -> None:
    sink = io.BytesIO()
    with (
        zipfile.ZipFile(sink, "w") as archive,
        archive.open("a.jpg", "w", force_zip64=True) as file,
    ):
        file.write(JPG)
    plain = sink.getvalue()
    at = plain.rindex(b"PK\5\6")
    size, start = struct.unpack_from("<2L", plain, at + 12)
    record = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, 1, 1, size, start)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, at, 1)
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 65_535, 65_535, 2**32 - 1, 2**32 - 1, 0)
    (tmp_path / "a.zip").write_bytes(plain[:at] + record + locator + end)
    (tmp_path / "b.zip").write_bytes(b"#!/bin/sh\nexit 0\n" + plain)
    for name in ("a.zip", "b.zip"):
        taken, refused = split(tmp_path / name)
        assert not refused
        assert taken["a.jpg"].read() == JPG


def test_members_are_read_from_many_threads_at_once(tmp_path: Path) -> None:
    files = {f"{number}.jpg": JPG + bytes([number]) * 50_000 for number in range(64)}
    taken, _ = split(pack(tmp_path / "a.zip", files))
    ready = threading.Barrier(8)

    def read(candidates: list[Candidate]) -> bool:
        ready.wait(10)
        return all(each.read() == files[each.name] for each in candidates)

    with ThreadPoolExecutor(8) as pool:
        shares = [list(taken.values())[start:] for start in range(8)]
        assert all(pool.map(read, shares))


def test_the_file_is_closed_with_the_last_candidate(tmp_path: Path) -> None:
    path = pack(tmp_path / "a.zip", {"a.jpg": JPG, "b.jpg": JPG})

    def is_open() -> bool:
        gc.collect()
        links = Path("/proc/self/fd").iterdir()
        return any(link.is_symlink() and link.resolve() == path.resolve() for link in links)

    if not Path("/proc/self/fd").is_dir():
        pytest.skip("open files are listed on Linux only")
    with warnings.catch_warnings():
        warnings.simplefilter("error", ResourceWarning)
        stream = list_source(path)
        kept = next(stream)
        assert is_open()
        del stream
        assert isinstance(kept, Candidate)
        assert kept.read() == JPG
        assert is_open()
        del kept
        assert not is_open()
        list(list_source(path))
        assert not is_open()
        path.write_bytes(b"PK\5\6")
        list(list_source(path))
        assert not is_open()

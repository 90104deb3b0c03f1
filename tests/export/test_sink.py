"""Where exports are written: ZIP files, folders and single files."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from components.errors import ExportError
from components.export.sink import CountingSink, FileSink, FolderSink, Sink, ZipSink


def fill(sink: Sink) -> None:
    sink.write("b/one.png", b"1" * 500)
    with sink.compose("a.json") as first, sink.compose("c.json") as second:
        first.write(b"{" * 300)
        second.write(b"[" * 200)
        sink.write("é/two.txt", b"2" * 900)
        first.write(b"}")
    sink.close()


WANTED = {
    "b/one.png": b"1" * 500,
    "é/two.txt": b"2" * 900,
    "c.json": b"[" * 200,
    "a.json": b"{" * 300 + b"}",
}


def test_a_zip_has_all_entries_in_their_order(tmp_path: Path) -> None:
    sink = ZipSink(tmp_path / "x.zip")
    fill(sink)
    assert sink.list_parts() == [tmp_path / "x.zip"]
    with zipfile.ZipFile(tmp_path / "x.zip") as found:
        assert {name: found.read(name) for name in found.namelist()} == WANTED
        assert found.namelist() == list(WANTED)
        assert {entry.date_time for entry in found.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        stored = {entry.filename for entry in found.infolist() if not entry.compress_type}
        assert stored == {"b/one.png"}  # deflated once already


def test_a_zip_that_grows_large_goes_on_in_another_one(tmp_path: Path) -> None:
    sink = ZipSink(tmp_path / "x.zip", most_bytes=3000)
    for number in range(20):
        sink.write(f"{number}.png", bytes([number]) * 700)
    sink.write("large.png", b"x" * 5000)
    with sink.compose("end.json") as file:
        file.write(b"0123456789")
    sink.close()
    parts = sink.list_parts()
    assert [part.name for part in parts] == [f"x-{at}.zip" for at in range(1, len(parts) + 1)]
    assert sorted(tmp_path.iterdir()) == sorted(parts)
    met: list[str] = []
    for part in parts:
        with zipfile.ZipFile(part) as found:
            assert found.testzip() is None
            met += found.namelist()
            assert part.stat().st_size < 4500 or found.namelist() == ["large.png"]
    assert met == [*(f"{number}.png" for number in range(20)), "large.png", "end.json"]


def test_a_folder_has_all_entries(tmp_path: Path) -> None:
    fill(FolderSink(tmp_path / "new" / "out"))
    found = {
        path.relative_to(tmp_path / "new/out").as_posix(): path.read_bytes()
        for path in (tmp_path / "new/out").rglob("*")
        if path.is_file()
    }
    assert found == WANTED


@pytest.mark.parametrize("name", ["/etc/x", "../x", "a/../../x", "a\\b", ""])
@pytest.mark.parametrize(
    "open_sink", [lambda path: ZipSink(path / "x.zip"), lambda path: FolderSink(path / "x")]
)
def test_no_entry_leads_out_of_its_folder(
    open_sink: Callable[[Path], Sink], name: str, tmp_path: Path
) -> None:
    sink = open_sink(tmp_path)
    with pytest.raises(ValueError, match="relative"):
        sink.write(name, b"")
    sink.close()


def test_a_single_file_is_its_one_entry(tmp_path: Path) -> None:
    sink = FileSink(tmp_path / "d.csv")
    sink.copy("decisions.csv", io.BytesIO(b"a,b"))
    sink.close()
    assert (tmp_path / "d.csv").read_bytes() == b"a,b"
    with pytest.raises(ValueError, match="one entry"):
        sink.write("more", b"")


def test_counting_writes_nothing(tmp_path: Path) -> None:
    sink = CountingSink(tmp_path)
    fill(sink)
    assert sink.entries == {name: len(data) for name, data in WANTED.items()}
    assert not list(tmp_path.iterdir())


def test_a_disk_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ExportError, match="could not be written"):
        ZipSink(tmp_path / "file" / "x.zip")
    with pytest.raises(ExportError, match="could not be written"):
        FolderSink(tmp_path / "file" / "x")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
def test_a_full_disk_is_said() -> None:
    with pytest.raises(ExportError, match="disk is full"):
        FileSink(Path("/dev/full")).write("x", b"x" * 100_000)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
def test_a_disk_that_is_full_on_the_way_is_said_and_let_go_of(tmp_path: Path) -> None:
    (tmp_path / "x-1.zip").symlink_to("/dev/full")
    sink = ZipSink(tmp_path / "x.zip")
    with pytest.raises(ExportError, match=r"written at large\.png: the disk is full"):
        sink.write("large.png", b"x" * 3_000_000)
    with pytest.raises(ExportError, match="disk is full"):
        sink.close()
    assert sink._file.closed
    small = ZipSink(tmp_path / "x.zip")
    small.write("small.png", b"x")
    with pytest.raises(ExportError, match="disk is full"):
        small.close()
    assert not (tmp_path / "x.zip").exists()

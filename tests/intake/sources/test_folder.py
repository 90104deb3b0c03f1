"""Folders: order, what is passed over, links, special files, limits."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from components.errors import ImageTooLarge, IntakeError
from components.intake import Refusal, SourceLimits, count_source, list_source
from tests.intake.sources.shelf import JPG, MASK, PNG, lay, pack, split


def test_pictures_come_in_natural_order_with_groups(tmp_path: Path) -> None:
    names = [
        "b/10.jpg",
        "b/9.jpg",
        "b/deep/1.PNG",
        "A/x.webp",
        "img10.jpg",
        "img9.jpg",
        "IMG2.jpeg",
    ]
    lay(tmp_path, dict.fromkeys(names, JPG))
    taken, refused = split(tmp_path)
    assert not refused
    assert [(each.name, each.group) for each in taken.values()] == [
        *(("IMG2.jpeg", ""), ("img9.jpg", ""), ("img10.jpg", "")),
        *(("A/x.webp", "A"), ("b/9.jpg", "b"), ("b/10.jpg", "b"), ("b/deep/1.PNG", "b")),
    ]
    assert taken["b/9.jpg"].read() == JPG
    assert taken["b/9.jpg"].url is None


def test_clutter_and_descriptions_are_passed_over(tmp_path: Path) -> None:
    names = (".DS_Store", "Thumbs.db", "desktop.ini", "_classes.csv", "README.roboflow.txt")
    more = ("readme", "data.yaml", "LICENSE", "licence.txt", ".git/a.png", "__MACOSX/._a.png")
    lay(tmp_path, dict.fromkeys((*names, *more, "train/_classes.csv"), b"x"))
    (tmp_path / "empty").mkdir()
    assert list(list_source(tmp_path)) == []


def test_what_is_no_picture_is_refused_by_what_it_is(tmp_path: Path) -> None:
    files = {"a.pdf": b"%PDF-1.7", "b": b"", "notes.md": b"# Hi", "c.tar.gz": b"\x1f\x8b", "d": PNG}
    lay(tmp_path, {**files, "sub/in.zip": b"PK\3\4", "sub/list.csv": b"url\nhttps://example.com/a"})
    taken, refused = split(tmp_path)
    assert list(taken) == ["d"]
    assert "PDF" in refused["a.pdf"]
    assert "is empty" in refused["b"]
    assert "text" in refused["notes.md"]
    assert "archive" in refused["c.tar.gz"]
    assert "archive" in refused["sub/in.zip"]
    assert "list of addresses" in refused["sub/list.csv"]


def test_archives_and_lists_at_the_top_are_read_in_their_place(tmp_path: Path) -> None:
    lay(tmp_path, {"a.jpg": JPG, "z.jpg": JPG, "urls.txt": b"https://example.com/w.jpg"})
    pack(tmp_path / "pack.zip", {"one/p.jpg": JPG, "nested.zip": b"PK\3\4"})
    taken, refused = split(tmp_path)
    assert list(taken) == ["w.jpg", "a.jpg", "pack.zip/one/p.jpg", "z.jpg"]
    assert taken["pack.zip/one/p.jpg"].group == "one"
    assert taken["pack.zip/one/p.jpg"].read() == JPG
    assert list(refused) == ["pack.zip/nested.zip"]


def test_links_are_followed_only_to_files_inside(tmp_path: Path) -> None:
    root = lay(tmp_path / "in", {"store/a.jpg": JPG})
    lay(tmp_path / "in_secret", {"s.jpg": PNG})
    (root / "good.jpg").symlink_to("store/a.jpg")
    (root / "out.jpg").symlink_to("../in_secret/s.jpg")
    (root / "absolute.jpg").symlink_to(tmp_path / "in_secret" / "s.jpg")
    (root / "folder").symlink_to("../in_secret")
    (root / "loop").symlink_to(".")
    (root / "self.jpg").symlink_to("self.jpg")
    (root / "nowhere.jpg").symlink_to("gone.jpg")
    taken, refused = split(root)
    assert list(taken) == ["good.jpg", "store/a.jpg"]
    assert taken["good.jpg"].read() == JPG
    assert all("leads out of" in refused[name] for name in ("out.jpg", "absolute.jpg", "folder"))
    assert "only once" in refused["loop"]
    assert all("leads nowhere" in refused[name] for name in ("self.jpg", "nowhere.jpg"))


def test_a_link_may_be_the_source_itself(tmp_path: Path) -> None:
    lay(tmp_path / "real", {"a.jpg": JPG})
    (tmp_path / "link").symlink_to("real")
    (tmp_path / "one.jpg").symlink_to("real/a.jpg")
    assert list(split(tmp_path / "link")[0]) == ["a.jpg"]
    assert split(tmp_path / "one.jpg")[0]["one.jpg"].read() == JPG


@pytest.mark.parametrize("swapped", ["sub", "sub/a.jpg"])
def test_what_becomes_a_link_after_listing_is_not_followed(tmp_path: Path, swapped: str) -> None:
    root = lay(tmp_path / "in", {"sub/a.jpg": JPG})
    lay(tmp_path / "out", {"a.jpg": PNG})
    taken, _ = split(root)
    (root / swapped).rename(root / "aside")
    (root / swapped).symlink_to(tmp_path / "out" / ("a.jpg" if swapped.endswith("jpg") else ""))
    with pytest.raises(IntakeError, match="link"):
        taken["sub/a.jpg"].read()


def test_a_folder_that_becomes_a_link_while_walking_is_not_entered(tmp_path: Path) -> None:
    root = lay(tmp_path / "in", {"a.jpg": JPG, "sub/b.jpg": JPG})
    lay(tmp_path / "out", {"secret.jpg": PNG})
    walking = list_source(root)
    assert not isinstance(next(walking), Refusal)
    (root / "sub").rename(root / ".aside")
    (root / "sub").symlink_to(tmp_path / "out")
    (refusal,) = walking
    assert isinstance(refusal, Refusal)
    assert (refusal.name, "link" in refusal.message) == ("sub", True)


def test_special_files_are_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    with socket.socket(socket.AF_UNIX) as sock:
        # A socket's address is short, so it is bound from inside the folder.
        here = Path.cwd()
        os.chdir(tmp_path)
        try:
            sock.bind("sock.png")
        finally:
            os.chdir(here)
    taken, refused = split(tmp_path)
    assert not taken
    assert list(refused) == ["pipe.jpg", "sock.png"]
    assert all("not opened" in message for message in refused.values())
    assert list(split(tmp_path / "pipe.jpg")[1]) == ["pipe.jpg"]


def test_a_file_that_becomes_a_pipe_does_not_hang(tmp_path: Path) -> None:
    lay(tmp_path, {"a.jpg": JPG})
    taken, _ = split(tmp_path)
    (tmp_path / "a.jpg").unlink()
    os.mkfifo(tmp_path / "a.jpg")
    with pytest.raises(IntakeError, match="not opened"):
        taken["a.jpg"].read()


def test_a_file_that_is_gone_or_too_large_is_said(tmp_path: Path) -> None:
    lay(tmp_path, {"gone.jpg": JPG, "large.jpg": JPG, "fits.jpg": JPG})
    taken, _ = split(tmp_path, SourceLimits(max_file_bytes=len(JPG)))
    assert taken["fits.jpg"].read() == JPG
    (tmp_path / "gone.jpg").unlink()
    with (tmp_path / "large.jpg").open("ab") as file:
        file.write(b"x")
    with pytest.raises(IntakeError, match=r"gone\.jpg is not there any more"):
        taken["gone.jpg"].read()
    with pytest.raises(ImageTooLarge, match=r"large\.jpg has"):
        taken["large.jpg"].read()


def test_no_more_than_so_many_pictures_are_taken(tmp_path: Path) -> None:
    lay(tmp_path, dict.fromkeys((f"{number}.jpg" for number in range(200)), JPG))
    limits = SourceLimits(max_entries=7)
    taken, refused = split(tmp_path, limits)
    assert list(taken) == [f"{number}.jpg" for number in range(7)]
    assert list(refused) == ["The rest"]
    assert "first 7 pictures" in refused["The rest"]
    assert count_source(tmp_path, limits=limits) == 8


def test_of_a_crowded_folder_the_first_by_name_are_looked_at(tmp_path: Path) -> None:
    lay(tmp_path, dict.fromkeys((f"{number}.txt.md" for number in range(200)), b"x"))
    lay(tmp_path, {"0.jpg": JPG})
    taken, refused = split(tmp_path, SourceLimits(max_entries=10, max_refusals=5))
    assert list(taken) == ["0.jpg"]
    assert [*refused][:5] == [f"{number}.txt.md" for number in range(5)]
    # Thirty files are looked at; what is said of the folder is the last refusal of 30.
    assert list(refused)[5:] == ["25 more"]


def test_folders_too_deep_are_refused(tmp_path: Path) -> None:
    lay(tmp_path, {"a/b/ok.jpg": JPG, "a/b/c/no.jpg": JPG})
    taken, refused = split(tmp_path, SourceLimits(max_depth=2))
    assert list(taken) == ["a/b/ok.jpg"]
    assert list(refused) == ["a/b/c"]


def test_a_folder_deeper_than_a_path_may_be_long(tmp_path: Path) -> None:
    number = os.open(tmp_path, os.O_RDONLY)
    for _ in range(30):
        os.mkdir("d" * 200, dir_fd=number)
        inner = os.open("d" * 200, os.O_RDONLY, dir_fd=number)
        os.close(number)
        number = inner
    file = os.open("a.jpg", os.O_CREAT | os.O_WRONLY, dir_fd=number)
    os.write(file, JPG)
    os.close(file)
    os.close(number)
    (candidate,) = list_source(tmp_path)
    assert not isinstance(candidate, Refusal)
    assert candidate.read() == JPG
    assert len(candidate.name) == 200
    assert candidate.name.endswith("/a.jpg")


def test_names_are_shown_plainly(tmp_path: Path) -> None:
    lay(tmp_path, {"a\nb\u202e.jpg": JPG, "e\u0301.png": PNG, "x" * 240 + ".jpg": JPG})
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.jpg")).write_bytes(JPG)
    taken, refused = split(tmp_path)
    assert not refused
    assert {"ab.jpg", "é.png", "\ufffd.jpg"} < set(taken)
    assert max(map(len, taken)) == 200
    assert all(each.read() in (JPG, PNG) for each in taken.values())


def test_a_path_that_leads_nowhere_is_one_refusal(tmp_path: Path) -> None:
    for path in (tmp_path / "gone", tmp_path / "gone.zip", tmp_path / ("x" * 300)):
        assert [type(each) for each in list_source(path)] == [Refusal]


def test_a_single_file(tmp_path: Path) -> None:
    lay(tmp_path, {"a_mask.png": MASK, "b.jpg": JPG, "b.png": MASK, "c.pdf": b"%PDF"})
    assert split(tmp_path / "a_mask.png")[0]["a_mask.png"].read() == MASK
    assert split(tmp_path / "b.jpg")[0]["b.jpg"].read_truth is None
    assert "PDF" in split(tmp_path / "c.pdf")[1]["c.pdf"]

"""Which mask and answer belong to which picture; the same in folders and archives."""

from __future__ import annotations

from pathlib import Path

import pytest

from components.intake import Candidate, read_truth_classes
from tests.intake.sources.shelf import ANSWER, JPG, MASK, PNG, lay, pack, split


@pytest.fixture(params=["folder", "archive"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def store(kind: str, root: Path, names: str) -> Path:
    """Put files of the given names, the name being the content of all but pictures."""
    files = {name: name.encode() for name in names.split()}
    return lay(root, files) if kind == "folder" else pack(root / "pack.zip", files)


def spell(candidate: Candidate) -> str:
    parts = (candidate.read_truth, candidate.read_answer)
    return " ".join([candidate.name, *(part().decode() if part else "-" for part in parts)])


@pytest.mark.parametrize(
    ("names", "pictures", "refused"),
    [
        ("cat.jpg cat_mask.png", ["cat.jpg cat_mask.png -"], []),
        ("cat.jpg cat.png", ["cat.jpg cat.png -"], []),
        ("cat.png cat_mask.png", ["cat.png cat_mask.png -"], []),
        ("cat.jpg cat.png cat_mask.png", ["cat.jpg cat_mask.png -", "cat.png - -"], []),
        ("cat_mask.png", [], ["cat_mask.png"]),
        ("cat_mask.jpg", ["cat_mask.jpg - -"], []),
        ("CAT.JPG cat_Mask.PNG", ["CAT.JPG cat_Mask.PNG -"], []),
        (
            "Cat.jpg cat.jpg cat_mask.png",
            ["Cat.jpg - -", "cat.jpg cat_mask.png -"],
            [],
        ),
        ("cat.jpeg cat.jpg cat.png", ["cat.jpeg cat.png -", "cat.jpg - -"], []),
        ("\u00e9.jpg e\u0301_mask.png", ["\u00e9.jpg e\u0301_mask.png -"], []),
        ("cat.jpg CAT_mask.png cat_mask.png", ["cat.jpg CAT_mask.png -"], ["cat_mask.png"]),
        ("a.b.rf.12.jpg a.b.rf.12_mask.png", ["a.b.rf.12.jpg a.b.rf.12_mask.png -"], []),
        ("cat.jpg cat.json", ["cat.jpg - cat.json"], []),
        ("cat.jpg cat.jpg.json", ["cat.jpg - cat.jpg.json"], []),
        ("cat.jpg cat.jpg.json cat.json", ["cat.jpg - cat.jpg.json"], ["cat.json"]),
        (
            "cat.jpg cat.webp cat.json cat.jpg.json",
            ["cat.jpg - cat.jpg.json", "cat.webp - cat.json"],
            [],
        ),
        ("dog.json cat.jpg", ["cat.jpg - -"], ["dog.json"]),
        (
            "a/cat.jpg b/cat_mask.png c/cat.json",
            ["a/cat.jpg - -"],
            ["b/cat_mask.png", "c/cat.json"],
        ),
        ("images/cat.jpg masks/cat.png", ["images/cat.jpg masks/cat.png -"], []),
        ("Images/cat.png Masks/cat_mask.png", ["Images/cat.png Masks/cat_mask.png -"], []),
        (
            "images/cat.png labels/cat.png masks/cat.png",
            ["images/cat.png masks/cat.png -"],
            ["labels/cat.png"],
        ),
        (
            "train/images/a.jpg train/masks/a.png val/images/a.jpg val/gt/a.png",
            ["train/images/a.jpg train/masks/a.png -", "val/images/a.jpg val/gt/a.png -"],
            [],
        ),
        (
            "images/train/a.jpg truth/train/a.png images/val/a.jpg truth/test/a.png",
            ["images/train/a.jpg truth/train/a.png -", "images/val/a.jpg - -"],
            ["truth/test/a.png"],
        ),
        (
            "images/a.jpg labels/a.txt labels/b.png",
            ["images/a.jpg - -"],
            ["labels/a.txt", "labels/b.png"],
        ),
        ("masks/a.png pictures/a.jpg", ["masks/a.png - -", "pictures/a.jpg - -"], []),
        (
            "images/a.jpg images/a_mask.png masks/a.png",
            ["images/a.jpg images/a_mask.png -"],
            ["masks/a.png"],
        ),
    ],
)
def test_pairs(
    kind: str, tmp_path: Path, names: str, pictures: list[str], refused: list[str]
) -> None:
    taken, said = split(store(kind, tmp_path, names))
    assert sorted(map(spell, taken.values())) == sorted(pictures)
    assert sorted(said) == sorted(map(str, refused))


def test_groups_are_folders_but_not_the_images_of_a_pair(kind: str, tmp_path: Path) -> None:
    names = "images/a.jpg masks/a.png images/x/b.jpg train/images/c.jpg train/masks/c.png"
    taken, _ = split(store(kind, tmp_path, names))
    assert {each.name: each.group for each in taken.values()} == {
        "images/a.jpg": "",
        "images/x/b.jpg": "x",
        "train/images/c.jpg": "train",
    }


def test_what_belongs_to_a_picture_is_read(kind: str, tmp_path: Path) -> None:
    files = {"a.jpg": JPG, "a.png": MASK, "a.json": ANSWER, "b.png": PNG}
    source = lay(tmp_path, files) if kind == "folder" else pack(tmp_path / "a.zip", files)
    taken, _ = split(source)
    a, b = taken.values()
    assert a.read_truth is not None
    assert a.read_answer is not None
    assert (a.read(), a.read_truth(), a.read_answer()) == (JPG, MASK, ANSWER)
    assert (b.read(), b.read_truth, b.read_answer) == (PNG, None, None)


CLASSES = (
    b'\xef\xbb\xbfPixel Value, Class\r\n0, background\r\n1, cat \r\n2,"a, b"\r\n999, x\r\nfoo\r\n'
)


@pytest.mark.parametrize("where", ["_classes.csv", "train/_classes.csv", "set/train/_classes.csv"])
def test_class_names_are_found_as_they_stand(kind: str, tmp_path: Path, where: str) -> None:
    files = {where: CLASSES, "valid/a.jpg": JPG}
    source = lay(tmp_path, files) if kind == "folder" else pack(tmp_path / "a.zip", files)
    assert read_truth_classes(source) == {0: " background", 1: " cat ", 2: "a, b"}


def test_class_names_in_an_archive_in_a_folder_or_beside_a_list(tmp_path: Path) -> None:
    pack(tmp_path / "one" / "a.zip", {"train/_classes.csv": CLASSES})
    lay(tmp_path / "one", {"broken.zip": b"PK"})
    assert read_truth_classes(tmp_path / "one")[1] == " cat "
    lay(tmp_path / "two", {"_classes.csv": CLASSES, "list.csv": b"url\n", "a.jpg": JPG})
    assert read_truth_classes(tmp_path / "two" / "list.csv")[1] == " cat "
    assert read_truth_classes(tmp_path / "two" / "a.jpg") == {}
    assert read_truth_classes(tmp_path / "three") == {}
    assert read_truth_classes(tmp_path / "one" / "broken.zip") == {}

"""The stream as a whole: always the same, counted, resumed, and harmed by nothing."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from components.errors import IntakeError
from components.intake import (
    Candidate,
    Refusal,
    count_source,
    list_source,
    read_truth_classes,
    take_bytes,
)
from tests.intake.sources.shelf import ANSWER, JPG, MASK, PNG, Member, forge, lay, pack

Spelt = tuple[str, ...]


def spell(each: Candidate | Refusal) -> Spelt:
    if isinstance(each, Refusal):
        return each.name, each.message
    parts = (each.read_truth is not None, each.read_answer is not None)
    return each.name, each.group, str(each.url), str(parts)


@pytest.fixture
def mixture(tmp_path: Path) -> Path:
    """Files, folders, archives, lists, and everything that is refused, in one folder."""
    for number in range(30):
        lay(tmp_path, {f"f{number}.jpg": JPG, f"f{number}.png": MASK, f"set/{number}.webp": PNG})
    lay(tmp_path, {"train/images/a.jpg": JPG, "train/masks/a.png": MASK, "train/masks/b.png": MASK})
    lay(
        tmp_path, {"f1.json": ANSWER, "x.json": ANSWER, "x.pdf": b"%PDF", "blob": PNG, "junk": b"?"}
    )
    lay(
        tmp_path, {"list.csv": b"url,name\nhttps://e.org/1,a\nbad,\nf2.jpg,two\n", "bad.zip": b"PK"}
    )
    pack(tmp_path / "p.zip", {"a/1.jpg": JPG, "a/1_mask.png": MASK, "b.zip": b"PK", "c.txt": b"hi"})
    forge(tmp_path / "q.zip", [Member(b"../x.png", PNG), Member(b"y.png", PNG, flags=1)])
    (tmp_path / "link.jpg").symlink_to("f1.jpg")
    (tmp_path / "out.jpg").symlink_to("/etc/passwd")
    return tmp_path


def test_the_same_disk_gives_the_same_sequence(
    mixture: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    first = [spell(each) for each in list_source(mixture)]
    assert first == [spell(each) for each in list_source(mixture)]
    assert len(set(first)) == len(first)
    # Another folder of the same content, made in another order.
    copy = tmp_path_factory.mktemp("copy")
    for path in sorted(mixture.rglob("*"), reverse=True):
        target = copy / path.relative_to(mixture)
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.is_symlink():
            target.symlink_to(path.readlink())
        elif path.is_file():
            target.write_bytes(path.read_bytes())
    assert [spell(each) for each in list_source(copy)] == first


@pytest.mark.parametrize(
    "name", ["", "p.zip", "q.zip", "bad.zip", "list.csv", "f1.jpg", "junk", "no"]
)
def test_counting_says_how_many_come(mixture: Path, name: str) -> None:
    path = mixture / name
    assert count_source(path) == sum(1 for _ in list_source(path)) > 0


@pytest.mark.parametrize("done", [0, 1, 17, 40, 60])
def test_a_reading_that_stopped_goes_on_by_skipping(mixture: Path, done: int) -> None:
    whole = [spell(each) for each in list_source(mixture)]
    begun = list_source(mixture)
    seen = [spell(each) for each in islice(begun, done)]
    del begun
    rest = [spell(each) for each in islice(list_source(mixture), done, None)]
    assert seen + rest == whole


def test_everything_taken_can_be_read_again_after_the_stream_is_gone(mixture: Path) -> None:
    taken = [each for each in list_source(mixture) if isinstance(each, Candidate)]
    for each in taken:
        if each.url is None:
            assert take_bytes(each.read(), name=each.name).data
            assert each.read() == each.read()
        if each.read_truth is not None:
            assert each.read_truth() == MASK
    # Thirty files, a link to one of them, and one each in train and p.zip.
    assert sum(each.read_truth is not None for each in taken) == 33


def test_nothing_is_read_before_it_is_asked_for(tmp_path: Path) -> None:
    lay(tmp_path, {f"{number}/a.jpg": JPG for number in range(3)})
    stream = list_source(tmp_path)
    next(stream)
    lay(tmp_path, {"1/b.jpg": JPG})
    assert [each.name for each in stream] == ["1/a.jpg", "1/b.jpg", "2/a.jpg"]


PARTS = st.sampled_from(
    [
        *("a", "b", "A", "a_mask", "images", "masks", "gt", "train", "..", ".", ".x", "_classes"),
        *("README", "é", "e\u0301", "x\ty", "1", "01", "\u202e"),
    ]
)
ENDS = st.sampled_from(
    [
        *("", ".jpg", ".png", ".PNG", ".json", ".jpg.json", ".zip", ".csv", ".txt", ".tar.gz"),
        *(".heic", "."),
    ]
)
NAMES = st.lists(PARTS, min_size=1, max_size=3).flatmap(
    lambda parts: ENDS.map(lambda end: "/".join(parts) + end)
)
CONTENTS = st.one_of(
    st.binary(max_size=60),
    st.sampled_from([JPG, PNG, MASK, ANSWER, JPG[:50], b"PK\3\4", b"PK\5\6" + bytes(18)]),
    st.text(max_size=60).map(lambda text: text.encode("utf-8", "replace")),
    st.lists(NAMES, max_size=5).map(lambda names: "\n".join(["url", *names]).encode()),
)
SECRET = b"what lies outside"


def read_all(path: Path) -> None:
    """List a source and read all that is in it, but for what is on the web."""
    found = list(list_source(path))
    assert count_source(path) == len(found)
    assert [spell(each) for each in list_source(path)] == [spell(each) for each in found]
    for each in found:
        assert each.name
        assert len(each.name) <= 220
        assert each.name.isprintable()
        if isinstance(each, Refusal):
            assert each.message
            continue
        assert len(each.name) <= 200
        for read in (each.read, each.read_truth, each.read_answer):
            if read is not None and each.url is None:
                with suppress(IntakeError):
                    assert SECRET not in read()
    read_truth_classes(path)


def plant(root: Path, files: dict[str, bytes]) -> None:
    """Write what can be written of some files below a folder, and never outside of it."""
    for name, data in files.items():
        path = root / name
        if ".." in path.parts:
            continue
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        except OSError:
            # A file of that name is a folder already, or the other way round.
            continue


@settings(max_examples=60)
@given(
    files=st.dictionaries(NAMES, CONTENTS, max_size=12),
    members=st.lists(st.tuples(NAMES, CONTENTS), max_size=8),
    links=st.dictionaries(
        NAMES, st.sampled_from(["..", "../secret.jpg", ".", "a.jpg"]), max_size=3
    ),
)
def test_whatever_a_folder_holds_it_is_taken_or_refused(
    files: dict[str, bytes], members: list[tuple[str, bytes]], links: dict[str, str]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "secret.jpg").write_bytes(SECRET)
        root = Path(folder) / "in"
        root.mkdir()
        plant(root, files)
        for name, target in links.items():
            if "/" not in name and not os.path.lexists(root / name):
                (root / name).symlink_to(target)
        forge(root / "forged.zip", [Member(name.encode(), data) for name, data in members])
        read_all(root)
        read_all(root / "forged.zip")
        assert {path.name for path in Path(folder).iterdir()} == {"secret.jpg", "in"}


WHOLE = [Member(b"a.png", PNG), Member(b"b/a_mask.png", MASK), Member("é.jpg".encode(), JPG)]


@settings(max_examples=150)
@given(
    cuts=st.lists(st.tuples(st.integers(0, 6000), st.binary(max_size=8)), min_size=1, max_size=4)
)
@example(cuts=[(0, b"")])
def test_however_an_archive_is_damaged_it_is_taken_or_refused(
    cuts: list[tuple[int, bytes]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = forge(Path(folder) / "a.zip", WHOLE)
        data = bytearray(path.read_bytes())
        for at, new in cuts:
            # Counted from the end, where the directory is.
            at = max(0, len(data) - at)
            data[at : at + len(new)] = new
        path.write_bytes(data)
        read_all(path)


@settings(max_examples=100)
@given(
    data=st.binary(max_size=300), head=st.sampled_from([b"", b"url\n", b"\xff\xfe", b"url;name\n"])
)
def test_whatever_a_list_holds_it_is_taken_or_refused(data: bytes, head: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.csv"
        path.write_bytes(head + data)
        read_all(path)

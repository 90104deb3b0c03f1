"""Names of files that every system takes, each given out once."""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import replace
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.export.exhibition import name_file
from components.export.naming import Names, make_safe, make_safe_title
from components.export.registry import find_format
from tests.export.exhibits import PROJECT

SHA = "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("street.jpg", "street"),
        ("a/b\\c/street.01.jpeg", "street.01"),
        ("../../etc/passwd", "passwd"),
        ("C:\\x\\con.png", "_con"),
        ("AUX", "_AUX"),
        ("com1.tar.png", "_com1.tar"),
        ("nul .png", "_nul"),
        ('a<b>:"c|d?e*.png', "a_b___c_d_e_"),
        (".hidden", "hidden"),
        ("trailing. . .png", "trailing"),
        ("..", "picture"),
        ("", "picture"),
        ("???.png", "picture"),
        ("tab\there\x00.png", "tab_here_"),
        ("Straße – naß.webp", "Straße – naß"),
        ("李雷.png", "李雷"),
        ("rtl\u202egnp.exe", "rtl_gnp"),
        ("e\u0301.png", "é"),
    ],
)
def test_a_name_is_made_safe(name: str, stem: str) -> None:
    assert make_safe(name) == stem


def test_a_title_is_kept_whole() -> None:
    assert make_safe_title("a/b") == "a-b"
    assert make_safe_title("Fields\\north v1.2") == "Fields-north v1.2"
    assert make_safe_title("../..") == "-"
    assert make_safe_title("") == "picture"
    project = replace(PROJECT, name="a/b")
    assert name_file(project, find_format("csv")).startswith("a-b-")
    assert name_file(project, find_format("coco")) == "a-b-coco.zip"


@given(st.text(max_size=300))
def test_any_name_can_be_written(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    stem = make_safe(name)
    assert stem == unicodedata.normalize("NFC", stem)
    assert PurePosixPath(stem).name == PureWindowsPath(stem).name == stem
    assert not PureWindowsPath(stem).is_reserved()
    assert stem.strip(" .") == stem
    path = Path(tmp_path_factory.getbasetemp()) / f"{stem}_gtFine_labelIds.png"
    path.write_bytes(b"")
    path.unlink()


@given(
    st.lists(
        st.one_of(
            st.text(max_size=8),
            st.sampled_from(["a", "A", "a.png", "a_mask", "A_MASK.png", "ß", "ss", "K", "\u212a"]),
        ),
        max_size=30,
    )
)
def test_no_two_files_have_one_name_whatever_the_case(names: list[str]) -> None:
    giver, files = Names(("", "_mask")), set()
    for number, name in enumerate(names):
        stem = giver.take(name, hashlib.sha256(str(number).encode()).hexdigest())
        for file in (f"{stem}.png", f"{stem}_mask.png"):
            folded = unicodedata.normalize("NFKD", file.casefold())
            assert folded not in files
            files.add(folded)


def test_a_name_that_is_taken_has_a_part_of_the_sha256() -> None:
    names = Names()
    assert [names.take("a.png", SHA) for _ in range(3)] == ["a", f"a-{SHA[:8]}", f"a-{SHA[:16]}"]

"""Which tests `./tests/run --changed` chooses, and that none is chosen that is not there."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.changed import ALL, FOLDERS, ROOMS, ROOT, choose, find_tests, list_changes


@pytest.mark.parametrize(
    ("path", "chosen"),
    [
        ("components/store/line.py", ["tests/store"]),
        ("components/store/insights/keeping.py", ["tests/store"]),
        ("components/session.py", ["tests/pages", "tests/test_access.py"]),
        ("components/errors.py", ["tests"]),
        ("app.py", ["tests/browser", "tests/pages"]),
        ("pages/review.py", ["tests/browser", "tests/pages"]),
        (".streamlit/config.toml", ["tests/browser", "tests/pages"]),
        ("tests/intake/sources/test_stream.py", ["tests/intake"]),
        ("tests/test_desk.py", ["tests/test_desk.py"]),
        ("tests/test_that_is_gone.py", []),
        ("tests/pictures.py", ["tests"]),
        ("tests/wire/new/recordings.json", ["tests/inference", "tests/local_server"]),
        ("tests/benchmarks/leafing.py", []),
        ("tests/browser/inspect.png", ["tests/browser"]),
        ("pyproject.toml", ["tests"]),
        ("requirements.txt", ["tests"]),
        ("README.md", []),
    ],
)
def test_a_file_has_the_tests_of_its_folder(path: str, chosen: list[str]) -> None:
    assert choose([path]) == chosen


def test_several_files_have_all_of_theirs_once() -> None:
    assert choose(["tests/test_desk.py", "components/net/guard.py", "README.md"]) == [
        "tests/net",
        "tests/test_desk.py",
    ]
    assert choose(["components/net/guard.py", "pyproject.toml"]) == list(ALL)
    assert choose([]) == []


def test_every_room_and_every_folder_of_tests_has_its_tests() -> None:
    for path in (ROOT / "components").iterdir():
        if path.suffix == ".py" or (path / "__init__.py").is_file():
            assert choose([f"components/{path.relative_to(ROOT / 'components')}/x"]), path
    for patterns in (*ROOMS.values(), *FOLDERS.values()):
        for pattern in patterns:
            assert list(ROOT.glob(pattern)), pattern
    for path in (ROOT / "tests").iterdir():
        if path.is_dir() and any(path.rglob("test_*.py")):
            assert find_tests(f"tests/{path.name}/x.py") == (f"tests/{path.name}",)


def test_what_differs_from_main(tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        who = ("-c", "user.name=Anna", "-c", "user.email=anna@example.org")
        subprocess.run(["git", *who, *arguments], cwd=tmp_path, check=True, capture_output=True)

    def put(name: str, text: str) -> None:
        (tmp_path / name).write_text(text)

    git("init", "--initial-branch", "main")
    put("kept.py", "")
    put("moved.py", "x\n" * 50)
    put(".gitignore", "*.log\n")
    git("add", ".")
    git("commit", "-m", "first")
    assert list_changes(tmp_path) == []
    git("checkout", "-b", "own")
    git("mv", "moved.py", "there.py")
    git("commit", "-m", "second")
    put("kept.py", "changed")
    put("Straße.py", "new")
    put("noise.log", "")
    everything = ["kept.py", "moved.py", "there.py", "Straße.py"]
    assert list_changes(tmp_path) == everything
    # What others brought to main meanwhile is not this branch's.
    git("stash", "--include-untracked")
    git("checkout", "main")
    put("others.py", "")
    git("add", ".")
    git("commit", "-m", "theirs")
    git("checkout", "own")
    git("stash", "pop")
    assert list_changes(tmp_path) == everything
    # The remote's main goes first, as a clone's own may be the branch itself.
    git("update-ref", "refs/remotes/origin/main", "HEAD")
    assert list_changes(tmp_path) == ["kept.py", "Straße.py"]

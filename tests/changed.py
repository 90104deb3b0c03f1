"""Says which tests belong to what differs from main, one path a line, for `./tests/run --changed`.

What differs: commits since the branch left origin/main, where there is one, else since it left
main; what is not committed yet; and files that git does not know yet.

    components/ROOM/…                tests/ROOM, or what `ROOMS` has in its place
    app.py, pages/, .streamlit/      tests/pages, tests/browser
    tests/FOLDER/…                   tests/FOLDER, or what `FOLDERS` has in its place
    tests/test_*.py                  itself
    documents, pictures in them      none
    anything else                    all tests
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent
ALL: Final = ("tests",)

ROOMS: Final = {
    "desk": ("tests/test_desk*.py", "tests/pages"),
    "diagnosis": ("tests/test_desk_checks.py", "tests/pages"),
    "errors": ALL,
    "session": ("tests/test_access.py", "tests/pages"),
    "settings": ("tests/test_settings*.py",),
    "ui": ("tests/pages", "tests/browser"),
}
"""Tests of rooms that have no folder of tests; patterns below the project's folder."""

FOLDERS: Final[dict[str, tuple[str, ...]]] = {
    "bench": (),
    "benchmarks": (),
    "tools": (),
    "wire": ("tests/inference", "tests/local_server"),
}
"""Tests of folders in tests/ that have none themselves."""

_PAGES: Final = ("tests/pages", "tests/browser")
_DOCUMENTS: Final = (".md", "LICENSE", ".gitignore")


def find_tests(path: str) -> tuple[str, ...]:
    """Which tests a file belongs to.

    Args:
        path: below the project's folder.

    Returns:
        Patterns of folders and files below the project's folder.
    """
    if path.endswith(_DOCUMENTS):
        return ()
    top, _, rest = path.partition("/")
    name = rest.partition("/")[0]
    if path == "app.py" or top in ("pages", ".streamlit"):
        return _PAGES
    if top == "components":
        room = name.removesuffix(".py")
        return ALL if room == "__init__" else ROOMS.get(room, (f"tests/{room}",))
    if top == "tests" and name in FOLDERS:
        return FOLDERS[name]
    if top == "tests" and "/" in rest:
        return (f"tests/{name}",)
    if top == "tests" and name.startswith("test_"):
        return (path,)
    return ALL


def choose(paths: Iterable[str], root: Path = ROOT) -> list[str]:
    """The tests of some files, sorted; those that are gone are left out."""
    patterns = {pattern for path in paths for pattern in find_tests(path)}
    if set(ALL) <= patterns:
        return list(ALL)
    found = {found for pattern in patterns for found in root.glob(pattern)}
    folders = {path for path in found if path.is_dir()}
    return sorted(str(path.relative_to(root)) for path in found if path.parent not in folders)


def list_changes(root: Path = ROOT) -> list[str]:
    """Files of the project that differ from main."""
    known = _ask(root, "rev-parse", "--verify", "--quiet", "origin/main")
    since = _ask(root, "merge-base", "HEAD", "origin/main" if known else "main")
    differing = _ask(root, "diff", "--name-only", "--no-renames", *since)
    return differing + _ask(root, "ls-files", "--others", "--exclude-standard")


def _ask(root: Path, *arguments: str) -> list[str]:
    """Lines of what git says; none where it refuses."""
    command = ["git", "-c", "core.quotePath=false", *arguments]
    return subprocess.run(
        command, cwd=root, capture_output=True, text=True, check=False
    ).stdout.splitlines()


if __name__ == "__main__":
    print("\n".join(choose(list_changes())))

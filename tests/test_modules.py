"""How modules of tests hang together."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.changed import ROOT


def list_imports(path: Path) -> Iterator[str]:
    """The modules a file imports, with their packages."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_nothing_imports_a_module_of_tests() -> None:
    """What several need lies in a module of its own, so that each test's module runs by itself."""
    found = {
        f"{path.relative_to(ROOT)} imports {name}"
        for path in (ROOT / "tests").rglob("*.py")
        for name in list_imports(path)
        if name.startswith("tests.")
        and name.split(".")[-1].startswith("test_")
        and (ROOT / (name.replace(".", "/") + ".py")).is_file()
    }
    assert found == set()

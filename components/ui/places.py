"""Where the pages lie, wherever the script that leads to them does."""

from __future__ import annotations

from pathlib import Path
from typing import Final

_PAGES: Final = Path(__file__).resolve().parents[2] / "pages"


def find_page(name: str) -> Path:
    """The script of a page, by its name in the address."""
    return _PAGES / f"{name}.py"

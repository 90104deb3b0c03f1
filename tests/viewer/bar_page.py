"""The page around the decision bar in a test's hands."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

OUTBOX = "mask-desk:outbox:harbour·ann"


@dataclass
class BarPage:
    """One page of `bar_app.py`, and the folder where it stores."""

    page: Page
    address: str
    folder: Path

    def open(self) -> None:
        """Load the page afresh."""
        self.page.goto(f"{self.address}/?case={self.folder.name}")
        expect(self.bar).to_have_attribute("data-subject", _SOME)

    @property
    def bar(self) -> Locator:
        return self.page.locator(".decide")

    @property
    def panel(self) -> Locator:
        return self.page.locator(".panel")

    def button(self, name: str) -> Locator:
        """A button of the bar: "approved", "needs_fix", "rejected", "skipped", "undo", ..."""
        return self.page.locator(f'[data-do="{name}"]')

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def expect_item(self, item: str) -> None:
        """Wait until the bar is about this picture and nothing is unsaved."""
        expect(self.bar).to_have_attribute("data-subject", item)
        expect(self.bar).to_have_attribute("data-unsaved", "0")

    def expect_unsaved(self, count: int) -> None:
        expect(self.bar).to_have_attribute("data-unsaved", str(count))

    def put(self, name: str, text: str = "") -> None:
        (self.folder / name).write_text(text)

    def drop(self, name: str) -> None:
        (self.folder / name).unlink()

    @property
    def stored(self) -> list[dict[str, Any]]:
        """What was stored, in order."""
        found = self.folder / "stored.json"
        return list(json.loads(found.read_text()).values()) if found.exists() else []

    @property
    def heard(self) -> list[dict[str, Any]]:
        """All that Python was told, in order."""
        found = self.folder / "heard.jsonl"
        return (
            [json.loads(line) for line in found.read_text().splitlines()] if found.exists() else []
        )

    @property
    def outbox(self) -> list[dict[str, Any]]:
        """What the browser keeps."""
        found: list[dict[str, Any]] = self.page.evaluate(
            "name => JSON.parse(localStorage.getItem(name) ?? '[]')", OUTBOX
        )
        return found


_SOME = re.compile(".+")

"""The page around the decision bar in a test's hands."""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.viewer.kept import read_outbox


@dataclass
class BarPage:
    """One page of `bar_app.py`, and the folder where it stores."""

    page: Page
    address: str
    folder: Path

    def open(self) -> None:
        """Load the page afresh, and wait until it is all there."""
        self.page.goto(f"{self.address}/?case={self.folder.name}")
        expect(self.bar).to_have_attribute("data-subject", _SOME)
        if not (self.folder / "late").exists():
            expect(self.page.locator(".outbox-waiting")).to_have_attribute("data-unsaved", _SOME)

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
        """Wait until the bar is about this picture, Python knows that, and nothing is unsaved."""
        expect(self.bar).to_have_attribute("data-subject", item)
        expect(self.bar).to_have_attribute("data-unsaved", "0")
        expect(self.bar).to_have_attribute("data-told", "true")

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
        """All that the outbox sent, in order; some of it more than once."""
        return self._read_lines("heard.jsonl")

    @property
    def moves(self) -> list[tuple[str, str]]:
        """Kinds and subjects of the moves that Python was told, in order.

        What was told again counts once, and so does the picture that was on screen already: it is
        told once more when what was decided is stored.
        """
        told = [(move["kind"], move.get("subject", "")) for move in self._read_lines("moves.jsonl")]
        return [move for move, _ in itertools.groupby(told)]

    def _read_lines(self, name: str) -> list[dict[str, Any]]:
        found = self.folder / name
        lines = found.read_text().splitlines() if found.exists() else []
        return [json.loads(line) for line in lines]

    @property
    def outbox(self) -> list[dict[str, Any]]:
        """What the browser keeps."""
        return read_outbox(self.page)


_SOME = re.compile(".+")

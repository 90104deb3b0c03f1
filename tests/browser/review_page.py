"""The Review page in a browser as a test handles it: named, opened, decided on."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from tests.browser.desk_page import DeskPage

_COUNT = re.compile(r"([\d,]+) of ([\d,]+) decided")


@dataclass
class ReviewPage:
    """One browser context with the Review page of a desk."""

    desk: DeskPage

    @property
    def page(self) -> Page:
        return self.desk.page

    # Where things are

    @property
    def bar(self) -> Locator:
        return self.page.locator(".decide")

    @property
    def name(self) -> Locator:
        """The name of the picture on screen."""
        return self.page.locator(".review-name strong")

    @property
    def state(self) -> Locator:
        """What stands beside it."""
        return self.page.locator(".review-state")

    @property
    def end(self) -> Locator:
        """What stands there when nothing is left."""
        return self.page.locator(".desk-empty h2")

    @property
    def panel(self) -> Locator:
        return self.bar.locator(".panel")

    @property
    def said(self) -> Locator:
        """What the bar says over itself."""
        return self.bar.locator(".said")

    @property
    def waiting(self) -> Locator:
        """How many decisions are not sent yet."""
        return self.bar.locator(".waiting")

    # What people do

    def open(self, name: str, query: str = "") -> None:
        """Open the page and give a name where it is asked for."""
        self.page.goto(f"{self.desk.address}/review{query}")
        self.sign(name)

    def sign(self, name: str, shown: Locator | None = None) -> None:
        """Type a name where the page asks for one.

        Args:
            name: of whoever is at the desk.
            shown: what stands on the page then, where it is not Review's own.
        """
        field = self.page.get_by_role("textbox", name="Your name")
        ready = shown or self.page.locator(".decide, .desk-empty, .strip")
        expect(field.or_(ready).first).to_be_visible()
        # A desk that has just started runs the page twice; what is typed in between is lost.
        self.desk.wait_idle()
        if field.is_visible():
            field.fill(name)
            field.press("Enter")
            expect(ready.first).to_be_visible()
        self.desk.wait_idle()

    def make_samples(self) -> None:
        """Make the project of ten samples, and wait for its first picture."""
        button = self.page.get_by_role("button", name="Make a project from the samples")
        button.click()
        self.wait_ready()

    def wait_ready(self) -> None:
        """Wait until a picture with its mask is on screen and nothing is unsaved."""
        expect(self.desk.viewer).to_have_attribute("data-state", "ready")
        self.wait_saved()

    def wait_supplied(self, ahead: int) -> None:
        """Wait until so many of the pictures that come next are decoded in the browser."""
        self.page.wait_for_function(
            "([viewer, ahead]) => viewer.maskDesk.ahead().length >= ahead",
            arg=[self.desk.viewer.element_handle(), ahead],
        )

    def wait_saved(self) -> None:
        """Wait until the desk has stored all that was decided, and shows what comes next."""
        expect(self.bar).to_have_attribute("data-unsaved", "0")
        expect(self.bar).to_have_attribute("data-told", "true")
        self.desk.wait_idle()

    def read_subject(self) -> str:
        """The id of the picture on screen; "" at the end."""
        return self.bar.get_attribute("data-subject") or ""

    def look(self) -> str:
        """The id of the picture on screen, once it is there to be decided about."""
        subject = self.read_subject()
        if subject:
            expect(self.desk.viewer).to_have_attribute("data-state", "ready")
        return subject

    def press(self, key: str) -> None:
        """A key that decides at once; waits for what comes next."""
        before = self.look()
        self.page.keyboard.press(key)
        expect(self.bar).not_to_have_attribute("data-subject", before)
        self.wait_saved()

    def click(self, button: str) -> None:
        """A button that decides at once; waits for what comes next."""
        before = self.look()
        # Nobody judges faster than that, and the bar takes it for the half of a double click.
        self.page.wait_for_timeout(450)
        self.bar.locator(f'[data-do="{button}"]').click()
        expect(self.bar).not_to_have_attribute("data-subject", before)
        self.wait_saved()

    def count(self) -> tuple[int, int]:
        """Pictures decided, and of how many."""
        text = self.page.locator(".review-progress").inner_text()
        found = _COUNT.search(text)
        assert found, text
        done, total = (int(number.replace(",", "")) for number in found.groups())
        return done, total

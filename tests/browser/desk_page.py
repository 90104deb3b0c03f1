"""The desk in a browser as a test handles it: open, choose, read what stands there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.browser.watch import Watch


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table of areas; share in percent."""

    name: str
    pixels: int
    share: float


@dataclass
class DeskPage:
    """One browser context with one page of a desk."""

    page: Page
    address: str
    watch: Watch

    def open(self, path: str = "/inspect") -> None:
        """Load an address of the desk and wait until the page is whole."""
        self.page.goto(self.address + path)
        self.wait_idle()

    def open_inspect(self, query: str = "") -> None:
        """Load the Inspect page and wait until picture and mask are shown."""
        self.open(f"/inspect{query}")
        self.wait_ready()

    def wait_idle(self) -> None:
        """Wait until Streamlit runs no script."""
        app = self.page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]')
        app.wait_for()

    def wait_ready(self) -> None:
        """Wait until picture and mask are shown, and all beneath them."""
        expect(self.viewer).to_have_attribute("data-state", "ready")
        expect(self.page.locator("summary", has_text="Facts")).to_be_visible()
        self.wait_idle()

    def stand_still(self) -> None:
        """Wait until the page has not scrolled for some frames."""
        self.page.get_by_test_id("stMain").evaluate(
            """async (main) => {
              for (let last = -1, same = 0; same < 8; last = main.scrollTop) {
                await new Promise(requestAnimationFrame);
                same = main.scrollTop === last ? same + 1 : 0;
              }
            }"""
        )

    def wait_runs(self, count: int) -> None:
        """Wait until so many more runs of the page, or of a part of it, are over."""
        before = self.watch.count_runs()
        while self.watch.count_runs() < before + count:
            self.page.wait_for_timeout(50)

    # Where things are

    @property
    def viewer(self) -> Locator:
        return self.page.locator(".desk")

    @property
    def slider(self) -> Locator:
        return self.viewer.locator(".confidence input[type=range]")

    @property
    def notices(self) -> Locator:
        """Boxes with a message of the desk."""
        return self.page.locator(".desk-notice")

    @property
    def chosen_tile(self) -> Locator:
        return self.page.locator('.strip button[aria-selected="true"]')

    def tile(self, title: str) -> Locator:
        return self.page.locator(".strip button", has_text=title)

    # What is shown

    def shown_name(self) -> Locator:
        """The picture's name in the viewer's resting read-out."""
        return self.page.locator(".readout .what")

    def legend(self) -> dict[str, str]:
        """Share by class name, as the viewer's list of classes writes it."""
        rows = self.page.locator(".legend .present .row").all()
        return {
            row.locator(".name").inner_text(): row.locator(".share").inner_text() for row in rows
        }

    def bars(self) -> dict[str, str]:
        """Share by class name, as the chart writes it, in its order."""
        self._wait_until_drawn()
        chart = self.page.locator(".st-key-areas .js-plotly-plot")
        names = chart.locator(".ytick text").all_text_contents()
        shares = chart.locator(".bartext").all_text_contents()
        return dict(zip(names, shares, strict=True))

    def table(self) -> list[Row]:
        """The table of areas, through its accessible twin."""
        self._wait_until_drawn()
        rows = self.page.locator('.stDataFrame table[role="grid"] tbody tr').all()
        cells = [row.locator("td").all_text_contents() for row in rows]
        return [Row(name, int(pixels), float(share)) for name, pixels, share in cells]

    def _wait_until_drawn(self) -> None:
        """Wait until chart and table have drawn what the chart's description says.

        Both draw some moments after the script has run.
        """
        self.page.wait_for_function(
            """() => {
              const chart = document.querySelector(".st-key-areas .stPlotlyChart");
              const texts = (place) =>
                [...document.querySelectorAll(place)].map((text) => text.textContent);
              if (!chart) return false;
              const told = chart.getAttribute("aria-label").split(": ")[1].split(", ");
              const bars = texts(".st-key-areas .bartext");
              const named = texts(".st-key-areas .ytick text").map((n, at) => `${n} ${bars[at]}`);
              const cells = texts(".stDataFrame tbody td");
              const listed = told.map((_, at) => {
                const share = Number(cells[3 * at + 2]);
                const written = share < 0.05 ? "< 0.1 %" : `${share.toFixed(1)} %`;
                return `${cells[3 * at]} ${written}`;
              });
              return String(named) === String(told) && String(listed) === String(told)
                && cells.length === 3 * told.length;
            }"""
        )

    def facts(self) -> dict[str, str]:
        """The facts of the answer; opens their expander."""
        self.open_facts()
        facts = self.page.locator(".st-key-answer .desk-facts")
        what = facts.locator("dt").all_inner_texts()
        return dict(zip(what, facts.locator("dd").all_inner_texts(), strict=True))

    def open_facts(self) -> None:
        """Open the expander of facts where it is closed."""
        # One that is opened while its answer is being replaced goes with that answer.
        self.wait_idle()
        listed = self.page.locator(".st-key-answer .desk-facts")
        if not listed.is_visible():
            self.page.locator("summary", has_text="Facts").click()
        expect(listed).to_be_visible()

    def expect_asked(self, confidence: int) -> None:
        """Wait until chart, table and facts are those at this confidence."""
        self.open_facts()
        what = self.page.locator(".st-key-answer .desk-facts dt")
        said = what.get_by_text("Confidence", exact=True).locator("+ dd")
        expect(said).to_have_text(f"{confidence} of 100")
        self.wait_ready()

    def expect_in_address(self, name: str, value: str) -> None:
        """Wait until the page's address holds this parameter."""
        pattern = rf"[?&]{re.escape(name)}={re.escape(value)}(&|$)"
        expect(self.page).to_have_url(re.compile(pattern))

    def curl_command(self) -> str:
        """The command that repeats the request."""
        self.open_facts()
        return self.page.locator(".st-key-answer code").inner_text()

    def sample_at(self, x: int, y: int) -> dict[str, Any]:
        """What the viewer holds at an image pixel: {"id", "name", "confidence"}."""
        found: dict[str, Any] = self.viewer.evaluate(
            """(desk, [x, y]) => {
              const { entry, confidence } = desk.maskDesk.sampleAt(x, y);
              return { id: entry?.id, name: entry?.name, confidence };
            }""",
            [x, y],
        )
        return found

    def colour_at(self, x: float, y: float, pane: str = "image") -> tuple[int, ...]:
        """What a pane's canvas holds at a place of the picture: (red, green, blue, alpha).

        Args:
            x: across, 0 at the left edge and 1 at the right one.
            y: down, alike.
            pane: "image", or "mask" for the colours over it.
        """
        found: list[int] = self.viewer.evaluate(
            """(desk, [x, y, selector]) => {
              const canvas = desk.querySelector(selector);
              const name = desk.querySelector(".panes").getAttribute("aria-label");
              const label = desk.querySelector(".image .picture").getAttribute("aria-label");
              const [w, h] = label.match(/([\\d,]+) × ([\\d,]+) pixels$/).slice(1)
                .map((text) => Number(text.replaceAll(",", "")));
              const at = desk.maskDesk.transform();
              const [left, top] = [at.x + x * w * at.scale, at.y + y * h * at.scale];
              const context = canvas.getContext("2d");
              return [...context.getImageData(Math.round(left), Math.round(top), 1, 1).data];
            }""",
            [x, y, ".image .picture" if pane == "image" else ".colours"],
        )
        return tuple(found)

    def point_at(self, x: int, y: int, pane: str = ".pane.mask") -> None:
        """Move the mouse to the middle of an image pixel."""
        box = self.page.locator(pane).bounding_box()
        assert box is not None
        at = self.viewer.evaluate("desk => desk.maskDesk.transform()")
        ratio = at["pane"]["w"] / box["width"]
        self.page.mouse.move(
            box["x"] + (at["x"] + (x + 0.5) * at["scale"]) / ratio,
            box["y"] + (at["y"] + (y + 0.5) * at["scale"]) / ratio,
        )

    def readout(self) -> str:
        """The words of the viewer's read-out, single spaces between them."""
        return " ".join(self.page.locator(".readout").inner_text().split())

    # What people do

    def open_adding(self) -> None:
        """Open the panel with the ways to add pictures where it is closed."""
        panel = self.page.get_by_test_id("stPopoverBody")
        if not panel.is_visible():
            self.page.get_by_role("button", name="Add pictures").click()
        expect(panel).to_be_visible()

    def upload(self, *files: tuple[str, bytes]) -> None:
        """Give the uploader files by name and content."""
        payloads: list[FilePayload] = [
            {"name": name, "mimeType": "application/octet-stream", "buffer": content}
            for name, content in files
        ]
        self.open_adding()
        self.page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(payloads)

    def expect_shown(self, name: str) -> None:
        """Wait until the picture of this name is shown with its mask."""
        label = re.compile(rf"^{re.escape(name)} and its mask\.")
        expect(self.page.locator(".panes")).to_have_attribute("aria-label", label)
        self.wait_ready()

    def paste_address(self, url: str) -> None:
        """Type a picture's address and open it."""
        self.open_adding()
        self.page.get_by_role("textbox", name="or paste the address of a picture").fill(url)
        self.page.get_by_test_id("stFormSubmitButton").get_by_role("button", name="Open").click()

    def choose_model(self, model: str) -> None:
        """Choose a model in the list."""
        self.page.locator(".st-key-model").get_by_role("button", name="Open").click()
        self.page.get_by_role("option", name=model).click()

    def switch_to(self, page: str) -> None:
        """Follow the navigation to another page."""
        self.page.get_by_test_id("stTopNavLink").filter(has_text=page).click()

"""A worker that is slow, for as long as a test wants."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Page


@dataclass(frozen=True)
class Held:
    """Messages on their way to a worker that do not arrive yet."""

    page: Page

    def wait(self, count: int = 1) -> None:
        """Wait until so many are held."""
        self.page.wait_for_function("count => globalThis.held.length >= count", arg=count)

    def let_go(self) -> None:
        """Let all of them arrive, and every later one at once."""
        self.page.evaluate("letGo()")


def hold_worker(page: Page, name: str) -> Held:
    """Hold back what is sent to workers under a name: "blob" (pictures) or "sizes" (answers)."""
    page.evaluate(
        """name => {
          const send = Worker.prototype.postMessage;
          globalThis.held = [];
          Worker.prototype.postMessage = function (...given) {
            if (name in given[0]) held.push(() => send.apply(this, given));
            else send.apply(this, given);
          };
          globalThis.letGo = () => {
            Worker.prototype.postMessage = send;
            for (const go of held) go();
          };
        }""",
        name,
    )
    return Held(page)

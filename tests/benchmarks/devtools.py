"""A Chromium driven over its own debugging pipe, with nothing switched on that was not asked for.

Playwright always listens to the network: every packet of megabytes would be handed to it too, on
the very threads whose time and memory are measured here.

The protocol: https://chromedevtools.github.io/devtools-protocol/, messages end with a zero byte.
"""

from __future__ import annotations

import fcntl
import itertools
import json
import os
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BufferedReader
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO, Final

from tests.chromium import CHROMIUM_ARGS, find_chromium

VIEWPORT_WH: Final = (1400, 900)

# As a browser in front of somebody: no window counts as covered or in the background.
_ARGS: Final = (
    "--headless",
    "--remote-debugging-pipe",
    "--no-default-browser-check",
    "--disable-renderer-backgrounding",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    f"--window-size={VIEWPORT_WH[0]},{VIEWPORT_WH[1]}",
)
_KEYS: Final = {
    "Enter": {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "text": "\r"},
    "r": {"key": "r", "code": "KeyR", "windowsVirtualKeyCode": 82, "text": "r"},
}


@dataclass(slots=True)
class Chromium:
    """A browser process.

    Attributes:
        pid: of its main process.
        events: what domains that were switched on have told, oldest first.
    """

    pid: int
    to: BinaryIO
    back: BufferedReader
    events: list[dict[str, Any]] = field(default_factory=list)
    _ids: Iterator[int] = field(default_factory=itertools.count)

    def call(self, method: str, session: str = "", **params: Any) -> dict[str, Any]:
        """Call a method of the protocol and return its result.

        Raises:
            SystemExit: the browser refused, or is gone.
        """
        asked = self.tell(method, session, **params)
        while (answer := self._read()).get("id") != asked:
            # Other answers are to those who did not wait for them.
            if "method" in answer:
                self.events.append(answer)
        if "error" in answer:
            raise SystemExit(f"{method}: {answer['error']['message']}")
        result: dict[str, Any] = answer["result"]
        return result

    def tell(self, method: str, session: str = "", **params: Any) -> int:
        """Call a method of the protocol and wait for nothing; returns the call's number."""
        message: dict[str, Any] = {"id": next(self._ids), "method": method, "params": params}
        if session:
            message["sessionId"] = session
        self.to.write(json.dumps(message).encode() + b"\0")
        self.to.flush()
        return int(message["id"])

    def wait_for(self, event: str) -> None:
        """Read until an event of this name has come."""
        while not any(heard["method"] == event for heard in self.events):
            if "method" in (heard := self._read()):
                self.events.append(heard)

    def _read(self) -> dict[str, Any]:
        data = bytearray()
        while not data.endswith(b"\0"):
            # What is there already, or what comes next; one message may come in many pieces.
            ready = self.back.peek()
            if not ready:
                raise SystemExit("Chromium ended.")
            data += self.back.read(ready.find(b"\0") + 1 or len(ready))
        message: dict[str, Any] = json.loads(data[:-1])
        return message

    def open(self, address: str, script: str, pixel_ratio: float = 1) -> Page:
        """Open a page in a window of its own; the script runs in it before its own scripts."""
        target = self.call("Target.createTarget", url="about:blank", newWindow=True)["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = Page(self, session)
        width, height = VIEWPORT_WH
        page.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=pixel_ratio,
            mobile=False,
        )
        page.call("Page.enable")
        page.call("Page.addScriptToEvaluateOnNewDocument", source=script)
        self.events.clear()
        page.call("Page.navigate", url=address)
        self.wait_for("Page.loadEventFired")
        page.call("Page.disable")
        return page

    @contextmanager
    def trace(self, categories: Sequence[str]) -> Iterator[list[dict[str, Any]]]:
        """Collect trace events of all processes; the list is filled when the context ends."""
        found: list[dict[str, Any]] = []
        config = {"includedCategories": list(categories), "recordMode": "recordUntilFull"}
        self.call("Tracing.start", transferMode="ReportEvents", traceConfig=config)
        yield found
        self.events.clear()
        self.call("Tracing.end")
        self.wait_for("Tracing.tracingComplete")
        for event in self.events:
            if event["method"] == "Tracing.dataCollected":
                found.extend(event["params"]["value"])
        self.events.clear()


@dataclass(frozen=True, slots=True)
class Page:
    """A page and the session that drives it."""

    browser: Chromium
    session: str

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Call a method of the protocol for this page."""
        return self.browser.call(method, self.session, **params)

    def evaluate(self, expression: str) -> Any:
        """Evaluate JavaScript, wait for it where it is a promise, and return its value as JSON.

        Raises:
            SystemExit: it threw.
        """
        got = self.call(
            "Runtime.evaluate",
            expression=expression,
            awaitPromise=True,
            returnByValue=True,
        )
        if "exceptionDetails" in got:
            thrown = got["exceptionDetails"]
            text = thrown.get("exception", {}).get("description") or thrown["text"]
            raise SystemExit(f"In the browser: {text}")
        return got["result"].get("value")

    def press(self, key: str) -> None:
        """Press and release a key, one of _KEYS."""
        self.call("Input.dispatchKeyEvent", type="keyDown", **_KEYS[key])
        self.call("Input.dispatchKeyEvent", type="keyUp", **_KEYS[key])

    def press_mouse(self, x: float, y: float) -> None:
        """Press the left button over a point of the window, in CSS pixels."""
        self._mouse("mousePressed", x, y, buttons=1, button="left", clickCount=1)

    def release_mouse(self, x: float, y: float) -> None:
        """Release the left button."""
        self._mouse("mouseReleased", x, y, buttons=0, button="left", clickCount=1)

    def move_mouse(self, x: float, y: float, *, held: bool = False, waits: bool = True) -> None:
        """Move the mouse, `held` with the left button down.

        A hand does not wait until the page has taken its movement in; that is waits=False.
        """
        button = "left" if held else "none"
        self._mouse("mouseMoved", x, y, waits, buttons=int(held), button=button)

    def turn_wheel(self, x: float, y: float, by: float) -> None:
        """Turn the wheel over a point, in CSS pixels, positive down, and wait for nothing."""
        self._mouse("mouseWheel", x, y, waits=False, deltaX=0, deltaY=by)

    def _mouse(self, kind: str, x: float, y: float, waits: bool = True, **more: Any) -> None:
        ask = self.browser.call if waits else self.browser.tell
        ask("Input.dispatchMouseEvent", self.session, type=kind, x=x, y=y, **more)


def wait(seconds: float) -> None:
    """Leave the browser to itself: no script runs in it to find out whether time has passed."""
    time.sleep(seconds)


@contextmanager
def open_chromium() -> Iterator[Chromium]:
    """Start a headless Chromium with a profile of its own for as long as the context lasts.

    Raises:
        SystemExit: there is none on this machine.
    """
    program = find_chromium()
    if program is None:
        raise SystemExit(
            "Found no Chromium; ./tests/bench installs one, or name one in MASK_DESK_CHROMIUM."
        )
    with TemporaryDirectory(prefix="mask-desk-bench-", ignore_cleanup_errors=True) as profile:
        theirs_in, ours_out = _open_pipe()
        ours_in, theirs_out = _open_pipe()
        arguments = [program, *CHROMIUM_ARGS, *_ARGS, f"--user-data-dir={profile}"]
        silence = (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0)
        # Chromium reads from descriptor 3 and writes to 4.
        pid = os.posix_spawn(
            program,
            arguments,
            dict(os.environ),
            file_actions=[
                (os.POSIX_SPAWN_DUP2, theirs_in, 3),
                (os.POSIX_SPAWN_DUP2, theirs_out, 4),
                silence,
            ],
        )
        os.close(theirs_in)
        os.close(theirs_out)
        try:
            with os.fdopen(ours_out, "wb") as to, os.fdopen(ours_in, "rb") as back:
                browser = Chromium(pid, to, back)
                yield browser
                browser.call("Browser.close")
        finally:
            _end(pid)


def _open_pipe() -> tuple[int, int]:
    """A pipe's reading and writing end, both away from 3 and 4."""
    ends = os.pipe()
    moved = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in ends]
    for end in ends:
        os.close(end)
    return moved[0], moved[1]


def _end(pid: int) -> None:
    for _ in range(50):
        if os.waitpid(pid, os.WNOHANG)[0]:
            return
        time.sleep(0.1)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)

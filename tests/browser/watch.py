"""What a page does behind its face: console, requests, and what travels over its sockets."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Page, Request, WebSocket
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

# Streamlit looks for its server beneath the page's own path before it looks at the root.
_PROBE = re.compile(
    r"/(inspect|review|insights|exports|add|connection)/_stcore/(health|host-config)"
)
_GONE = re.compile(
    r"WebSocket|ERR_(CONNECTION|EMPTY|SOCKET)|status of (401|404|50[234])|Network Error"
    r"|when disconnected from server|Logo source error|No response received|not responding"
)


@dataclass
class Watch:
    """What was seen of a page since it was opened.

    Attributes:
        address: the desk's own address.
        faults: console errors and exceptions.
        strangers: addresses asked that are not the desk's own.
        urls: all addresses asked, sockets too.
        received: payloads of the sockets' frames that came to the browser.
        is_forgiving: whether the desk may be gone for a while, which is no fault of the page.
    """

    address: str
    faults: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    urls: list[str] = field(default_factory=list)
    received: list[bytes] = field(default_factory=list)
    is_forgiving: bool = False

    def listen(self, page: Page) -> None:
        """Begin to listen."""
        page.on("console", self._hear)
        page.on("pageerror", self._fail)
        page.on("request", self._ask)
        page.on("websocket", self._open)

    def stop(self, page: Page) -> None:
        """Hear no more of a page, which goes on to another test."""
        page.remove_listener("console", self._hear)
        page.remove_listener("pageerror", self._fail)
        page.remove_listener("request", self._ask)
        page.remove_listener("websocket", self._open)

    def count_runs(self) -> int:
        """Runs of the page, and of parts of it, that are over."""
        messages = map(ForwardMsg.FromString, self.received)
        return sum(message.WhichOneof("type") == "script_finished" for message in messages)

    def _hear(self, message: ConsoleMessage) -> None:
        url = message.location.get("url", "")
        is_probe = "404" in message.text and _PROBE.fullmatch(urlsplit(url).path)
        is_gone = self.is_forgiving and _GONE.search(message.text)
        if message.type == "error" and not is_probe and not is_gone:
            self._fail(f"{message.text} ({url})")

    def _fail(self, error: object) -> None:
        self.faults.append(str(error))

    def _ask(self, request: Request) -> None:
        self._note(request.url)

    def _note(self, url: str) -> None:
        self.urls.append(url)
        place = url.removeprefix("blob:")
        is_own = urlsplit(place).netloc == urlsplit(self.address).netloc
        if not is_own and not place.startswith("data:"):
            self.strangers.append(url[:200])

    def _open(self, channel: WebSocket) -> None:
        self._note(channel.url)
        channel.on("framereceived", self._take)

    def _take(self, payload: bytes | str) -> None:
        self.received.append(payload if isinstance(payload, bytes) else payload.encode())

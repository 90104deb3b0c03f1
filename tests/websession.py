"""A browser session of the desk without a browser: Streamlit's own messages over a real websocket.

For many reviewers at once, where as many Chromiums would be no machine's measure. What a page's
components show is read from the messages as the browser would; what people do is sent as it does.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

_LARGEST = 1 << 28


class WebSession:
    """One browser tab at a page of a desk."""

    def __init__(self, address: str, page: str, cookies: Mapping[str, str] | None = None) -> None:
        """Nothing is opened yet.

        Args:
            address: of the desk, "http://127.0.0.1:PORT".
            page: such as "review".
            cookies: by name, as the browser would send them.
        """
        self._url = f"ws://{urlsplit(address).netloc}/_stcore/stream"
        self._origin = address
        self._page = page
        self._cookies = "; ".join(f"{name}={value}" for name, value in (cookies or {}).items())
        self._socket: ClientConnection | None = None
        self._known: dict[str, ForwardMsg] = {}
        self._elements: dict[tuple[int, ...], Any] = {}
        self._fragments: dict[str, str] = {}
        self._page_hash = ""
        self._is_fragment = False
        self.query: dict[str, str] = {}

    async def open(self, **query: str) -> None:
        """Connect and run the page at an address with these parameters."""
        self.query = query
        self._socket = await connect(
            self._url,
            origin=self._origin,  # type: ignore[arg-type]
            additional_headers={"Cookie": self._cookies} if self._cookies else None,
            subprotocols=["streamlit"],  # type: ignore[list-item]
            max_size=_LARGEST,
            compression=None,
        )
        await self._run(BackMsg())

    async def close(self) -> None:
        """Leave, as a closed tab does."""
        if self._socket is not None:
            await self._socket.close()

    def read_part(self, name: str) -> dict[str, Any]:
        """What a part of the page, such as "bar:deciding", says.

        Raises:
            LookupError: there is none on the page.
        """
        for element in self._elements.values():
            if element.WhichOneof("type") != "bidi_component":
                continue
            data = element.bidi_component.bytes
            length = int.from_bytes(data[:4], "little")
            if data[4 : 4 + length] == name.encode():
                found: dict[str, Any] = json.loads(data[4 + length :])
                return found
        raise LookupError(name)

    def read_data(self, component: str) -> dict[str, Any]:
        """What a component was handed as JSON.

        Raises:
            LookupError: the component is not on the page.
        """
        found: dict[str, Any] = json.loads(self._find(component).json)
        return found

    def read_texts(self) -> str:
        """All that the page writes as HTML of its own."""
        return "\n".join(
            element.html.body
            for element in self._elements.values()
            if element.WhichOneof("type") == "html"
        )

    async def send(self, component: str, event: str, value: Mapping[str, Any]) -> None:
        """What a component sends when somebody does something; runs its fragment.

        Raises:
            LookupError: the component is not on the page.
        """
        id_ = self._find(component).id
        message = BackMsg()
        state = message.rerun_script.widget_states.widgets.add()
        state.id = f"$$STREAMLIT_INTERNAL_KEY_{id_}__events"
        state.json_trigger_value = json.dumps([{"event": event, "value": dict(value)}])
        message.rerun_script.fragment_id = self._fragments.get(id_, "")
        await self._run(message)

    def _find(self, component: str) -> Any:
        """The first of these components on the page."""
        name = f"mask_desk_{component}"
        for element in self._elements.values():
            if element.WhichOneof("type") == "bidi_component" and (
                element.bidi_component.component_name.endswith(name)
            ):
                return element.bidi_component
        raise LookupError(component)

    async def _run(self, message: BackMsg) -> None:
        assert self._socket is not None
        message.rerun_script.query_string = urlencode(self.query)
        message.rerun_script.page_script_hash = self._page_hash
        message.rerun_script.page_name = "" if self._page_hash else self._page
        message.rerun_script.cached_message_hashes.extend(self._known)
        self._is_fragment = bool(message.rerun_script.fragment_id)
        await self._socket.send(message.SerializeToString())
        while True:
            raw = await asyncio.wait_for(self._socket.recv(), 120)
            assert isinstance(raw, bytes)
            forward = ForwardMsg.FromString(raw)
            if self._take(forward):
                return

    def _take(self, forward: ForwardMsg) -> bool:
        """Put a message on the page; whether the run is over with it."""
        kind = forward.WhichOneof("type")
        path = tuple(forward.metadata.delta_path)
        if kind == "ref_hash":
            forward = self._known[forward.ref_hash]
            kind = forward.WhichOneof("type")
        elif forward.metadata.cacheable:
            self._known[forward.hash] = forward
        if kind == "new_session":
            self._page_hash = forward.new_session.page_script_hash
            # A fragment's run leaves on the page what is not its own.
            if not self._is_fragment:
                self._elements.clear()
        elif kind == "navigation" and forward.navigation.page_script_hash:
            # Which page an address means is known once the script has named its pages.
            self._page_hash = forward.navigation.page_script_hash
        elif kind == "delta":
            delta = forward.delta
            if delta.WhichOneof("type") == "new_element":
                self._elements[path] = delta.new_element
                if delta.new_element.WhichOneof("type") == "bidi_component":
                    self._fragments[delta.new_element.bidi_component.id] = delta.fragment_id
        elif kind == "page_info_changed":
            pairs = (
                pair.split("=", 1) for pair in forward.page_info_changed.query_string.split("&")
            )
            self.query = dict(pair for pair in pairs if len(pair) == 2)
        return kind == "script_finished" and forward.script_finished in (
            ForwardMsg.FINISHED_SUCCESSFULLY,
            ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY,
        )

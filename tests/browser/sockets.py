"""The way between Streamlit's client and its server, which a test may shut, or put something on."""

from __future__ import annotations

from playwright.sync_api import Page, WebSocketRoute
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg


class SocketWay:
    """All sockets of a page to its server, over the real network.

    Made before the page is opened.

    Attributes:
        brings: whether what the server sends reaches the page; else it waits for `bring`.
        takes: whether what the page sends reaches the server; else it is lost.
        sent: what the page asked to be run, oldest first.
    """

    def __init__(self, page: Page) -> None:
        self.brings = self.takes = True
        self.sent: list[ClientState] = []
        self._waiting: list[tuple[WebSocketRoute, str | bytes]] = []
        self._sockets: list[WebSocketRoute] = []
        page.route_web_socket("**/_stcore/stream", self._join)

    def bring(self) -> None:
        """Let what has waited reach the page, and what comes from now on."""
        self.brings = True
        for socket, message in self._waiting:
            socket.send(message)
        self._waiting.clear()

    @property
    def has_finished(self) -> bool:
        """Whether word that a run of the whole page is over is among what waits."""
        return any(_is_finish(message) for _, message in self._waiting)

    def break_page(self) -> None:
        """Send an element for a place that there is not, on which Streamlit's client throws."""
        message = ForwardMsg()
        message.delta.new_element.text.body = "Nowhere"
        message.metadata.delta_path.extend([0, 999])
        self._sockets[-1].send(message.SerializeToString())

    def _join(self, socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        self._sockets.append(socket)
        socket.on_message(lambda message: self._take(server, message))
        server.on_message(lambda message: self._bring(socket, message))

    def _take(self, server: WebSocketRoute, message: str | bytes) -> None:
        asked = BackMsg()
        asked.ParseFromString(message if isinstance(message, bytes) else message.encode())
        if asked.HasField("rerun_script"):
            self.sent.append(asked.rerun_script)
        if self.takes:
            server.send(message)

    def _bring(self, socket: WebSocketRoute, message: str | bytes) -> None:
        if self.brings:
            socket.send(message)
        else:
            self._waiting.append((socket, message))


def _is_finish(message: str | bytes) -> bool:
    told = ForwardMsg()
    told.ParseFromString(message if isinstance(message, bytes) else message.encode())
    return (
        told.HasField("script_finished")
        and told.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY
    )

"""Starting and stopping the built-in server in a thread of its own."""

from __future__ import annotations

import socket
import threading
from collections.abc import Collection
from types import TracebackType
from typing import Any, Self

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from components.errors import SettingsError
from components.local_server.models import ModelCard, load_models
from components.local_server.routes import build_app

_START_SECONDS = 15.0
_STOP_SECONDS = 5.0


class _QuietProtocol(H11Protocol):
    """HTTP without an access log, since a request line holds the key.

    uvicorn's own switch for this empties the process-wide "uvicorn.access" logger, which belongs to
    whoever else runs uvicorn here (Streamlit does).
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.access_log = False


class LocalServer:
    """A running built-in server. Close it, or use it as a context manager.

    Attributes:
        address: "http://127.0.0.1:PORT", without a slash at the end.
        models: the cards of the models it answers for.
    """

    def __init__(self, *, port: int, host: str, allow_hosts: Collection[str]) -> None:
        models = load_models()
        self.models: tuple[ModelCard, ...] = tuple(model.card for model in models)
        app, self._service = build_app(models, allow_hosts)
        self._socket = _listen(host, port)
        self.address = _address(host, self._socket.getsockname()[1])
        config = uvicorn.Config(
            app,
            http=_QuietProtocol,
            ws="none",
            loop="asyncio",
            lifespan="off",
            log_config=None,
            timeout_graceful_shutdown=3,
        )
        self._server = uvicorn.Server(config)
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run, name="local-server", daemon=True)
        self._thread.start()
        if not self._started.wait(_START_SECONDS):
            raise SettingsError("The built-in server did not start. Start the desk once more.")

    def _run(self) -> None:
        # The socket listens already, so connections made from here on are queued, not refused.
        self._started.set()
        self._server.run(sockets=[self._socket])

    def close(self) -> None:
        """Stop answering and free the port. Safe to call twice."""
        self._server.should_exit = True
        self._thread.join(_STOP_SECONDS)
        self._socket.close()
        self._service.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"LocalServer({self.address!r})"


def start(
    *, port: int = 0, host: str = "127.0.0.1", allow_hosts: Collection[str] = ()
) -> LocalServer:
    """Start the built-in server in a daemon thread; it accepts connections when this returns.

    Args:
        port: TCP port; 0 picks a free one.
        host: address to listen on.
        allow_hosts: host names an `image=` URL may name although they are private or without TLS.

    Returns:
        The running server.

    Raises:
        SettingsError: the port or host cannot be listened on.
    """
    return LocalServer(port=port, host=host, allow_hosts=allow_hosts)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # By the protocol's number asyncio knows that it may send small packets at once; without it the
    # second call of a connection waits 40 ms for an acknowledgement.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(128)
    except (OSError, OverflowError) as error:
        listener.close()
        raise SettingsError(
            f"The built-in server cannot listen on {host}, port {port}. "
            "Choose another port, or stop the program that uses this one.",
            str(error),
        ) from error
    return listener


def _address(host: str, port: int) -> str:
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104 - compared only
    if ":" in shown and not shown.startswith("["):
        shown = f"[{shown}]"
    return f"http://{shown}:{port}"

"""Makes what happens seldom, and more often on a busy machine, happen every time.

The server's event loop is stopped where it has taken a fragment's message in hand and not looked at
it yet, until the script that is running is at its end: as it would be if the script's thread had
the processor for that long.
"""

from __future__ import annotations

import threading
from typing import Final

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.runtime.app_session import AppSession

IN_HAND: Final = threading.Event()
"""Set as soon as there is such a message."""

_handle = AppSession.handle_backmsg


def _handle_late(session: AppSession, msg: BackMsg) -> None:
    runner = session._scriptrunner
    if msg.rerun_script.fragment_id and runner is not None and runner._script_thread is not None:
        IN_HAND.set()
        runner._script_thread.join()
        print("The script is over.", flush=True)
    _handle(session, msg)


AppSession.handle_backmsg = _handle_late  # type: ignore[assignment, method-assign]

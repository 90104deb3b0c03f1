"""Uploads to Roboflow in the background of the desk: one at a time, stopped and gone on with."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Literal

from components.errors import Conflict, DeskError
from components.export.roboflow import Roboflow
from components.export.roboflow_ledger import Ledger, name_ledger
from components.export.roboflow_upload import Manner, Sending, send
from components.model.clock import read_clock
from components.model.exhibit import Exhibits
from components.settings import RoboflowSettings

LOG = logging.getLogger("mask_desk")

_END_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload as it stands now.

    Attributes:
        project_id: of the desk's project.
        target: the project at Roboflow.
        by: who began it.
        state: "running" until nothing more is sent.
        sending: how far it is.
        begun_at, ended_at: UTC milliseconds; 0 while not yet.
    """

    project_id: str
    target: str
    by: str
    state: Literal["running", "over"] = "running"
    sending: Sending = field(default_factory=Sending)
    begun_at: int = 0
    ended_at: int = 0


class Uploads:
    """The uploads of this process, the last one of each project."""

    def __init__(self, folder: Path) -> None:
        """Begin with none.

        Args:
            folder: where is kept what was sent; made when something is.
        """
        self._folder = folder
        self._uploads: dict[str, Upload] = {}
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def open_ledger(self, settings: RoboflowSettings, target: str) -> Ledger:
        """What was sent to a project before.

        Raises:
            ExportError: it cannot be read.
        """
        return Ledger(self._folder / name_ledger(settings.address, target))

    def begin(
        self,
        project_id: str,
        by: str,
        open_exhibits: Callable[[], Exhibits],
        settings: RoboflowSettings,
        target: str,
        manner: Manner,
    ) -> Upload:
        """Send in the background.

        Args:
            project_id: of the desk's project.
            by: who begins it.
            open_exhibits: gives the pictures wished for.
            settings: whose key is not empty.
            target: the project at Roboflow.
            manner: how it is sent.

        Raises:
            Conflict: another one is under way.
            ExportError: what was sent before cannot be read.
        """
        ledger = self.open_ledger(settings, target)
        with self._lock:
            if any(one.state == "running" for one in self._uploads.values()):
                raise Conflict(
                    "Another upload to Roboflow is under way. Begin this one when it is over."
                )
            upload = Upload(project_id, target, by, begun_at=read_clock())
            self._uploads[project_id] = upload
            self._stop = stop = threading.Event()
            self._thread = threading.Thread(
                target=self._run,
                args=(project_id, open_exhibits, settings, target, ledger, manner, stop),
                name="roboflow upload",
                daemon=True,
            )
            self._thread.start()
        return upload

    def look(self, project_id: str) -> Upload | None:
        """The last upload of a project; None where there was none since the desk started."""
        with self._lock:
            return self._uploads.get(project_id)

    def cancel(self, project_id: str) -> None:
        """Stop the upload of a project: what is under way is ended, nothing more is begun."""
        with self._lock:
            upload = self._uploads.get(project_id)
            if upload is not None and upload.state == "running":
                self._stop.set()

    def stop(self) -> None:
        """Stop whatever is under way, and wait a little for its end."""
        with self._lock:
            self._stop.set()
            thread = self._thread
        if thread is not None:
            thread.join(_END_SECONDS)

    def _run(
        self,
        project_id: str,
        open_exhibits: Callable[[], Exhibits],
        settings: RoboflowSettings,
        target: str,
        ledger: Ledger,
        manner: Manner,
        stop: threading.Event,
    ) -> None:
        client = Roboflow(settings, target, stop=stop)
        try:
            sending = send(
                open_exhibits(),
                client,
                ledger,
                manner,
                stop=stop,
                tell=lambda sending: self._change(project_id, sending=sending),
            )
            self._change(project_id, sending=sending)
        except DeskError as error:
            LOG.warning("An upload to Roboflow failed: %s", error.detail or error.message)
            self._fail(project_id, error.message)
        except Exception:  # a page waits for it, and nobody else would tell it
            LOG.exception("An upload to Roboflow failed")
            self._fail(
                project_id,
                "The upload failed for a reason that whoever runs this desk finds in its log. What "
                "was sent stays sent.",
            )
        finally:
            client.close()
            self._change(project_id, state="over", ended_at=read_clock())

    def _fail(self, project_id: str, message: str) -> None:
        with self._lock:
            sending = self._uploads[project_id].sending
        self._change(project_id, sending=replace(sending, stopped=message))

    def _change(self, project_id: str, **changed: object) -> None:
        with self._lock:
            self._uploads[project_id] = replace(self._uploads[project_id], **changed)  # type: ignore[arg-type]

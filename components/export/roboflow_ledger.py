"""What has been sent to a Roboflow project already: a small file that a second upload goes on from.

Nothing is lost where the file is: pictures are known there by their content, and masks that are
there are refused with 409; it only saves sending them.
"""

from __future__ import annotations

import hashlib
import json
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from components.errors import ExportError

KEPT_THERE: Final = "kept"
"""Stands for a mask in an entry where the picture had annotations already, which stayed."""


class Unkept(ExportError):
    """What was sent cannot be noted."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known of one picture.

    Attributes:
        image_sha256: of the picture's bytes.
        image_id: Roboflow's own.
        mask: which mask it has there, see `sign_mask`; "" while it has none of ours,
            KEPT_THERE where it has another's.
    """

    image_sha256: str
    image_id: str
    mask: str = ""


class Ledger:
    """One line of JSON an event, only ever added; the last one of a picture counts."""

    def __init__(self, path: Path) -> None:
        """Read what is known.

        Args:
            path: of the file, which need not be there yet.

        Raises:
            ExportError: it is there and cannot be read.
        """
        self._path = path
        self._lock = threading.Lock()
        self._entries: dict[str, Entry] = {}
        self._is_broken_off = False
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return
        except (OSError, ValueError) as error:
            raise ExportError(
                "The desk cannot read what it sent to Roboflow before. Look after the folder "
                "handed_back in the desk’s own folder, or remove it: what is there already is "
                "found there again.",
                str(error),
            ) from error
        self._is_broken_off = bool(text) and not text.endswith("\n")
        for line in text.splitlines():
            entry = _read(line)
            if entry is not None:
                self._entries[entry.image_sha256] = entry

    def find(self, image_sha256: str) -> Entry | None:
        """What is known of a picture; None where nothing was sent of it."""
        return self._entries.get(image_sha256)

    def note(self, entry: Entry) -> None:
        """Keep it, on the disk before anything else is sent.

        Raises:
            Unkept: the file cannot be written.
        """
        try:
            with self._lock:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                with self._path.open("a", encoding="utf-8") as file:
                    file.write("\n" * self._is_broken_off + json.dumps(asdict(entry)) + "\n")
                self._is_broken_off = False
                self._entries[entry.image_sha256] = entry
        except OSError as error:
            raise Unkept(
                "The desk cannot keep what it sent to Roboflow: its disk is full or cannot be "
                "written. Make room, then go on.",
                str(error),
            ) from error


def name_ledger(address: str, project: str) -> str:
    """The file name for what was sent to a project of the API at an address."""
    digest = hashlib.sha256(f"{address}\n{project}".encode()).hexdigest()
    return f"{digest[:32]}.jsonl"


def sign_mask(mask_sha256: str, confidence: int | None) -> str:
    """What tells one mask from another: the answer's, and where it was cut."""
    return mask_sha256 if confidence is None else f"{mask_sha256}@{confidence}"


def _read(line: str) -> Entry | None:
    """An entry; None for a line that broke off when the machine stopped."""
    try:
        fields = json.loads(line)
        return Entry(str(fields["image_sha256"]), str(fields["image_id"]), str(fields["mask"]))
    except (ValueError, TypeError, KeyError):
        return None

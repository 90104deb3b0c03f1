"""What a source gives: pictures that may be read, and what was refused with the reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SourceLimits:
    """How much is taken from one source; what is beyond is refused in a sentence.

    Attributes:
        max_entries: pictures taken. Ten times the ten thousand of a long night's run, and still
            few enough for their names to be sorted in memory.
        max_refusals: refusals told one by one; the rest is told as a number. Nobody reads more.
        max_file_bytes: one picture or truth mask, unpacked; the same as one upload may have.
        max_total_bytes: everything in one archive, unpacked, as it declares itself.
        max_ratio: unpacked over packed size of an archive's member of more than 1 MB.
            Photographs stay below 2 and drawings saved as BMP below 100; deflate itself ends at
            1,032 (RFC 1951), which only bombs come near.
        max_list_bytes: a list of addresses: 100,000 lines of 200 characters.
        max_answer_bytes: an existing answer; as much as one may have that comes from a server.
        max_depth: folders inside one another.
    """

    max_entries: int = 100_000
    max_refusals: int = 10_000
    max_file_bytes: int = 60_000_000
    max_total_bytes: int = 50_000_000_000
    max_ratio: float = 200.0
    max_list_bytes: int = 20_000_000
    max_answer_bytes: int = 100_000_000
    max_depth: int = 32

    @property
    def max_members(self) -> int:
        """Files looked at in one folder or archive: each picture with a mask and an answer."""
        return 3 * self.max_entries


@dataclass(frozen=True, slots=True)
class Candidate:
    """A picture that may be taken in; nothing of it has been read yet.

    The functions may be called from any thread, more than once, and raise `IntakeError` alone.

    Attributes:
        name: the path to show, with "/" between folders; printable, at most 200 characters.
        group: a list's group column, or the name of the first folder it lies in; "" without.
        url: the http(s) address it is fetched from; None for a file.
        read: gives the picture's bytes. Raises `ImageTooLarge`, `DownloadRefused`,
            `DownloadFailed`, or `IntakeError` for a file that cannot be read any more.
        read_truth: gives the truth mask's file, for `check_truth`; None where there is none.
        read_answer: gives an existing answer of the segmentation API, JSON; None where there is
            none.
    """

    name: str
    group: str
    url: str | None
    read: Callable[[], bytes]
    read_truth: Callable[[], bytes] | None = None
    read_answer: Callable[[], bytes] | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something in a source that is not taken.

    Attributes:
        name: which, to show: a path, a line of a list.
        message: plain sentences: what was expected, what came, what to do.
    """

    name: str
    message: str


DEFAULT_SOURCE_LIMITS = SourceLimits()

"""How the built-in server says no: a status and one of the two envelopes real servers use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class Refusal(Exception):
    """A request that is answered with an error status. Never leaves this room.

    Attributes:
        status: HTTP status, 4xx.
        envelope: the JSON body, either {"message": str} or {"detail": list}.
    """

    def __init__(self, status: int, envelope: Mapping[str, Any]) -> None:
        super().__init__(status, envelope)
        self.status = status
        self.envelope = envelope


def malformed(reason: str) -> Refusal:
    """A 400 about the image, in the {"message"} envelope."""
    return Refusal(400, {"message": f"The input image could not be loaded: {reason}"})


def too_large(reason: str) -> Refusal:
    """A 413 about bytes or pixels, in the {"message"} envelope."""
    return Refusal(413, {"message": f"The input image is too large: {reason}"})


def invalid(faults: Sequence[Mapping[str, Any]]) -> Refusal:
    """A 422 about a query parameter, in the {"detail": [...]} envelope, an entry a reading."""
    return Refusal(422, {"detail": list(faults)})

"""Intake: bytes or a web address become a `SourceImage`, or a clear sentence why not.

What many pictures are read from at once, and how they are named and paired, is in `sources`.
"""

from components.intake.entrance import Limits, take_bytes, take_many, take_url
from components.intake.sources import (
    Candidate,
    Refusal,
    SourceLimits,
    check_truth,
    count_source,
    list_source,
    read_truth_classes,
)

__all__ = [
    "Candidate",
    "Limits",
    "Refusal",
    "SourceLimits",
    "check_truth",
    "count_source",
    "list_source",
    "read_truth_classes",
    "take_bytes",
    "take_many",
    "take_url",
]

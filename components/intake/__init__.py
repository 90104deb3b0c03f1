"""Intake: bytes or a web address become a `SourceImage`, or a clear sentence why not."""

from components.intake.entrance import Limits, take_bytes, take_many, take_url

__all__ = ["Limits", "take_bytes", "take_many", "take_url"]

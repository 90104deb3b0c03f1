"""Pins, as the viewer takes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from components.model.review import Pin
from components.ui.wording import write_when


def describe_pin(number: int, pin: Pin) -> Mapping[str, Any]:
    """A pin as the viewer takes it."""
    return {
        "id": pin.id,
        "number": number,
        "x": pin.x,
        "y": pin.y,
        "text": pin.text,
        "author": pin.author,
        "when": write_when(pin.at),
        "class_name": pin.class_name,
        "sureness": pin.sureness,
        "is_open": pin.is_open,
        "replies": [
            {
                "id": remark.id,
                "author": remark.author,
                "when": write_when(remark.at),
                "act": remark.act,
                "text": remark.text,
            }
            for remark in pin.remarks
        ],
    }

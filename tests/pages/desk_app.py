"""The desk in Streamlit's own test runner: open it, and read what it would show."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

from components import session

_APP = Path(__file__).parents[2] / "app.py"


def open_app(**query: str) -> AppTest:
    """The desk at an address with these query parameters, run once."""
    app = AppTest.from_file(str(_APP), default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


def texts(app: AppTest) -> str:
    """All text that the desk writes as HTML of its own."""
    return "\n".join(block.proto.body for block in app.get("html"))


def let_go_at(app: AppTest, confidence: int) -> AppTest:
    """What the viewer's slider does when it is let go."""
    app.session_state[session.CONFIDENCE] = confidence
    return app.run()


def read_part(app: AppTest, name: str) -> Any:
    """What a part of the page, such as "bar:deciding", says."""
    named = name.encode()
    (part,) = [
        element.proto.bytes
        for element in app.get("bidi_component")
        if element.proto.bytes[4:].startswith(named)
    ]
    return json.loads(part[4 + len(named) :])


def read_header(app: AppTest) -> dict[str, Any]:
    """The header of the viewer's packet."""
    header: dict[str, Any] = read_part(app, f"header:{session.VIEWER}")
    return header


def count_pixels(app: AppTest) -> dict[str, int]:
    """Pixels by class, as the table of areas says."""
    table = app.dataframe[0].value
    return dict(zip(table["Class"], table["Pixels"], strict=True))

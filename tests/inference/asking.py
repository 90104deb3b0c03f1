"""A client with a key, and that the key shows nowhere."""

from __future__ import annotations

from components.inference import Client, Request
from components.model.prediction import Answer
from components.settings import Secret, Settings
from tests.pictures import make_image

KEY = "sEcret/+key=1"


def ask(address: str, *, url: str | None = None, **options: object) -> Answer:
    settings = Settings(address=address, api_key=Secret(KEY), **options)  # type: ignore[arg-type]
    client = Client(settings)
    try:
        return client.predict(Request(make_image(url=url), "my-data/3", 40))
    finally:
        client.close()


def assert_no_key(text: str) -> None:
    for form in (KEY, "sEcret", "%2Bkey"):
        assert form not in text

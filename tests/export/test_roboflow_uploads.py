"""Uploads in the background: one at a time, looked at, stopped, gone on with."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from components.errors import Conflict, StoreError
from components.export.roboflow_upload import Manner, Sending
from components.export.roboflow_uploads import Upload, Uploads
from components.model.exhibit import Exhibits
from components.settings import RoboflowSettings, Secret
from tests.export.exhibits import PROJECT, Shelf, make_exhibit
from tests.export.roboflow_server import KEY, RoboflowServer, serve_roboflow

MANNER = Manner(batch="Streets")
PATIENCE_SECONDS = 30


@pytest.fixture
def server() -> Iterator[RoboflowServer]:
    with serve_roboflow() as running:
        yield running


@pytest.fixture
def uploads(tmp_path: Path) -> Iterator[Uploads]:
    made = Uploads(tmp_path / "handed_back")
    yield made
    made.stop()


def connect(server: RoboflowServer) -> RoboflowSettings:
    return RoboflowSettings(api_key=Secret(KEY), address=server.address)


def shelve(count: int = 3) -> Shelf:
    return Shelf([make_exhibit(number) for number in range(1, count + 1)])


def wait_over(uploads: Uploads) -> Upload:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (upload := uploads.look(PROJECT.id)) is None or upload.state != "over":
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return upload


def test_an_upload_ends_with_what_came_of_it(server: RoboflowServer, uploads: Uploads) -> None:
    assert uploads.look(PROJECT.id) is None
    begun = uploads.begin(PROJECT.id, "Ana", shelve, connect(server), "streets", MANNER)
    assert (begun.state, begun.by, begun.target) == ("running", "Ana", "streets")
    over = wait_over(uploads)
    assert over.sending == Sending(total=3, images=3, masks=3)
    assert over.ended_at >= over.begun_at > 0
    # What was sent is known to the next one, also after a restart.
    uploads.begin(PROJECT.id, "Ana", shelve, connect(server), "streets", MANNER)
    assert wait_over(uploads).sending == Sending(total=0)
    assert len(server.asked) == 6


def test_one_at_a_time_and_it_can_be_stopped(server: RoboflowServer, uploads: Uploads) -> None:
    server.script = [(429, {"retry-after": "50"}, b"{}")] * 10
    uploads.begin(PROJECT.id, "Ana", shelve, connect(server), "streets", MANNER)
    with pytest.raises(Conflict, match="under way"):
        uploads.begin("q" * 32, "Ben", shelve, connect(server), "streets", MANNER)
    uploads.cancel("q" * 32)
    uploads.cancel(PROJECT.id)
    over = wait_over(uploads)
    assert "was stopped" in over.sending.stopped
    server.script = []
    uploads.begin(PROJECT.id, "Ana", shelve, connect(server), "streets", MANNER)
    assert wait_over(uploads).sending.masks == 3


def test_what_cannot_be_listed_is_said(server: RoboflowServer, uploads: Uploads) -> None:
    def fail() -> Exhibits:
        raise StoreError("The database cannot be asked.")

    uploads.begin(PROJECT.id, "Ana", fail, connect(server), "streets", MANNER)
    assert wait_over(uploads).sending.stopped == "The database cannot be asked."

    def crash() -> Exhibits:
        raise RuntimeError(KEY)

    uploads.begin(PROJECT.id, "Ana", crash, connect(server), "streets", MANNER)
    said = wait_over(uploads).sending.stopped
    assert "finds in its log" in said
    assert KEY not in said

"""Starting, stopping, and leaving everything else in the process alone."""

from __future__ import annotations

import base64
import logging
import signal
import socket
import subprocess
import sys
import threading
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from components.errors import SettingsError
from components.local_server import start
from tests.local_server.http import encode, make_picture, post

ROOT = Path(__file__).parents[2]


def test_starts_on_a_free_port_and_stops() -> None:
    with start() as first, start() as second:
        assert first.address != second.address
        for server in (first, second):
            assert post(server.address, b"", "/healthz", method="GET").status == 200
    port = urlsplit(first.address).port
    assert port
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", port), timeout=5)
    first.close()


def test_the_cards_say_what_the_models_are() -> None:
    with start() as server:
        scene, foreground = server.models
    assert (scene.id, foreground.id) == ("demo-scene/1", "demo-object/1")
    assert scene.class_map["0"] == "background"
    assert len(scene.class_map) >= 7
    assert dict(foreground.class_map) == {"0": " background", "1": " object"}
    for card in (scene, foreground):
        assert "demonstration" in card.about
        assert card.about.count(".") == 1


def test_a_taken_port_is_said_plainly() -> None:
    with start() as server:
        port = urlsplit(server.address).port
        assert port
        with pytest.raises(SettingsError, match=f"port {port}"):
            start(port=port)
    with pytest.raises(SettingsError, match="cannot listen"):
        start(port=70_000)


def test_nothing_is_logged_and_no_logger_is_changed(caplog: pytest.LogCaptureFixture) -> None:
    access = logging.getLogger("uvicorn.access")
    marker = logging.NullHandler()
    access.addHandler(marker)
    before = (list(access.handlers), access.propagate, access.level, logging.root.handlers[:])
    caplog.set_level(logging.DEBUG)
    try:
        with start() as server:
            body = base64.b64encode(encode(make_picture()))
            reply = post(server.address, body, "/demo-object/1?api_key=sEcReT123")
            refused = post(server.address, b"", "/demo-object/1?api_key=sEcReT123")
            assert b"sEcReT123" not in reply.body + refused.body
            assert "sEcReT123" not in repr(server)
        after = (list(access.handlers), access.propagate, access.level, logging.root.handlers[:])
        assert after == before
    finally:
        access.removeHandler(marker)
    assert "sEcReT123" not in caplog.text
    assert not [record for record in caplog.records if record.name == "uvicorn.access"]


def test_signal_handlers_stay() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with start():
        assert [signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM)] == before


def test_many_requests_at_once_are_all_answered() -> None:
    body = base64.b64encode(encode(make_picture()))
    statuses: list[int] = []
    with start() as server:
        threads = [
            threading.Thread(
                target=lambda: statuses.append(post(server.address, body, "/demo-object/1").status)
            )
            for _ in range(24)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert statuses == [200] * 24


def test_the_command_prints_its_address_and_a_curl_command() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "components.local_server", "--port", "0"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        # Tests run in the background of a shell are started with the signal ignored.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    ) as process:
        assert process.stdout
        line = process.stdout.readline()
        address = line.split()[0]
        try:
            assert "base64 YOUR_IMAGE.jpg | curl -d @- " in line
            assert f"{address}/demo-scene/1" in line
            assert post(address, b"", "/healthz", method="GET").status == 200
        finally:
            process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
        assert process.stdout.read() == ""


def test_importing_is_light() -> None:
    code = "import sys, components.local_server as s; print('requests' in sys.modules, s.start)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("False")

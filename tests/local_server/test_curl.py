"""The two commands of the API's documentation, with the real curl and the real base64."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Iterator
from functools import partial
from http.server import HTTPServer, SimpleHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from components.local_server import LocalServer
from components.samples import samples

PICTURE = samples()[0].path


def run(command: str, folder: Path) -> Any:
    """The JSON a shell command prints."""
    done = subprocess.run(["bash", "-c", command], cwd=folder, capture_output=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def check(answer: Any) -> None:
    """The documented answer for the picture."""
    with Image.open(PICTURE) as image:
        assert answer["image"] == {"width": image.width, "height": image.height}
    assert set(answer["class_map"].values()) >= {"sky", "water", "building"}
    assert len(answer["segmentation_mask"]) > 100


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "YOUR_IMAGE.jpg").write_bytes(PICTURE.read_bytes())
    return tmp_path


@pytest.mark.parametrize("option", ["-d", "--data-binary"])
def test_a_local_file(server: LocalServer, folder: Path, option: str) -> None:
    check(
        run(
            f"base64 YOUR_IMAGE.jpg | curl -sS {option} @- \\\n"
            f'"{server.address}/demo-scene/1?api_key=YOUR_KEY"',
            folder,
        )
    )


def test_base64_wraps_its_lines_here(folder: Path) -> None:
    done = subprocess.run(["base64", "YOUR_IMAGE.jpg"], cwd=folder, capture_output=True, check=True)
    assert len(done.stdout.splitlines()) > 100


@pytest.fixture
def host(folder: Path) -> Iterator[int]:
    """The port of a web server on localhost that has the picture."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    web = HTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=web.serve_forever)
    thread.start()
    yield web.server_port
    web.shutdown()
    thread.join()
    web.server_close()


def test_an_image_hosted_elsewhere(server: LocalServer, folder: Path, host: int) -> None:
    check(
        run(
            f'curl -sS -X POST "{server.address}/demo-scene/1?\\\n'
            "api_key=YOUR_KEY&\\\n"
            f'image=http%3A%2F%2Flocalhost%3A{host}%2FYOUR_IMAGE.jpg"',
            folder,
        )
    )

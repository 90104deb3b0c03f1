"""Roboflow's own client uploads to the server of our tests, and sends what the desk sends."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from components.export.roboflow import Roboflow
from components.export.roboflow_annotation import write_annotation
from components.settings import RoboflowSettings, Secret
from tests.export.exhibits import CLASS_MAP, make_mask
from tests.export.roboflow_server import KEY, Asked, serve_roboflow
from tests.pictures import make_jpeg

pytestmark = pytest.mark.foreign

HERE = Path(__file__).parent
BATCH = "Streets, from Mask Desk"


def list_facts(asked: Asked) -> tuple[object, ...]:
    """What a request says, without how the key travels."""
    query = {name: value for name, value in asked.query.items() if name != "api_key"}
    kind = asked.headers["content-type"].split(";")[0]
    return asked.path, query, kind, asked.parts, asked.json


def test_the_desk_sends_what_the_client_sends(foreign_python: Path, tmp_path: Path) -> None:
    picture, annotation = tmp_path / "street.jpg", tmp_path / "street.coco.json"
    picture.write_bytes(make_jpeg())
    text = write_annotation(picture.name, make_mask(1), CLASS_MAP)
    annotation.write_text(text, encoding="utf-8")
    with serve_roboflow() as server:
        script = HERE / "check_roboflow_upload.py"
        done = subprocess.run(
            [foreign_python, script, server.address, KEY, picture, annotation],
            capture_output=True,
            text=True,
            timeout=300,
            env={**os.environ, "HOME": str(tmp_path), "USERPROFILE": str(tmp_path)},
        )
        assert done.returncode == 0, done.stderr
        theirs = [list_facts(asked) for asked in server.asked]
    with serve_roboflow() as server:
        settings = RoboflowSettings(api_key=Secret(KEY), address=server.address)
        client = Roboflow(settings, "streets")
        for was_there in (False, True):
            uploaded = client.upload_image(
                picture.name, picture.read_bytes(), "image/jpeg", batch=BATCH
            )
            assert uploaded.was_there is was_there
            is_new = client.save_annotation(uploaded.image_id, annotation.name, text, job=BATCH)
            assert is_new is not was_there
        assert [list_facts(asked) for asked in server.asked] == theirs
    assert len(theirs) == 4

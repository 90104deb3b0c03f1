"""Roboflow's own Python clients, unchanged, against the built-in server.

They live in an environment of their own (.venv-foreign), which this test makes; the desk never
needs them.
"""

from __future__ import annotations

import base64
import io
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import requests
from PIL import Image

from components.local_server import LocalServer, start
from components.samples import samples

pytestmark = pytest.mark.foreign

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def server() -> Iterator[LocalServer]:
    with start() as running:
        yield running


@pytest.mark.parametrize("script", ["check_roboflow.py", "check_inference_sdk.py"])
def test_the_client_gets_the_mask(
    foreign_python: Path, server: LocalServer, script: str, tmp_path: Path
) -> None:
    picture = next(sample.path for sample in samples() if sample.key == "street")
    stored = tmp_path / "mask.npy"
    done = subprocess.run(
        [foreign_python, HERE / script, server.address, picture, stored],
        capture_output=True,
        text=True,
        timeout=300,
        # A home of its own, so that no account of this machine is used or changed.
        env={**os.environ, "HOME": str(tmp_path), "USERPROFILE": str(tmp_path)},
    )
    assert done.returncode == 0, done.stderr
    answer = requests.post(
        f"{server.address}/demo-scene/1?confidence=30",
        data=base64.b64encode(picture.read_bytes()),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        timeout=60,
    ).json()
    with Image.open(io.BytesIO(base64.b64decode(answer["segmentation_mask"]))) as mask:
        ours = np.asarray(mask)
    theirs = np.load(stored, allow_pickle=False)
    assert theirs.shape == ours.shape
    # The clients compress the picture once more before they send it.
    assert (theirs == ours).mean() > 0.97

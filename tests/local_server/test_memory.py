"""A 12-megapixel picture costs at most 250 MB on top of the idle server."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# In a process of its own, because the peak of a process never goes down again.
MAKE = """
import base64, sys
import numpy as np
from PIL import Image
from tests.local_server.http import encode

kind = sys.argv[1]
rng = np.random.default_rng(5)
small = Image.fromarray(rng.integers(0, 255, (75, 100, 3), dtype=np.uint8))
options = {"compress_level": 1} if kind == "PNG" else {"quality": 80}
large = small.resize((4000, 3000), Image.Resampling.BICUBIC)
with open(sys.argv[2], "wb") as body:
    body.write(base64.b64encode(encode(large, kind, **options)))
"""
ASK = """
import base64, pathlib, sys
from components.local_server import start
from tests.local_server.http import encode, make_picture, post

def peak_mb():
    status = pathlib.Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024

body = pathlib.Path(sys.argv[2]).read_bytes()
with start() as server:
    assert post(server.address, base64.b64encode(encode(make_picture()))).status == 200
    # Forget the peak so far: a process inherits it from the one that started it.
    pathlib.Path("/proc/self/clear_refs").write_text("5")
    idle = peak_mb()
    reply = post(server.address, body)
    assert reply.status == 200, reply.body[:200]
    assert reply.json["image"] == {"width": 4000, "height": 3000}
    print(peak_mb() - idle)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak from /proc")
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_large_picture_stays_small_in_memory(kind: str, tmp_path: Path) -> None:
    body = tmp_path / "body"
    for code in (MAKE, ASK):
        done = subprocess.run(
            [sys.executable, "-c", code, kind, str(body)], cwd=ROOT, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
    extra = float(done.stdout)
    print(f"{kind}: {extra:.0f} MB")
    # Part of it is body and answer in this test's own hands; far less would be a broken gauge.
    assert 30 < extra < 250

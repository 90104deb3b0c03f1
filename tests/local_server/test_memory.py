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
import base64, pathlib, resource, sys
from components.local_server import start
from tests.local_server.http import encode, make_picture, post
body = pathlib.Path(sys.argv[2]).read_bytes()
with start() as server:
    assert post(server.address, base64.b64encode(encode(make_picture()))).status == 200
    idle = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    reply = post(server.address, body)
    assert reply.status == 200, reply.body[:200]
    assert reply.json["image"] == {"width": 4000, "height": 3000}
    print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - idle) / 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss is in other units elsewhere")
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_large_picture_stays_small_in_memory(kind: str, tmp_path: Path) -> None:
    body = tmp_path / "body"
    for code in (MAKE, ASK):
        done = subprocess.run(
            [sys.executable, "-c", code, kind, str(body)], cwd=ROOT, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
    print(f"{kind}: {float(done.stdout):.0f} MB")
    assert float(done.stdout) < 250

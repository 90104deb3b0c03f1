"""Roboflow's own Python package as a peer, in an environment of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tests.chromium import ROOT

NAME: Final = "a loop of roboflow 1.7.3"

_ENVIRONMENT: Final = ROOT / ".venv-roboflow"
_PACKAGE: Final = "roboflow==1.7.3"
_LOOP: Final = Path(__file__).parent / "peers" / "roboflow_loop.py"


def loop(address: str, files: Sequence[Path], rounds: int) -> list[float]:
    """Seconds of each round through these files, one after the other."""
    with TemporaryDirectory(prefix="mask-desk-bench-") as home:
        done = subprocess.run(
            [_prepare(), _LOOP, address, str(rounds), *files],
            capture_output=True,
            text=True,
            check=True,
            # A home of its own, so that no account of this machine is used or changed.
            env={**os.environ, "HOME": home, "USERPROFILE": home},
        )
    seconds: list[float] = json.loads(done.stdout)
    return seconds


def _prepare() -> Path:
    bin_folder = _ENVIRONMENT / ("Scripts" if sys.platform == "win32" else "bin")
    interpreter = bin_folder / ("python.exe" if sys.platform == "win32" else "python")
    if not interpreter.exists():
        venv.create(_ENVIRONMENT, with_pip=True)
        subprocess.run([interpreter, "-m", "pip", "install", "--quiet", _PACKAGE], check=True)
    return interpreter

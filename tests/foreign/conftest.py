"""The environment of other people's clients."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

import pytest

ENVIRONMENT = Path(__file__).parents[2] / ".venv-foreign"
PACKAGES = ("roboflow==1.7.3", "inference-sdk==1.8.3")


@pytest.fixture(scope="session")
def foreign_python() -> Path:
    """The interpreter of the clients' environment."""
    bin_folder = ENVIRONMENT / ("Scripts" if sys.platform == "win32" else "bin")
    interpreter = bin_folder / ("python.exe" if sys.platform == "win32" else "python")
    if not interpreter.exists():
        venv.create(ENVIRONMENT, with_pip=True)
    subprocess.run([interpreter, "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
    return interpreter

"""Answers of the built-in models, computed once for each picture of a run of tests."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from components.local_server.models.foreground import ForegroundModel
from components.local_server.models.scene import SceneModel

Probabilities = Callable[[Any, npt.NDArray[np.uint8]], npt.NDArray[np.float32]]


def remember_answers(folder: Path, patch: pytest.MonkeyPatch) -> None:
    """Let the built-in models look up what they have said of the very same pixels.

    Dozens of desks start in a run, and each would ask about the same samples again, a second of a
    processor each. How good the models are is tested without this.

    Args:
        folder: where what they said is kept, for all processes of the run.
        patch: takes it back.
    """
    folder.mkdir(exist_ok=True)
    for model in (SceneModel, ForegroundModel):
        compute: Any = model.probabilities
        patch.setattr(model, "probabilities", _remember(model.__name__, compute, folder))


def _remember(name: str, compute: Probabilities, folder: Path) -> Probabilities:
    def probabilities(self: Any, rgb: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        asked = hashlib.blake2b(rgb.tobytes(), digest_size=16, person=name.encode()[:16])
        kept = folder / f"{asked.hexdigest()}-{'x'.join(map(str, rgb.shape))}.npy"
        if kept.exists():
            found: npt.NDArray[np.float32] = np.load(kept)
            return found
        answer = compute(self, rgb)
        # Never half of it: another process may be looking.
        written = kept.with_suffix(f".{os.getpid()}.{os.urandom(4).hex()}")
        with written.open("wb") as file:
            np.save(file, answer)
        written.rename(kept)
        return answer

    return probabilities

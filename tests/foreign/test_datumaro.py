"""Datumaro reads the very masks out of an export.

It lives in an environment of its own (.venv-datumaro), which this test makes: it wants an older
pandas than the desk, and 550 MB in all.
"""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

import numpy as np
import pytest

from components.export.registry import find_format
from components.export.sink import FolderSink
from components.store import open_database
from tests.export.material import CLASSES, find_stem, make_show

pytestmark = pytest.mark.foreign

HERE = Path(__file__).parent
ENVIRONMENT = HERE.parents[1] / ".venv-datumaro"
PACKAGES = ("datumaro==1.13.12",)


@pytest.fixture(scope="session")
def datumaro_python() -> Path:
    """The interpreter of Datumaro's environment."""
    bin_folder = ENVIRONMENT / ("Scripts" if sys.platform == "win32" else "bin")
    interpreter = bin_folder / ("python.exe" if sys.platform == "win32" else "python")
    if not interpreter.exists():
        venv.create(ENVIRONMENT, with_pip=True)
    subprocess.run([interpreter, "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
    return interpreter


def test_datumaro_reads_the_very_masks(datumaro_python: Path, tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path}/desk.sqlite3")
    show = make_show(database)
    for key in ("coco", "voc", "cityscapes"):
        find_format(key).write(show.exhibit(), FolderSink(tmp_path / key))
    database.close()
    done = subprocess.run(
        [datumaro_python, HERE / "check_datumaro.py", tmp_path, tmp_path / "found.npz"],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    found = np.load(tmp_path / "found.npz", allow_pickle=False)
    ids = sorted(CLASSES)
    assert found["coco/names"].tolist() == [CLASSES[class_id] for class_id in ids]
    plain = ["background", "road", "Straße, naß", "=sky"]
    assert found["voc_segmentation/names"].tolist() == plain
    cityscapes = found["cityscapes/names"].tolist()
    assert [cityscapes[class_id] for class_id in ids] == [name.replace(" ", "_") for name in plain]
    for key, mask in show.masks.items():
        stem = find_stem(show, key)
        places = np.searchsorted(ids, mask)
        assert (found[f"voc_segmentation/{stem}"] == places).all()
        # The background is what is left: it has no region of its own.
        assert (found[f"coco/{stem}"] == np.where(mask == 0, 255, places)).all()
        assert (found[f"cityscapes/Streets__north/{stem}"] == np.where(mask == 0, 255, mask)).all()

"""The command: what it writes, what it says, and how it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from components.export.__main__ import DONE, FAILED, LEFT_OUT, NOT_BEGUN, STOPPED
from components.export.coco import PLACE
from components.export.registry import FORMATS, find_format
from components.store import open_database, projects
from tests.export.material import Show, add_item, draw_ids, make_answer, make_show, write
from tests.store.material import NOW

ROOT = Path(__file__).parents[2]


@pytest.fixture
def show(tmp_path: Path) -> Iterator[Show]:
    """A project on the database that the command uses."""
    database = open_database(f"sqlite:///{tmp_path}/data/desk.sqlite3")
    yield make_show(database)
    database.close()


def start(tmp_path: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "components.export", *arguments],
        cwd=ROOT,
        env={**os.environ, "HOME": str(tmp_path), "MASK_DESK_FOLDER": str(tmp_path / "data")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(tmp_path: Path, *arguments: str) -> tuple[int, str, str]:
    with start(tmp_path, *arguments) as child:
        said, errors = child.communicate(timeout=120)
    assert "Traceback" not in errors, errors
    return child.returncode, said, errors


def ask(key: str, *more: str) -> list[str]:
    return ["--project", "Streets: north", "--format", key, *more]


def test_the_approved_ones_into_a_file(show: Show, tmp_path: Path) -> None:
    out = tmp_path / "out.zip"
    status, said, _ = run(tmp_path, *ask("coco", "--licence", "CC0"), str(out))
    assert status == DONE
    assert said == f"{out}: pictures: 3.\n"
    with zipfile.ZipFile(out) as found:
        coco = json.loads(found.read(PLACE))
    assert len(coco["images"]) == 3
    assert coco["licenses"][0]["name"] == "CC0"


def test_the_same_bytes_as_from_the_page(show: Show, tmp_path: Path) -> None:
    out = tmp_path / "out.zip"
    status, said, _ = run(tmp_path, *ask("masks", "--verdict", "all"), str(out))
    assert status == LEFT_OUT
    assert said == f"{out}: pictures: 5; 1 without a mask left out.\n"
    page = write(find_format("masks"), show.exhibit(), tmp_path / "page.zip")
    assert out.read_bytes() == page.read_bytes()


def test_into_a_folder(show: Show, tmp_path: Path) -> None:
    wished = ask(
        "masks", "--no-pictures", "--verdict", "approved", "--verdict", "rejected", "--name", "a.j"
    )
    status, *_ = run(tmp_path, *wished, f"{tmp_path}/new/out/")
    assert status == DONE
    names = {path.name for path in (tmp_path / "new/out").iterdir()}
    assert len(names) == 3
    assert "_classes.csv" in names
    status, *_ = run(tmp_path, *ask("csv"), str(tmp_path / "new"))
    assert status == DONE
    assert (tmp_path / "new/Streets_-north-decisions.csv").stat().st_size > 100
    assert not list(tmp_path.rglob("*.part"))


def test_only_pictures_with_a_class(show: Show, tmp_path: Path) -> None:
    for number, name in enumerate(("sky", "road")):
        answer = make_answer(draw_ids(number), None, class_map={0: "background", 1: name})
        add_item(show, name, f"{name}.jpg", answer=answer)
    for key in ("masks", "csv"):
        out = tmp_path / f"out.{key}"
        wished = ask(key, "--verdict", "all", "--class", "nothing")
        status, said, errors = run(tmp_path, *wished, str(out))
        assert (status, said) == (NOT_BEGUN, "")
        assert errors.startswith("No picture of “Streets: north” matches")
        assert not out.exists()
    status, said, _ = run(tmp_path, *ask("masks", "--verdict", "all"), str(tmp_path / "all.zip"))
    assert (status, "pictures: 7" in said) == (LEFT_OUT, True)


def test_a_folder_with_something_in_it_stays_as_it_is(show: Show, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    assert run(tmp_path, *ask("masks"), str(out))[0] == DONE
    before = {path: path.read_bytes() for path in out.iterdir()}
    status, said, errors = run(tmp_path, *ask("coco"), f"{out}/")
    assert (status, said) == (NOT_BEGUN, "")
    assert "is not empty. Choose another one, or empty it" in errors
    assert {path: path.read_bytes() for path in out.iterdir()} == before


def test_nobody_elses_part_is_touched(show: Show, tmp_path: Path) -> None:
    for name in ("d.part", "mine.zip.part-1"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "precious").write_text("mine")
    for name in ("mine.zip.part", "mine.zip-1.part"):
        (tmp_path / name).write_text("mine")
    before = {path for path in tmp_path.rglob("*") if path.suffix.startswith(".part")}
    assert run(tmp_path, *ask("masks"), f"{tmp_path}/d/")[0] == DONE
    assert run(tmp_path, *ask("masks"), f"{tmp_path}/mine.zip")[0] == DONE
    assert not (tmp_path / "d" / "precious").exists()
    assert (tmp_path / "d.part" / "precious").read_text() == "mine"
    assert (tmp_path / "mine.zip.part").read_text() == "mine"
    assert (tmp_path / "mine.zip-1.part").read_text() == "mine"
    assert {path for path in tmp_path.rglob("*") if path.suffix.startswith(".part")} == before


def test_one_that_fails_leaves_nothing(show: Show, tmp_path: Path) -> None:
    answer = make_answer(draw_ids(1), None, class_map={id_: f"a{id_}" for id_ in range(256)})
    add_item(show, "many", "many.jpg", answer=answer)
    (tmp_path / "outs").mkdir()
    for out in ("outs/out.zip", "outs/out/"):
        status, _, errors = run(tmp_path, *ask("coco", "--verdict", "all"), f"{tmp_path}/{out}")
        assert status == FAILED
        assert "more than 256" in errors
        assert not list((tmp_path / "outs").iterdir())


def test_what_cannot_be_begun_is_said(show: Show, tmp_path: Path) -> None:
    out = str(tmp_path / "x.zip")
    for arguments, words in (
        ([*ask("gif"), out], "The formats are: "),
        (["--project", "Gone", "--format", "coco", out], "The projects here are: “Streets: north”"),
        ([*ask("coco"), str(tmp_path / "no/such/x.zip")], "There is no folder"),
        ([*ask("coco"), str(tmp_path / f"{'n' * 300}.zip")], "its name is too long"),
        ([*ask("coco"), f"{tmp_path}/{'n' * 300}/"], "its name is too long"),
        ([*ask("report"), "/dev/null/not/here/"], "cannot be written there"),
        ([*ask("masks"), f"{tmp_path}/data/desk.sqlite3/"], "is a file"),
    ):
        status, said, errors = run(tmp_path, *arguments)
        assert (status, said) == (NOT_BEGUN, "")
        assert words in errors
        assert errors.count("\n") == 1
    projects.create_project(
        show.database, name="Streets: north", model="a/1", confidence=50, by="Lea", now=NOW
    )
    status, _, errors = run(tmp_path, *ask("coco"), out)
    assert status == NOT_BEGUN
    assert "There are 2 projects" in errors
    assert not Path(out).exists()


def test_a_stop_leaves_nothing(show: Show, tmp_path: Path) -> None:
    for number in range(300):
        add_item(
            show, f"{number}", f"{number}.jpg", answer=make_answer(draw_ids(1), None, asked_at=50)
        )
    out = tmp_path / "out.zip"
    with start(tmp_path, *ask("overlays", "--verdict", "open"), str(out)) as child:
        while not list(tmp_path.glob("out.zip*")):
            assert child.poll() is None
        child.send_signal(signal.SIGTERM)
        _, errors = child.communicate(timeout=60)
    assert child.returncode == STOPPED, errors
    assert "Traceback" not in errors
    assert not list(tmp_path.glob("out.zip*"))


def test_the_help_names_every_format(tmp_path: Path) -> None:
    status, said, _ = run(tmp_path, "--help")
    assert status == 0
    for one in FORMATS:
        assert one.key in said

"""A project handed on from a shell: python -m components.export --project NAME --format coco OUT

Reads the database that the desk uses, and writes OUT: a file, or where OUT ends with "/" or is a
folder, and the format has several files, a folder, which must be new or empty. The same pictures
and decisions are written as the same bytes. Formats: {formats}. The whole desk as one file:
python -m components.store save.

Exit status: 0 all was written; 1 some pictures were left out, since they have no mask; 2 nothing
could be begun; 3 it failed on the way; 130 stopped at the keyboard, and what was begun is removed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
import uuid
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, get_args

from tqdm import tqdm

from components import store
from components.errors import Conflict, DeskError, ExportError
from components.export.exhibition import Exhibition, Format, Relayed, name_file
from components.export.registry import FORMATS, find_format
from components.export.sink import FileSink, FolderSink, Sink, ZipSink
from components.model.exhibit import Exhibit
from components.model.review import Project, Status
from components.settings.deployed import read_deployed_settings
from components.store.database import Database
from components.store.lists import Wish

DONE, LEFT_OUT, NOT_BEGUN, FAILED, STOPPED = 0, 1, 2, 3, 130
_ALL: Final = "all"
_LONGEST_TOLD: Final = 200


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit status."""
    asked = _make_parser().parse_args(arguments)
    try:
        format_ = find_format(asked.format)
        _, kept = read_deployed_settings(os.environ)
        database = store.open_database(kept.url, store.open_objects(kept.pictures))
    except DeskError as error:
        print(error.message, file=sys.stderr)
        return NOT_BEGUN
    try:
        project = _find_project(database, asked.project)
        exhibits = store.exhibits.open_exhibits(database, project.id, _make_wish(asked))
        if not len(exhibits):
            raise ExportError(
                f"No picture of “{project.name}” matches, so nothing was written. Choose others "
                "with --verdict, --class or --name."
            )
        place = _find_place(Path(asked.out), project, format_, is_folder=asked.out.endswith("/"))
    except DeskError as error:
        database.close()
        print(error.message, file=sys.stderr)
        return NOT_BEGUN
    signal.signal(signal.SIGTERM, _stop)
    left_out = exhibits.without_answer if format_.needs_masks else 0
    try:
        with tqdm(
            total=len(exhibits) * format_.passes,
            unit=" pictures",
            desc=format_.key,
            dynamic_ncols=True,
            disable=None,
        ) as bar:
            exhibition = Exhibition(_Counted(exhibits, bar), not asked.no_pictures, asked.licence)
            place.write(format_, exhibition)
    except DeskError as error:
        print(error.message, file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("Stopped; nothing was kept of it.", file=sys.stderr)
        return STOPPED
    finally:
        database.close()
    told = f"; {left_out:,} without a mask left out" if left_out else ""
    print(f"{place.path}: pictures: {len(exhibits) - left_out:,}{told}.")
    return LEFT_OUT if left_out else DONE


def _stop(*_: object) -> None:
    raise KeyboardInterrupt


def _make_parser() -> argparse.ArgumentParser:
    formats = ", ".join(one.key for one in FORMATS)
    about, _, more = (__doc__ or "").format(formats=formats).partition("\n\n")
    parser = argparse.ArgumentParser(
        prog="python -m components.export",
        description=about,
        epilog=more,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("out", metavar="OUT", help="file or folder to write")
    parser.add_argument("--project", required=True, help="its name")
    parser.add_argument("--format", required=True, metavar="KEY", help=formats)
    parser.add_argument(
        "--verdict",
        action="append",
        choices=[*get_args(Status), _ALL],
        metavar="STATUS",
        help=f"{', '.join(get_args(Status))} or {_ALL}; may be given again "
        "for others too (approved)",
    )
    parser.add_argument("--class", dest="class_name", help="only pictures with this class")
    parser.add_argument("--name", default="", help="only pictures whose file name has this in it")
    parser.add_argument("--no-pictures", action="store_true", help="masks and facts alone")
    parser.add_argument("--licence", default="", help="what the pictures may be used for, in words")
    return parser


def _make_wish(asked: argparse.Namespace) -> Wish:
    wished = asked.verdict or ["approved"]
    verdicts: tuple[Status, ...] = () if _ALL in wished else tuple(wished)
    return Wish(status=verdicts, class_name=asked.class_name, name_part=asked.name)


def _find_project(database: Database, name: str) -> Project:
    projects = [
        *store.projects.list_projects(database),
        *store.projects.list_projects(database, archived=True),
    ]
    named = [one for one in projects if one.name == name.strip()]
    if len(named) == 1:
        return named[0]
    if named:
        raise Conflict(
            f"There are {len(named)} projects called “{name}”. Rename all but one on the page Add."
        )
    known = ", ".join(f"“{one.name}”" for one in projects) or "none"
    raise Conflict(f"There is no project called “{name}”. The projects here are: {known}.")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the export is put once it is whole.

    Attributes:
        path: the file or folder.
        is_folder: which of the two.
    """

    path: Path
    is_folder: bool

    def write(self, format_: Format, exhibition: Exhibition) -> None:
        """Write beside it and put it in its place at the end, so that nobody meets half of it."""
        # A name of its own: nobody else writes there, and nothing that was there is met.
        scratch = self.path.with_name(f"{self.path.name[:40]}.{uuid.uuid4().hex}.part")
        half = scratch / "whole"
        try:
            scratch.mkdir()
            sink = self._open(format_, half)
            try:
                format_.write(exhibition, sink)
            finally:
                sink.close()
            if self.is_folder and self.path.is_dir():
                _check_empty(self.path)
                for one in half.iterdir():
                    shutil.move(one, self.path)
            else:
                half.replace(self.path)
        except OSError as error:
            raise ExportError(
                f"{self.path} could not be written: the disk is full or it is not allowed there.",
                str(error),
            ) from error
        finally:
            shutil.rmtree(scratch, ignore_errors=True)

    def _open(self, format_: Format, half: Path) -> Sink:
        if self.is_folder:
            return FolderSink(half)
        return FileSink(half) if format_.is_single else ZipSink(half)


def _check_empty(folder: Path) -> None:
    if any(folder.iterdir()):
        raise ExportError(
            f"The folder {folder} is not empty. Choose another one, or empty it: what is in it "
            "would mix with what is written."
        )


def _find_place(out: Path, project: Project, format_: Format, *, is_folder: bool) -> _Place:
    """Where to write.

    Raises:
        ExportError: it cannot be written there, or the folder has something in it.
    """
    try:
        out = out.expanduser().absolute()
        if not (is_folder or out.is_dir()):
            if not out.parent.is_dir():
                raise ExportError(f"There is no folder {out.parent}. Make it, then run this again.")
            _check_name(out)
            return _Place(out, False)
        if out.exists() and not out.is_dir():
            raise ExportError(f"{out} is a file. Name a folder, or leave the “/” at its end out.")
        if format_.is_single:
            out.mkdir(parents=True, exist_ok=True)
            return _Place(out / name_file(project, format_), False)
        out.parent.mkdir(parents=True, exist_ok=True)
        _check_name(out)
        if out.is_dir():
            _check_empty(out)
        return _Place(out, True)
    except (OSError, RuntimeError) as error:  # RuntimeError: of whom is the home that "~" means?
        raise ExportError(
            f"{_shorten(out)} cannot be written there: its name is too long, or it is not allowed.",
            str(error),
        ) from error


def _check_name(out: Path) -> None:
    """Ask the system about it, which refuses what could not be made.

    Raises:
        OSError: the name is too long.
    """
    with suppress(FileNotFoundError):
        out.lstat()


def _shorten(out: Path) -> str:
    text = str(out)
    return text if len(text) <= _LONGEST_TOLD else f"{text[:_LONGEST_TOLD]}…"


@dataclass(frozen=True, slots=True)
class _Counted(Relayed):
    """Pictures that move a bar."""

    bar: Any = field(repr=False)

    def __iter__(self) -> Iterator[Exhibit]:
        for exhibit in self.whole:
            yield exhibit
            self.bar.update()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

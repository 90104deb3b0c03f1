"""The whole desk from a shell: saved to one file, opened from one, its pictures moved elsewhere.

Uses the database and the object storage that the desk uses: the section [store] of the secrets, and
the environment.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from components.errors import DeskError
from components.settings import find_section, read_deployed_sections, read_store_settings
from components.store.bundle import open_desk_file, save_desk
from components.store.database import Database, open_database
from components.store.moving import Moved, move_back, move_out
from components.store.objects import open_objects


def main(arguments: list[str]) -> int:
    """Do what is asked; the exit status: 0 done, 1 not, with a sentence."""
    asked = _read_arguments(arguments)
    try:
        section = find_section(read_deployed_sections(), "store")
        settings = read_store_settings(section, os.environ)
        database = open_database(settings.url, open_objects(settings.pictures))
        try:
            if asked.what == "save":
                _save(database, asked.file)
            elif asked.what == "open":
                _open(database, asked.file)
            else:
                _move(database, is_back=asked.back)
        finally:
            database.close()
    except DeskError as error:
        print(error.message, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. The same command goes on where it was.", file=sys.stderr)
        return 130
    return 0


def _read_arguments(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m components.store", description=__doc__)
    verbs = parser.add_subparsers(dest="what", required=True, metavar="save|open|move")
    for verb, about in (
        ("save", "save the whole desk to FILE, for desks too large for a page's download"),
        ("open", "add what such a FILE holds to this desk"),
    ):
        verbs.add_parser(verb, help=about).add_argument("file", type=Path, metavar="FILE")
    move = verbs.add_parser(
        "move", help="move pictures and masks from the database to where `pictures` says"
    )
    move.add_argument(
        "--back", action="store_true", help="from there into the database; nothing is removed there"
    )
    return parser.parse_args(arguments)


def _save(database: Database, file: Path) -> None:
    if file.exists():
        raise DeskError(f"{file} is there already. Name another file.")
    save_desk(database, file)
    print(f"Saved {database.label} to {file}.")


def _open(database: Database, file: Path) -> None:
    opened = open_desk_file(database, file)
    print(
        f"New in {database.label}: {opened.projects} projects, {opened.items} "
        f"pictures, {opened.reviews} decisions, {opened.pins} pins."
    )


def _move(database: Database, *, is_back: bool) -> None:
    place = database.require_objects().label
    if is_back:
        moved = move_back(database, _tell)
        print(f"Moved {_describe(moved)} from {place} to {database.label}; {place} keeps its own.")
        return
    moved = move_out(database, _tell)
    print(f"Moved {_describe(moved)} from {database.label} to {place}.")
    if database.kind == "postgresql":
        print("PostgreSQL uses the freed space again; VACUUM FULL blobs gives it to the disk.")
        return
    try:
        database.shrink()
    except DeskError as error:
        print(
            f"{database.label} could not be made smaller, since something else uses it or the disk "
            f"is full: {error.message}",
            file=sys.stderr,
        )


def _describe(moved: Moved) -> str:
    return f"{moved.count:,} pictures and masks ({moved.size / 1e6:,.1f} MB)"


def _tell(moved: Moved) -> None:
    if sys.stderr.isatty():
        print(f"\r{_describe(moved)} …", end="\r", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

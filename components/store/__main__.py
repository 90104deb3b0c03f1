"""The whole desk as one file, without a browser: python -m components.store save|open FILE.

For desks too large for a page's upload. Uses the database that the desk uses.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from components.errors import DeskError
from components.settings import find_section, read_deployed_sections, read_store_settings
from components.store.bundle import open_desk_file, save_desk
from components.store.database import open_database


def main(arguments: list[str]) -> int:
    """Save or open; the exit status: 0 done, 1 not, with a sentence."""
    parser = argparse.ArgumentParser(prog="python -m components.store", description=__doc__)
    parser.add_argument("what", choices=["save", "open"])
    parser.add_argument("file", type=Path)
    asked = parser.parse_args(arguments)
    try:
        section = find_section(read_deployed_sections(), "store")
        database = open_database(read_store_settings(section, os.environ).url)
        try:
            if asked.what == "save":
                if asked.file.exists():
                    raise DeskError(f"{asked.file} is there already. Name another file.")
                save_desk(database, asked.file)
                print(f"Saved {database.label} to {asked.file}.")
            else:
                opened = open_desk_file(database, asked.file)
                print(
                    f"New in {database.label}: {opened.projects} projects, {opened.items} "
                    f"pictures, {opened.reviews} decisions, {opened.pins} pins."
                )
        finally:
            database.close()
    except DeskError as error:
        print(error.message, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

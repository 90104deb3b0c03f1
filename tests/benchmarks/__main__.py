"""Runs the benchmarks that are named, or all: python -m tests.benchmarks [NAME …]."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from tests.benchmarks.asking import measure_asking
from tests.benchmarks.browsing import measure_cold, measure_rerun
from tests.benchmarks.comparing import measure_boundary, measure_confusion, measure_rle
from tests.benchmarks.comparisons import measure_comparison
from tests.benchmarks.counting import measure_areas, measure_small
from tests.benchmarks.crowd import measure_crowd
from tests.benchmarks.deciding import measure_deciding
from tests.benchmarks.enduring import measure_endurance
from tests.benchmarks.exporting import measure_export, measure_indexed
from tests.benchmarks.insights import measure_insights
from tests.benchmarks.keys import measure_keys
from tests.benchmarks.killing import measure_kills
from tests.benchmarks.leafing import measure_again, measure_album
from tests.benchmarks.meanwhile import measure_pages
from tests.benchmarks.measuring import HEAD, Row
from tests.benchmarks.moving import measure_moving
from tests.benchmarks.opening import measure_first, measure_heatmap
from tests.benchmarks.packing import measure_packet
from tests.benchmarks.remembering import measure_memory
from tests.benchmarks.reviewing_store import measure_queue
from tests.benchmarks.through import measure_pipeline
from tests.benchmarks.touching import measure_touching

BENCHMARKS: Final[Mapping[str, Callable[[], Iterator[Row]]]] = {
    "areas": measure_areas,
    "small": measure_small,
    "packet": measure_packet,
    "rerun": measure_rerun,
    "cold": measure_cold,
    "memory": measure_memory,
    "queue": measure_queue,
    "insights": measure_insights,
    "comparison": measure_comparison,
    "first": measure_first,
    "heatmap": measure_heatmap,
    "touching": measure_touching,
    "moving": measure_moving,
    "album": measure_album,
    "again": measure_again,
    "deciding": measure_deciding,
    "keys": measure_keys,
    "kills": measure_kills,
    "crowd": measure_crowd,
    "asking": measure_asking,
    "pipeline": measure_pipeline,
    "endurance": measure_endurance,
    "pages": measure_pages,
    "rle": measure_rle,
    "confusion": measure_confusion,
    "boundary": measure_boundary,
    "indexed": measure_indexed,
    "export": measure_export,
}


def main(names: list[str]) -> None:
    """Print the table, a line as soon as it is known.

    Raises:
        SystemExit: a name that is no benchmark, or results that differ.
    """
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        raise SystemExit(f"{unknown[0]} is no benchmark. There are: {', '.join(BENCHMARKS)}.")
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.machine()}\n")
    print(HEAD, flush=True)
    for name in names or BENCHMARKS:
        for row in BENCHMARKS[name]():
            print(row.format(), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])

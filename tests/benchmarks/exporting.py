"""Exports: an indexed PNG against re-encoding it; 10,000 pictures against what cannot be spared."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from sqlalchemy import insert

from components.export.ahead import WORKERS
from components.export.exhibition import Exhibition
from components.export.pictures import index_gray
from components.export.registry import find_format
from components.export.sink import ZipSink
from components.model.classes import list_classes
from components.model.png import encode_gray, read_header
from components.model.rle import encode_coco
from components.samples.drawing.scenes import draw_scene
from components.store import exhibits, open_database, projects, schema
from components.store.rows import fold_name, make_name_key, pack_class_map
from tests.benchmarks.material import CLASS_NAMES, count_runs, make_class_ids
from tests.benchmarks.measuring import (
    Row,
    compare_speed,
    format_seconds,
    require_equal,
    time_in_turns,
)

FEW, MANY, LARGE = 1_000, 10_000, 600
_SCENES: Final = 16
_BATCH: Final = 200
_NOW: Final = 1_800_000_000_000
CLASS_MAP: Final = dict(enumerate(CLASS_NAMES))


@dataclass(frozen=True)
class Manner:
    """How pictures of a desk are made.

    Attributes:
        size_wh: pixels.
        quality: of the JPEGs, as Pillow counts it.
        scenes: how many are drawn; each is used again and again.
    """

    size_wh: tuple[int, int]
    quality: int
    scenes: int = _SCENES


SMALL: Final = Manner((1024, 683), 85)
CAMERA: Final = Manner((2048, 1536), 95, 2)
"""3 MP, about 1 MB each."""


def measure_indexed() -> Iterator[Row]:
    """An indexed PNG of a 12 MP mask that is neither cut nor stretched."""
    class_ids = make_class_ids()
    png, classes = encode_gray(class_ids), list_classes(CLASS_MAP)
    palette = b"".join(bytes.fromhex(info.colour[1:]) for info in classes)

    def ours() -> bytes:
        read_header(png, what="mask")  # the export sees to its checksums too
        return index_gray(png, classes, 0)

    def pillow() -> bytes:
        image = Image.fromarray(class_ids)
        image.putpalette(palette)
        buffer = io.BytesIO()
        image.save(buffer, "PNG", compress_level=1, transparency=0)
        return buffer.getvalue()

    for made in (ours(), pillow()):
        with Image.open(io.BytesIO(made)) as image:
            require_equal("indexed PNG", image.mode, "P")
            require_equal("indexed PNG", bool((np.asarray(image) == class_ids).all()), True)
    seconds = time_in_turns({"ours": ours, "pillow": pillow})
    name = f"indexed: 12 MP mask, {count_runs(class_ids):,} runs, unstretched"
    yield compare_speed(
        name, seconds["ours"], seconds["pillow"], "Pillow, level 1, encode alone", 50
    )


def measure_export() -> Iterator[Row]:
    """10,000 pictures of 0.7 MP as masks and as COCO: how fast, and in how much memory.

    And 600 of 3 MP, how fast: what is done for each picture, whatever its size, weighs less there.
    """
    with tempfile.TemporaryDirectory(prefix="mask-desk-") as folder:
        desks = {}
        for count in (FEW, MANY):
            desks[count] = Path(folder) / f"{count}.sqlite3"
            build_desk(desks[count], count)
        for key in ("masks", "coco"):
            few, many = (_run(desks[count], key) for count in (FEW, MANY))
            yield _compare(f"{MANY:,} pictures", MANY, key, many)
            more = many["peak"] - few["peak"]
            yield Row(
                f"export memory: {key}, {MANY:,} pictures against {FEW:,}",
                f"{many['peak']:,.0f} MB",
                f"{few['peak']:,.0f} MB",
                f"{more:+,.0f} MB",
                "≤ +16 MB",
                more <= 16,
            )
        large = Path(folder) / "large.sqlite3"
        desks[MANY].unlink()
        build_desk(large, LARGE, CAMERA)
        for key in ("masks", "coco"):
            yield _compare(f"{LARGE:,} pictures of 3 MP", LARGE, key, _run(large, key))


def _compare(what: str, count: int, key: str, found: dict[str, Any]) -> Row:
    share = found["peer"] / found["seconds"]
    return Row(
        f"export: {what} as {key} ({found['bytes'] / 1e6:,.0f} MB)",
        f"{format_seconds(found['seconds'])}, {count / found['seconds']:,.0f}/s",
        f"{format_seconds(found['peer'])} {found['peer_name']}",
        f"{share:.2f}",
        "≥ 0.8",
        share >= 0.8,
    )


def build_desk(path: Path, count: int, manner: Manner = SMALL) -> None:
    """A project of so many pictures that are all answered, each with bytes of its own."""
    database = open_database(f"sqlite:///{path}")
    project = projects.create_project(
        database, name="Bench", model="demo/1", confidence=50, by="lead", now=_NOW
    )
    scenes = [_draw(seed, manner) for seed in range(manner.scenes)]
    for start in range(0, count, _BATCH):
        rows: dict[str, list[dict[str, Any]]] = {
            "blobs": [],
            "images": [],
            "answers": [],
            "items": [],
        }
        for number in range(start, min(start + _BATCH, count)):
            _add(rows, project.id, number, manner.size_wh, *scenes[number % manner.scenes])
        with database.write() as connection:
            for table, made in rows.items():
                connection.execute(insert(getattr(schema, table)), made)
    database.close()


def _draw(seed: int, manner: Manner) -> tuple[bytes, bytes]:
    drawing = draw_scene(seed, manner.size_wh)
    buffer = io.BytesIO()
    Image.fromarray(drawing.rgb).save(buffer, "JPEG", quality=manner.quality)
    return buffer.getvalue(), encode_gray(drawing.class_ids)


def _add(
    rows: dict[str, list[dict[str, Any]]],
    project_id: str,
    number: int,
    size_wh: tuple[int, int],
    jpeg: bytes,
    png: bytes,
) -> None:
    mark = f"{number:08}".encode()
    text = struct.pack(">I", 12) + b"tEXt" + b"no\0\0" + mark
    text += struct.pack(">I", zlib.crc32(text[4:]))
    # Behind the end of the JPEG, and in a chunk of the PNG that says nothing of its pixels.
    picture, mask = jpeg + mark, png[:-12] + text + png[-12:]
    picture_sha, mask_sha = (hashlib.sha256(data).hexdigest() for data in (picture, mask))
    for sha256, data in ((picture_sha, picture), (mask_sha, mask)):
        rows["blobs"].append({"sha256": sha256, "size": len(data), "data": data, "is_away": 0})
    width, height = size_wh
    name, item_id = f"scene {number}.jpg", hashlib.md5(mark).hexdigest()  # noqa: S324
    rows["images"].append(
        {
            "sha256": picture_sha, "name": name, "media_type": "image/jpeg", "width": width,
            "height": height, "original_width": width, "original_height": height,
            "original_bytes": len(picture), "original_format": "JPEG", "notes": "[]",
        }
    )  # fmt: skip
    rows["answers"].append(
        {
            "id": item_id, "image_sha256": picture_sha, "model": "demo/1", "confidence": 50,
            "address": "http://x.example", "cut_to": None, "mask_sha256": mask_sha,
            "mask_width": width, "mask_height": height, "class_map": pack_class_map(CLASS_MAP),
            "inference_id": "", "prediction_sha256": mask_sha, "seconds": 0.1, "sent_bytes": 1,
            "received_bytes": 1, "attempts": 1, "at": _NOW,
        }
    )  # fmt: skip
    rows["items"].append(
        {
            "id": item_id, "project_id": project_id, "position": number + 1, "name": name,
            "name_folded": fold_name(name, ""), "name_key": make_name_key(name),
            "image_sha256": picture_sha, "answer_id": item_id, "status": "open", "shelf": "open",
            "reviews": 0, "confidence_key": 2.0, "disagreement": 0.0, "problem": "", "bucket": 0,
            "added_by": "lead", "added_at": _NOW, "grouping": "",
        }
    )  # fmt: skip


def _run(path: Path, key: str) -> dict[str, Any]:
    """Measure in a process of its own, since a process never says that it needs less memory."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.exporting", str(path), key],
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _measure(path: Path, key: str) -> dict[str, Any]:
    out = path.with_name("export.zip")
    database = open_database(f"sqlite:///{path}")
    (project,) = projects.list_projects(database)

    def export() -> None:
        sink = ZipSink(out)
        find_format(key).write(Exhibition(exhibits.open_exhibits(database, project.id)), sink)
        sink.close()
        _settle(out)

    seconds = _time(export)
    peak = _find_peak()
    size = out.stat().st_size
    out.unlink()
    steps: dict[str, Callable[[], None]] = {
        "reading and writing the bytes": lambda: _copy(path, out)
    }
    if key == "coco":
        steps["inflating the masks"] = lambda: _unpack(path, np.shape)
        steps["inflating and run lengths"] = lambda: _unpack(path, encode_coco)
    taken = {name: _time(step) for name, step in steps.items()}
    slowest = max(taken, key=lambda name: taken[name])
    database.close()
    out.unlink()
    return {
        "seconds": seconds,
        "peak": peak,
        "bytes": size,
        "peer": taken[slowest],
        "peer_name": slowest,
        "all": taken,
    }


def _time(call: Callable[[], None]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def _copy(path: Path, out: Path) -> None:
    """Every picture and mask out of the database by its key, summed, and into a file on disk."""
    with sqlite3.connect(path) as connection, out.open("wb") as file:
        names = connection.execute("SELECT image_sha256, mask_sha256 FROM answers").fetchall()
        for pair in names:
            for name in pair:
                query = "SELECT data FROM blobs WHERE sha256 = ?"
                (data,) = connection.execute(query, (name,)).fetchone()
                zlib.crc32(data)
                file.write(data)
    connection.close()
    _settle(out)


def _settle(path: Path) -> None:
    """Wait until the file is on the disk."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _find_peak() -> float:
    """The most memory this process had so far, in MB; what its parent had does not count."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0


def _unpack(path: Path, then: Callable[[NDArray[np.uint8]], Any]) -> None:
    """Every mask read, unpacked and worked on, by as many threads as an export has."""

    def work(data: bytes) -> None:
        with Image.open(io.BytesIO(data)) as image:
            then(np.asarray(image))

    with sqlite3.connect(path) as connection, ThreadPoolExecutor(WORKERS) as pool:
        query = "SELECT data FROM blobs JOIN answers ON sha256 = mask_sha256"
        waiting = []
        for (data,) in connection.execute(query):
            waiting.append(pool.submit(work, data))
            if len(waiting) > WORKERS:
                waiting.pop(0).result()
    connection.close()


if __name__ == "__main__":
    print(json.dumps(_measure(Path(sys.argv[1]), sys.argv[2])))

"""COCO: one JSON file in which each class of each picture is one region, run-length encoded.

`annotations/instances_default.json` beside `images/default/…`, as CVAT and Datumaro lay it out.
Category ids are the class ids, names stand as they came. A region of a class is all its pixels in
a picture, however many parts they have, which COCO calls a crowd (`iscrowd` 1: only these are
run-length encoded). The background is a category and has no region: it is what is left. Pixels
whose id has no name make a category called "unlabelled <id>".

Source: https://cocodataset.org/#format-data, and pycocotools' own reader.
"""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from typing import Any, Final

from components.export.ahead import work_ahead
from components.export.exhibition import Exhibition, Format
from components.export.naming import Names
from components.export.pictures import find_suffix, make_class_ids
from components.export.sink import Sink
from components.model.exhibit import Exhibit
from components.model.rle import CocoRle, encode_coco

PLACE: Final = "annotations/instances_default.json"
_PICTURES: Final = "images/default"
_BLOCK: Final = 1 << 20


def write_coco(exhibition: Exhibition, sink: Sink) -> None:
    """Write the pictures as they are met, the JSON at the end; none of it is held in memory.

    Raises:
        ExportError: a mask cannot be decoded, or an entry not be written.
        StoreError: bytes are lost, or cannot be read now.
    """
    legend, names = exhibition.legend, Names()
    background, seen, number = legend.background_id, set(legend.names), 0

    def make(exhibit: Exhibit) -> tuple[dict[int, CocoRle], bytes | None]:
        picture = exhibit.load_image() if exhibition.has_pictures else None
        return encode_coco(make_class_ids(exhibit, legend)), picture

    # The regions are by far the most, and so the first that the file has: what is written after
    # them is put by meanwhile.
    with sink.compose(PLACE) as json_file, sink.open_scratch() as images:
        head = _pack({"info": _make_info(exhibition), "licenses": [_make_licence(exhibition)]})
        json_file.write(f'{head[:-1]},\n"annotations":['.encode())
        masked = work_ahead(exhibition.list_masked(), make)
        for image_id, (exhibit, (found, picture)) in enumerate(masked, 1):
            stem = names.take(exhibit.item.name, exhibit.image.sha256)
            file_name = f"{stem}{find_suffix(exhibit)}"
            if picture is not None:
                sink.write(f"{_PICTURES}/{file_name}", picture)
            comma = "" if image_id == 1 else ","
            line = f"{comma}\n{_pack(_make_image(image_id, file_name, exhibit))}"
            images.write(line.encode())
            for class_id, rle in found.items():
                if class_id == background:
                    continue
                number += 1
                seen.add(class_id)
                comma = "" if number == 1 else ","
                region = _pack(_make_region(number, image_id, class_id, rle))
                json_file.write(f"{comma}\n{region}".encode())
        json_file.write(b'],\n"images":[')
        images.seek(0)
        shutil.copyfileobj(images, json_file, _BLOCK)
        categories = [
            {
                "id": class_id,
                "name": legend.names.get(class_id, legend.classes[class_id].name),
                "supercategory": "",
            }
            for class_id in sorted(seen)
        ]
        json_file.write(f'],\n"categories":{_pack(categories)}}}\n'.encode())


def _make_info(exhibition: Exhibition) -> dict[str, Any]:
    # When what is handed on last changed, not when it was handed on: the same has the same bytes.
    changed = datetime.fromtimestamp(exhibition.exhibits.changed_at / 1000, UTC)
    return {
        "description": exhibition.project.name,
        "url": "",
        "version": "1.0",
        "year": changed.year,
        "contributor": "Mask Desk",
        "date_created": changed.isoformat(timespec="seconds"),
    }


def _make_licence(exhibition: Exhibition) -> dict[str, Any]:
    return {"id": 1, "name": exhibition.licence or "Not stated", "url": ""}


def _make_image(image_id: int, file_name: str, exhibit: Exhibit) -> dict[str, Any]:
    width, height = exhibit.image.size_wh
    return {
        "id": image_id,
        "license": 1,
        "file_name": file_name,
        "width": width,
        "height": height,
        "date_captured": "",
        "extra": {
            "name": exhibit.item.name,
            "sha256": exhibit.image.sha256,
            "status": exhibit.item.status,
            "confidence": exhibit.confidence,
        },
    }


def _make_region(number: int, image_id: int, class_id: int, rle: CocoRle) -> dict[str, Any]:
    return {
        "id": number,
        "image_id": image_id,
        "category_id": class_id,
        "segmentation": {"size": list(rle.size), "counts": rle.counts.decode("ascii")},
        "area": rle.area,
        "bbox": list(rle.box),
        "iscrowd": 1,
    }


def _pack(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


COCO = Format(
    key="coco",
    title="COCO (JSON)",
    about="One JSON file with each class's region, area and box: most training software reads it.",
    suffix=".zip",
    write=write_coco,
    takes_pictures=True,
)

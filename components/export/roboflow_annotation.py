"""A picture's mask as the text of an annotation file that Roboflow's API takes.

The API takes annotation files that are text and name the picture's file
(https://docs.roboflow.com/developer/rest-api/manage-images/upload-an-annotation); a PNG mask is
neither. COCO with run-length encoding is on its list of formats (https://roboflow.com/formats) and
keeps every pixel, holes and all, where polygons would not. The background is left out: what is not
annotated in a project of semantic segmentation is background there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from components.model.classes import is_background_name
from components.model.rle import encode_coco

ENDING: Final = ".coco.json"

_NOTHING: Final[dict[str, Any]] = {
    "id": 999999999,
    "image_id": 999999999,
    "category_id": 0,
    "area": 1,
    "segmentation": [],
    "iscrowd": 0,
}
"""Of no picture; without any annotation the API does not see that a file is COCO, so Roboflow's own
client adds such a one."""


def write_annotation(name: str, class_ids: NDArray[np.uint8], class_map: Mapping[int, str]) -> str:
    """One picture's mask as COCO.

    Args:
        name: the picture's file name, as it was uploaded.
        class_ids: at the picture's size, uint8 (H, W).
        class_map: names by class id, exactly as they came.

    Returns:
        JSON: one category for each named class but the background, one annotation for each of them
        that is present.
    """
    height, width = class_ids.shape
    wanted = {
        id_: called
        for id_, called in sorted(class_map.items())
        if called.strip() and not is_background_name(called)
    }
    annotations = [
        {
            "id": place,
            "image_id": 1,
            "category_id": id_,
            "segmentation": {"size": list(rle.size), "counts": rle.counts.decode("ascii")},
            "area": rle.area,
            "bbox": list(rle.box),
            "iscrowd": 0,
        }
        for place, (id_, rle) in enumerate(
            ((id_, rle) for id_, rle in encode_coco(class_ids).items() if id_ in wanted), start=1
        )
    ]
    return json.dumps(
        {
            "info": {"description": "Masks reviewed at a Mask Desk"},
            "licenses": [],
            "categories": [
                {"id": id_, "name": called, "supercategory": "none"}
                for id_, called in wanted.items()
            ],
            "images": [{"id": 1, "file_name": name, "width": width, "height": height}],
            "annotations": annotations or [_NOTHING],
        },
        ensure_ascii=False,
    )

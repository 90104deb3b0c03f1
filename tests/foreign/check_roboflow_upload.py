"""Run by an environment that has the `roboflow` package: uploads a picture and its annotation.

`check_roboflow_upload.py ADDRESS KEY IMAGE ANNOTATION` lets the package's own Project send both,
twice: the second time they are there already.
"""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Upload, and check that the package understands what it is answered."""
    address, key, picture, annotation = sys.argv[1:]
    # The package reads this when it is imported.
    os.environ["API_URL"] = address
    from roboflow.core.project import Project  # type: ignore[import-not-found]

    about = {
        "id": "workspace/streets",
        "type": "semantic-segmentation",
        "name": "Streets",
        "annotation": "street",
        "classes": {},
        "colors": {},
        "created": 0,
        "images": 0,
        "public": False,
        "splits": {},
        "unannotated": 0,
        "updated": 0,
        "versions": [],
    }
    project = Project(key, about)
    first = project.single_upload(
        image_path=picture, annotation_path=annotation, batch_name="Streets, from Mask Desk"
    )
    assert first["image"]["success"], first
    assert first["annotation"] == {"success": True}, first
    again = project.single_upload(
        image_path=picture, annotation_path=annotation, batch_name="Streets, from Mask Desk"
    )
    assert again["image"]["duplicate"], again
    assert again["image"]["id"] == first["image"]["id"]
    assert again["annotation"] == {"warn": "already annotated"}, again


if __name__ == "__main__":
    main()

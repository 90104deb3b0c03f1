"""Run by an environment that has the `roboflow` package: `check_roboflow.py ADDRESS IMAGE OUT.npy`.

Predicts with the package's own SemanticSegmentationModel and stores the mask it gives.
"""

from __future__ import annotations

import base64
import io
import os
import sys

import numpy as np
from PIL import Image


def main() -> None:
    """Predict, check what the package made of the answer, store the mask."""
    address, picture, out = sys.argv[1:]
    # The package reads this when it is imported.
    os.environ["SEMANTIC_SEGMENTATION_URL"] = address
    from roboflow.models.semantic_segmentation import (  # type: ignore[import-not-found]
        SemanticSegmentationModel,
    )

    model = SemanticSegmentationModel("ANY-KEY", "workspace/demo-scene/1")
    group = model.predict(picture, confidence=30)
    (prediction,) = group.predictions
    with Image.open(picture) as image:
        assert group.image_dims == {"width": str(image.width), "height": str(image.height)}
    data = prediction.json()
    assert data["class_map"]["1"] == "sky"
    with Image.open(io.BytesIO(base64.b64decode(data["segmentation_mask"]))) as mask:
        np.save(out, np.asarray(mask))
    group.save(out + ".jpg")
    with Image.open(picture) as image, Image.open(out + ".jpg") as overlay:
        assert overlay.size == image.size


if __name__ == "__main__":
    main()

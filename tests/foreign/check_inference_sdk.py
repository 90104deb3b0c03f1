"""Run by an environment that has `inference-sdk`: `check_inference_sdk.py ADDRESS IMAGE OUT.npy`.

Predicts with the SDK's client in its oldest API, the hosted service's, and stores the mask.
"""

from __future__ import annotations

import base64
import io
import sys

import numpy as np
from inference_sdk import (  # type: ignore[import-not-found]
    InferenceConfiguration,
    InferenceHTTPClient,
)
from inference_sdk.http.errors import (  # type: ignore[import-not-found]
    HTTPCallErrorError,
)
from PIL import Image


def main() -> None:
    """Predict, check a refusal is understood too, store the mask."""
    address, picture, out = sys.argv[1:]
    client = InferenceHTTPClient(api_url=address, api_key="ANY-KEY").select_api_v0()
    client.configure(InferenceConfiguration(confidence_threshold=0.3))
    answer = client.infer(picture, model_id="demo-scene/1")
    with Image.open(picture) as image:
        assert answer["image"] == {"width": image.width, "height": image.height}
    with Image.open(io.BytesIO(base64.b64decode(answer["segmentation_mask"]))) as mask:
        np.save(out, np.asarray(mask))
    refusal = None
    try:
        client.infer(picture, model_id="no-such/1")
    except HTTPCallErrorError as error:
        refusal = error
    assert refusal is not None
    assert refusal.status_code == 404
    assert "model" in refusal.api_message


if __name__ == "__main__":
    main()

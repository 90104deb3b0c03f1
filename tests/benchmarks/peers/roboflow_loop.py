"""Run by an environment that has the `roboflow` package: `roboflow_loop.py ADDRESS ROUNDS FILE…`.

Asks about one file after the other, as the package's users do, and prints the seconds of each
round through all of them as JSON. The first round warms up and is left out.
"""

from __future__ import annotations

import json
import os
import sys
import time


def main() -> None:
    """Ask."""
    address, rounds, *files = sys.argv[1:]
    # The package reads this when it is imported.
    os.environ["SEMANTIC_SEGMENTATION_URL"] = address
    from roboflow.models.semantic_segmentation import (  # type: ignore[import-not-found]
        SemanticSegmentationModel,
    )

    model = SemanticSegmentationModel("ANY-KEY", "workspace/some-model/1")
    seconds = []
    model.predict(files[0], confidence=50)
    for _ in range(int(rounds)):
        began = time.perf_counter()
        for file in files:
            assert model.predict(file, confidence=50).predictions
        seconds.append(time.perf_counter() - began)
    print(json.dumps(seconds))


if __name__ == "__main__":
    main()

"""Records torchmetrics' figures: python -m tests.tools.record_scores >tests/model/torchmetrics.json

torch is too large to be installed for each run of the tests, so what it said is kept beside them.
Run where `torch` and `torchmetrics` are installed. torchmetrics divides in single precision; here
it is made to divide in double precision, so that only its formulas are compared.
"""

from __future__ import annotations

import json
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

CLASSES = 7


def make_pair(seed: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """A truth and an answer that differs here and there: int64 (60, 80), 0–6.

    By seed, classes are absent from one or from both.
    """
    random = np.random.default_rng(seed)
    truth = np.kron(random.integers(0, CLASSES - seed % 3, (6, 8)), np.ones((10, 10), np.int64))
    answer = np.where(random.random(truth.shape) < 0.25, random.integers(0, 6, truth.shape), truth)
    if seed % 2:
        answer[answer == 2] = 3
    return truth, answer


def main() -> None:
    """Print the figures of some seeds as JSON."""
    torch: Any = import_module("torch")
    metrics: Any = import_module("torchmetrics.functional.classification")
    torch.Tensor.float = torch.Tensor.double
    torch.set_default_dtype(torch.float64)
    record: dict[str, Any] = {
        "torch": torch.__version__,
        "torchmetrics": import_module("torchmetrics").__version__,
        "figures": [],
    }
    for seed in range(6):
        truth, answer = (torch.from_numpy(ids.ravel()) for ids in make_pair(seed))
        for ignored in (None, 1):
            told = {"num_classes": CLASSES, "ignore_index": ignored}

            def measure(
                name: str, average: str, *, told: Any = told, pair: Any = (answer, truth)
            ) -> Any:
                measured = getattr(metrics, f"multiclass_{name}")(*pair, average=average, **told)
                return measured.tolist()

            record["figures"].append(
                {
                    "seed": seed,
                    "ignored": ignored,
                    "confusion": metrics.multiclass_confusion_matrix(
                        answer, truth, **told
                    ).tolist(),
                    "iou": measure("jaccard_index", "none"),
                    "mean_iou": measure("jaccard_index", "macro"),
                    "weighted_iou": measure("jaccard_index", "weighted"),
                    "precision": measure("precision", "none"),
                    "recall": measure("recall", "none"),
                    "f1": measure("f1_score", "none"),
                    "pixel_accuracy": measure("accuracy", "micro"),
                }
            )
    rows = ",\n".join(f"  {json.dumps(row)}" for row in record.pop("figures"))
    head = "".join(f" {json.dumps(key)}: {json.dumps(said)},\n" for key, said in record.items())
    print(f'{{\n{head} "figures": [\n{rows}\n ]\n}}')


if __name__ == "__main__":
    main()

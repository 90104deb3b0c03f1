"""Train demo-scene/1 on scenes drawn for it: `python -m tests.tools.train_scene [--scenes 300]`.

Deterministic on one machine. The seeds of training scenes, of the samples and of the unseen
scenes in tests do not overlap. Writes components/local_server/models/scene.npz and prints the mean
IoU on unseen scenes.
"""

from __future__ import annotations

import argparse
import io
import itertools
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import numpy.typing as npt
from PIL import Image

from components.local_server.models.features import Surroundings
from components.local_server.models.perceptron import Perceptron
from components.local_server.models.scene import (
    CLASSES,
    STAGES,
    WEIGHTS,
    classify,
    judge_context,
)
from components.samples.drawing.scenes import KINDS, draw_scene

FIRST_TRAINING_SEED = 10_000
FIRST_UNSEEN_SEED = 90_000
SIZES = ((768, 512), (640, 480), (512, 640), (1024, 683), (720, 405), (600, 600))

Matrix = npt.NDArray[np.float32]
Labels = npt.NDArray[np.uint8]
Example = tuple[npt.NDArray[np.uint8], Labels]
"""rgb (h, w, 3) and class_ids (h, w)."""
Sample = tuple[Matrix, Labels]
"""Features (n, k) and labels (n,)."""


def draw_unseen(count: int) -> Iterator[Example]:
    """Scenes no training has seen, every kind in turn."""
    for seed in range(FIRST_UNSEEN_SEED, FIRST_UNSEEN_SEED + count):
        yield draw_example(seed, KINDS[seed % len(KINDS)])


def draw_example(seed: int, kind: str | None = None) -> Example:
    """A scene as a model meets it, through JPEG, and its truth: rgb (h, w, 3), class_ids (h, w)."""
    drawing = draw_scene(seed, SIZES[(seed // 7) % len(SIZES)], kind)
    buffer = io.BytesIO()
    Image.fromarray(drawing.rgb).save(buffer, "JPEG", quality=88)
    with Image.open(buffer) as image:
        return np.asarray(image), drawing.class_ids


def count_confusion(truth: Labels, predicted: npt.NDArray[np.integer]) -> npt.NDArray[np.int64]:
    """Confusion matrix (truth, predicted) over `CLASSES`."""
    kinds = len(CLASSES)
    pairs = truth.ravel().astype(np.int64) * kinds + predicted.ravel()
    return np.bincount(pairs, minlength=kinds**2).reshape(kinds, kinds)


def class_ious(confusion: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Intersection over union of each class; nan where a class never occurs."""
    hits = np.diag(confusion)
    union = confusion.sum(axis=0) + confusion.sum(axis=1) - hits
    return np.where(union > 0, hits / np.maximum(union, 1), np.nan)


def fit(
    features: Matrix,
    labels: Labels,
    hidden: tuple[int, ...],
    rng: np.random.Generator,
    epochs: int,
    balance: float,
) -> Perceptron:
    """Fit a perceptron by Adam on cross-entropy.

    Args:
        features: float32 (n, k).
        labels: uint8 (n,).
        hidden: widths of the hidden layers.
        rng: chance.
        epochs: passes over the data.
        balance: 0 counts every pixel alike, 1 every class alike.

    Returns:
        The perceptron; the scaling of features is folded into its first layer.
    """
    mean, spread = features.mean(axis=0), features.std(axis=0) + 1e-3
    widths = (features.shape[1], *hidden, len(CLASSES))
    weights = [
        (rng.standard_normal((a, b)) * np.sqrt(2 / a)).astype(np.float32)
        for a, b in itertools.pairwise(widths)
    ]
    biases = [np.zeros(b, np.float32) for b in widths[1:]]
    frequency = np.bincount(labels, minlength=len(CLASSES)) / labels.size
    importance = (1 / np.maximum(frequency, 1e-4)) ** balance
    importance = (importance / (importance * frequency).sum()).astype(np.float32)
    parameters = weights + biases
    first = [np.zeros_like(p) for p in parameters]
    second = [np.zeros_like(p) for p in parameters]
    batch, step = 2048, 0
    steps = epochs * (labels.size // batch)
    for _ in range(epochs):
        order = rng.permutation(labels.size)
        for start in range(0, labels.size - batch + 1, batch):
            chosen = order[start : start + batch]
            values = [(features[chosen] - mean) / spread]
            for layer, (weight, bias) in enumerate(zip(weights, biases, strict=True)):
                product = values[-1] @ weight + bias
                values.append(np.maximum(product, 0) if layer < len(weights) - 1 else product)
            logits = values[-1] - values[-1].max(axis=1, keepdims=True)
            slope = np.exp(logits)
            slope /= slope.sum(axis=1, keepdims=True)
            slope[np.arange(batch), labels[chosen]] -= 1
            slope *= importance[labels[chosen]][:, None] / batch
            gradients: list[Matrix] = []
            for layer in reversed(range(len(weights))):
                gradients = [values[layer].T @ slope, slope.sum(axis=0), *gradients]
                if layer:
                    slope = (slope @ weights[layer].T) * (values[layer] > 0)
            step += 1
            rate = 3e-3 * min(1.0, step / 200) * 0.5 * (1 + np.cos(np.pi * step / steps))
            by_kind = gradients[0::2] + gradients[1::2]
            for index, (parameter, gradient) in enumerate(zip(parameters, by_kind, strict=True)):
                first[index] += 0.1 * (gradient - first[index])
                second[index] += 0.001 * (gradient**2 - second[index])
                scaled = first[index] / (1 - 0.9**step)
                scaled /= np.sqrt(second[index] / (1 - 0.999**step)) + 1e-8
                parameter -= (rate * scaled).astype(np.float32)
    weights[0] = weights[0] / spread[:, None]
    biases[0] = biases[0] - mean @ weights[0]
    rounded = [
        (w.astype(np.float16).astype(np.float32), b) for w, b in zip(weights, biases, strict=True)
    ]
    return Perceptron(rounded)


def sample_context(planes: Matrix, truth: Labels, count: int, rng: np.random.Generator) -> Sample:
    """Random pixels of the context grid, with the class at the middle of each."""
    _, high, wide = planes.shape
    rows = (np.arange(high) * 2 + 1) * truth.shape[0] // (2 * high)
    columns = (np.arange(wide) * 2 + 1) * truth.shape[1] // (2 * wide)
    chosen = rng.choice(high * wide, min(count, high * wide), replace=False)
    return (
        planes.reshape(planes.shape[0], -1)[:, chosen].T,
        truth[rows[:, None], columns].ravel()[chosen],
    )


def sample_fine(
    surroundings: Surroundings,
    context: Matrix,
    truth: Labels,
    count: int,
    rng: np.random.Generator,
) -> Sample:
    """Random pixels of the picture itself."""
    features, labels = [], []
    for rows, planes in surroundings.fine_strips(context):
        part = truth[rows].ravel()
        chosen = rng.choice(part.size, max(1, count * part.size // truth.size), replace=False)
        features.append(planes.reshape(planes.shape[0], -1)[:, chosen].T)
        labels.append(part[chosen])
    return np.concatenate(features), np.concatenate(labels)


def train(examples: list[Example], epochs: int) -> dict[str, Perceptron]:
    """Fit the three stages, each on what the stages before it say."""
    rng = np.random.default_rng(20_000)
    scenes = [(Surroundings(rgb), truth) for rgb, truth in examples]
    stages: dict[str, Perceptron] = {}
    samples = [sample_context(s.context_features(), truth, 5000, rng) for s, truth in scenes]
    stages["first"] = fit(*_join(samples), (96, 48), rng, epochs, balance=0.35)
    samples = [
        sample_context(
            s.context_features_given(stages["first"].planes(s.context_features())), truth, 6000, rng
        )
        for s, truth in scenes
    ]
    stages["second"] = fit(*_join(samples), (128, 64), rng, epochs, balance=0.3)
    samples = [sample_fine(s, judge_context(stages, s), truth, 12_000, rng) for s, truth in scenes]
    stages["fine"] = fit(*_join(samples), (56, 32), rng, epochs, balance=0.0)
    return stages


def _join(samples: list[Sample]) -> Sample:
    return (
        np.concatenate([features for features, _ in samples]),
        np.concatenate([labels for _, labels in samples]),
    )


def judge(stages: dict[str, Perceptron], examples: Iterable[Example]) -> None:
    """Print the IoU of each class, their mean, and how far confidence can be believed."""
    confusion = np.zeros((len(CLASSES), len(CLASSES)), np.int64)
    claimed, right, pixels = np.zeros(11), np.zeros(11), np.zeros(11)
    for rgb, truth in examples:
        probabilities = classify(stages, Surroundings(rgb))
        predicted = probabilities.argmax(axis=0)
        best = probabilities.max(axis=0)
        confusion += count_confusion(truth, predicted)
        tenth = (best * 10).astype(int).ravel()
        claimed += np.bincount(tenth, best.ravel(), 11)
        right += np.bincount(tenth, (predicted == truth).ravel(), 11)
        pixels += np.bincount(tenth, minlength=11)
    ious = class_ious(confusion)
    for name, iou in zip(CLASSES, ious, strict=True):
        print(f"{name:12} {iou:.3f}")
    print(f"mean IoU     {np.nanmean(ious):.3f}")
    for claim, hit, count in zip(claimed, right, pixels, strict=True):
        if count:
            print(
                f"says {claim / count:.2f}, is right {hit / count:.2f}, {count / pixels.sum():.1%}"
            )


def main() -> None:
    """Draw, train, store, judge."""
    parser = argparse.ArgumentParser(description="Train demo-scene/1.")
    parser.add_argument("--scenes", type=int, default=300)
    parser.add_argument("--epochs", type=int, default=10)
    options = parser.parse_args()
    with ProcessPoolExecutor() as pool:
        seeds = range(FIRST_TRAINING_SEED, FIRST_TRAINING_SEED + options.scenes)
        examples = list(pool.map(draw_example, seeds))
    stages = train(examples, options.epochs)
    store(stages)
    judge(stages, draw_unseen(28))


def store(stages: dict[str, Perceptron]) -> None:
    """Write the weights in half precision, biases in single."""
    arrays: dict[str, npt.NDArray[np.floating]] = {}
    for name in STAGES:
        for layer, (weights, biases) in enumerate(stages[name].layers):
            arrays[f"{name}_w{layer}"] = weights.astype(np.float16)
            arrays[f"{name}_b{layer}"] = biases
    np.savez_compressed(WEIGHTS, allow_pickle=False, **arrays)


if __name__ == "__main__":
    main()

"""demo-scene/1: outdoor scenes in the style of the desk's own samples, in ten classes.

Three perceptrons in a row, as in auto-context (Tu, CVPR 2008): the first judges a small grid by
colour, texture and position, the second also by what the first said about the neighbourhood, the
third decides each pixel by its own colour and the second's opinion. Each ends in a softmax.

Mean IoU on 21 drawn scenes that training never saw, three of each kind, counted over all their
pixels: 0.93 (worst: person 0.83, car 0.87). On photographs it guesses.
`python -m tests.tools.train_scene` trains it again.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from components.local_server.models.card import ModelCard
from components.local_server.models.features import Surroundings
from components.local_server.models.perceptron import Perceptron

WEIGHTS = Path(__file__).with_name("scene.npz")
STAGES = ("first", "second", "fine")
"""The perceptrons' names among the stored arrays, in their order."""

CLASSES = (
    "background",
    "sky",
    "tree",
    "building",
    "road",
    "water",
    "field",
    "mountain",
    "car",
    "person",
)


class SceneModel:
    """Ten classes of an outdoor scene."""

    card = ModelCard(
        id="demo-scene/1",
        title="Demo scene",
        about=(
            "A demonstration trained on drawn landscapes and streets such as the samples; "
            "it shows how the desk works and is no model to rely on."
        ),
        class_map={str(class_id): name for class_id, name in enumerate(CLASSES)},
    )
    background_id = 0

    def probabilities(self, rgb: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        """See `Model.probabilities`; the classes are `CLASSES`."""
        return classify(_load_weights(), Surroundings(rgb))


def classify(
    stages: Mapping[str, Perceptron], surroundings: Surroundings
) -> npt.NDArray[np.float32]:
    """Run the three stages.

    Args:
        stages: a perceptron for each name in `STAGES`.
        surroundings: of the picture.

    Returns:
        float32 (classes, h, w), sums to 1 over the first axis.
    """
    width, height = surroundings.size_wh
    context = judge_context(stages, surroundings)
    probabilities = np.empty((len(CLASSES), height, width), np.float32)
    for rows, features in surroundings.fine_strips(context):
        probabilities[:, rows] = stages["fine"].planes(features)
    return probabilities


def judge_context(
    stages: Mapping[str, Perceptron], surroundings: Surroundings
) -> npt.NDArray[np.float32]:
    """The first two stages: float32 (classes, h, w) on the context grid."""
    guess = stages["first"].planes(surroundings.context_features())
    return stages["second"].planes(surroundings.context_features_given(guess))


@functools.cache
def _load_weights() -> Mapping[str, Perceptron]:
    with np.load(WEIGHTS, allow_pickle=False) as arrays:
        return {name: Perceptron.from_arrays(arrays, name) for name in STAGES}

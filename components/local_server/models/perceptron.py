"""A small multilayer perceptron with a softmax at its end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float32]


class Perceptron:
    """Layers of weights with rectifiers between them.

    Attributes:
        layers: (weights float32 (inputs, outputs), biases float32 (outputs,)) from first to last.
    """

    def __init__(self, layers: Sequence[tuple[Matrix, Matrix]]) -> None:
        self.layers = tuple(layers)

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[np.floating]], name: str) -> Perceptron:
        """Pick the layers "<name>_w0", "<name>_b0", "<name>_w1", … out of stored arrays."""
        layers: list[tuple[Matrix, Matrix]] = []
        while f"{name}_w{len(layers)}" in arrays:
            weights = arrays[f"{name}_w{len(layers)}"].astype(np.float32)
            biases = arrays[f"{name}_b{len(layers)}"].astype(np.float32)
            layers.append((weights, biases))
        return cls(layers)

    def __call__(self, features: Matrix) -> Matrix:
        """Class probabilities.

        Args:
            features: float32 (inputs, n), one column a pixel.

        Returns:
            float32 (classes, n), each column sums to 1.
        """
        values = features
        for weights, biases in self.layers[:-1]:
            values = weights.T @ values
            values += biases[:, None]
            np.maximum(values, 0, out=values)
        weights, biases = self.layers[-1]
        values = weights.T @ values
        values += biases[:, None]
        values -= values.max(axis=0)
        np.exp(values, out=values)
        values /= values.sum(axis=0)
        return values

    def planes(self, features: Matrix) -> Matrix:
        """The same for features float32 (inputs, h, w): float32 (classes, h, w)."""
        flat = self(features.reshape(features.shape[0], -1))
        return flat.reshape(-1, *features.shape[1:])

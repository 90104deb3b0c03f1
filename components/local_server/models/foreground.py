"""demo-object/1: the object that stands out from the picture's border.

No training: the picture itself says what its background looks like. A guess by position alone is
sharpened in turns: colour histograms of object and background are counted by the guess, and the
guess is made anew from both, as in GrabCut (Rother, Kolmogorov, Blake, SIGGRAPH 2004) but with
smoothing in place of the graph cut. Then holes are filled, and the log odds are refined along the
picture's edges.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image

from components.local_server.models.card import ModelCard
from components.local_server.models.filters import box_mean, guided_filter, resize_plane

_SMALL_EDGE = 160
_BINS = 12
_ROUNDS = 5

Planes = npt.NDArray[np.float32]


class ForegroundModel:
    """Two classes, " background" and " object", spelt with a space as Roboflow's example does."""

    card = ModelCard(
        id="demo-object/1",
        title="Demo object",
        about=(
            "A demonstration that marks what stands out from the border of an ordinary photograph; "
            "it shows how the desk works and is no model to rely on."
        ),
        class_map={"0": " background", "1": " object"},
    )
    background_id = 0

    def probabilities(self, rgb: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        """See `Model.probabilities`; the classes are background and object."""
        height, width = rgb.shape[:2]
        small = _shrink(rgb)
        odds = resize_plane(_log_odds(_opponent(small)), (width, height))
        guide = np.asarray(Image.fromarray(rgb).convert("L"), np.float32) / 255.0
        radius = max(2, min(height, width) // 60)
        odds = guided_filter(guide, odds, radius, 2e-3)
        # A softmax over (0, odds) is a logistic function of the odds.
        inside = 1.0 / (1.0 + np.exp(-np.clip(odds, -12, 12)))
        return np.stack([1.0 - inside, inside]).astype(np.float32)


def _shrink(rgb: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    height, width = rgb.shape[:2]
    factor = min(1.0, _SMALL_EDGE / min(height, width), 4 * _SMALL_EDGE / max(height, width))
    size_wh = max(1, round(width * factor)), max(1, round(height * factor))
    return np.asarray(Image.fromarray(rgb).resize(size_wh, Image.Resampling.BOX))


def _opponent(rgb: npt.NDArray[np.uint8]) -> Planes:
    """Luma and two colour differences, float32 (3, h, w), each about 0–1."""
    red, green, blue = (rgb[..., band].astype(np.float32) / 255.0 for band in range(3))
    luma = 0.299 * red + 0.587 * green + 0.114 * blue
    return np.stack([luma, 0.5 + 0.9 * (red - luma), 0.5 + 0.9 * (blue - luma)])


def _log_odds(planes: Planes) -> npt.NDArray[np.float32]:
    """Log odds of object against background, float32 (h, w)."""
    height, width = planes.shape[1:]
    ys = np.abs(np.linspace(-1, 1, height, dtype=np.float32))[:, None]
    xs = np.abs(np.linspace(-1, 1, width, dtype=np.float32))[None, :]
    border = np.maximum(ys, xs)
    # Objects are framed: likely in the middle, unlikely along the sides, less so at the bottom.
    prior = 1.6 - 3.6 * np.sqrt(0.55 * ys**2 + 0.75 * xs**2) ** 1.5
    bins = _colour_bins(planes)
    framed = 1.0 / (1.0 + np.exp(-(prior * 1.5)))
    inside: npt.NDArray[np.float32] = np.where(border > 0.92, 0.02, framed).astype(np.float32)
    radius = max(1, min(height, width) // 30)
    odds = prior.astype(np.float32)
    for _ in range(_ROUNDS):
        evidence = _histogram_odds(bins, inside)
        odds = (0.9 * box_mean(evidence, radius) + 0.5 * evidence + 0.9 * prior).astype(np.float32)
        inside = (1.0 / (1.0 + np.exp(-odds))).astype(np.float32)
    return (0.25 * odds + 0.75 * _fill_holes(odds)).astype(np.float32)


def _fill_holes(odds: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Raise what is enclosed to the lowest point of its rim (reconstruction by erosion)."""
    filled = np.full_like(odds, odds.max())
    for side in (np.s_[0], np.s_[-1], np.s_[:, 0], np.s_[:, -1]):
        filled[side] = odds[side]
    for _ in range(sum(odds.shape)):
        before = filled
        lowered = np.pad(filled, 1, "edge")
        filled = np.minimum.reduce(
            [filled, lowered[2:, 1:-1], lowered[:-2, 1:-1], lowered[1:-1, 2:], lowered[1:-1, :-2]]
        )
        filled = np.maximum(filled, odds)
        if np.array_equal(filled, before):
            break
    return filled


def _colour_bins(planes: Planes) -> npt.NDArray[np.intp]:
    """Each pixel's colour bin, (h, w); bins are even in rank, so every picture uses them all."""
    index = np.zeros(planes.shape[1:], np.intp)
    for plane in planes:
        edges = np.quantile(plane, np.linspace(0, 1, _BINS + 1)[1:-1])
        index = index * _BINS + np.searchsorted(edges, plane)
    return index


def _histogram_odds(
    bins: npt.NDArray[np.intp], inside: npt.NDArray[np.float32]
) -> npt.NDArray[np.float32]:
    """log p(colour | object) − log p(colour | background) from smoothed joint histograms."""
    flat, weights = bins.ravel(), inside.ravel().astype(np.float64)
    shape = (_BINS, _BINS, _BINS)
    objects = _blur(_count(flat, weights).reshape(shape))
    grounds = _blur(_count(flat, 1.0 - weights).reshape(shape))
    floor = flat.size / _BINS**3 * 0.15
    ratio = (objects + floor) / objects.sum() * grounds.sum() / (grounds + floor)
    odds: npt.NDArray[np.float32] = np.log(ratio).astype(np.float32).ravel()[bins]
    return odds


def _count(flat: npt.NDArray[np.intp], weights: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.bincount(flat, weights, _BINS**3).astype(np.float64)


def _blur(histogram: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    for axis in range(3):
        padded = np.pad(histogram, [(1, 1) if a == axis else (0, 0) for a in range(3)], "edge")
        middle = histogram
        before = np.take(padded, np.arange(_BINS), axis)
        after = np.take(padded, np.arange(2, _BINS + 2), axis)
        histogram = 0.25 * before + 0.5 * middle + 0.25 * after
    return histogram

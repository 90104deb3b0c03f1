"""What is counted of an answer at once, so that lists and charts need not look at masks."""

from __future__ import annotations

from components.model.areas import Area, count_stretched, list_areas
from components.model.classes import list_classes
from components.model.cut import count_cut, tabulate
from components.model.image import SizeWH
from components.model.png import decode_gray
from components.model.prediction import Prediction


def measure(
    prediction: Prediction, size_wh: SizeWH, confidence: int, cut_to: int | None
) -> tuple[tuple[Area, ...], float | None]:
    """Areas of the classes present and the mean confidence; each mask is decoded once.

    Args:
        prediction: the answer.
        size_wh: of the picture, which the mask is stretched over.
        confidence: the threshold, percent 0–100; counts where the answer is cut.
        cut_to: the class id that pixels below it take; None where the answer is taken as it came.

    Returns:
        The areas, largest first, and the mean of the confidence mask, 0–1; None where none came.

    Raises:
        MalformedAnswer: a mask cannot be decoded.
    """
    class_ids = decode_gray(prediction.mask_png, what="mask")
    mean = None
    if prediction.confidence_png is not None:
        confidence_map = decode_gray(prediction.confidence_png, what="confidence mask")
        mean = float(confidence_map.mean()) / 255
        if cut_to is not None:
            counts = count_cut(tabulate(class_ids, confidence_map, size_wh), confidence, cut_to)
            return list_areas(counts, list_classes(prediction.class_map)), mean
    counts = count_stretched(class_ids, size_wh)
    return list_areas(counts, list_classes(prediction.class_map)), mean

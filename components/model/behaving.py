"""How a model takes the confidence, told from its answers at several."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from components.model.classes import list_classes
from components.model.cut import compare, find_background
from components.model.png import decode_gray
from components.model.prediction import Prediction

Kind = Literal["unknown", "live", "ignored", "called"]
"""See `components.desk.behaviour.Behaviour`."""

LOWEST: Final = 1
"""The confidence whose answer holds every higher one."""
HIGH: Final = 99
"""A confidence at which every model that heeds it marks less than at 1."""


def judge_behaviour(
    ask: Callable[[int], Prediction], confidence: int, shown: Callable[[], Prediction]
) -> Kind | None:
    """Find out how a model takes the confidence, from its answers about one picture.

    Args:
        ask: gives the answer at a confidence; asked for at most two, 1 and 99.
        confidence: of `shown`, percent 0–100.
        shown: gives the answer at that confidence; not asked for where it tells nothing.

    Returns:
        The kind; None where this picture does not tell.

    Raises:
        MalformedAnswer: an answer cannot be decoded.
    """
    low = ask(LOWEST)
    whole = _decode(low)
    if low.confidence_png is None:
        if not np.array_equal(whole, _decode(ask(HIGH))):
            return "called"
        # One class all over the picture may be right at every confidence.
        return "ignored" if (whole != whole[0, 0]).any() else None
    sure = decode_gray(low.confidence_png, what="confidence mask")
    background_id = find_background(list_classes(low.class_map))
    agrees = True
    if confidence > LOWEST:
        chosen = compare(whole, sure, _decode(shown()), confidence, background_id)
        if chosen.agrees and chosen.evidence:
            return "live"
        agrees = chosen.agrees
    answered = _decode(ask(HIGH))
    high = compare(whole, sure, answered, HIGH, background_id)
    if high.evidence and np.array_equal(whole, answered):
        return "ignored"
    if not agrees or not high.agrees:
        return "called"
    return "live" if high.evidence else None


def _decode(prediction: Prediction) -> NDArray[np.uint8]:
    return decode_gray(prediction.mask_png, what="mask")

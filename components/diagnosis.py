"""Testing a connection: a small picture, two questions, and what they tell in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from components.desk import Connection, find_sample, make_limits
from components.errors import Busy, DeskError, MalformedAnswer, Refused, Unreachable
from components.inference import Request
from components.intake import take_bytes
from components.model.classes import is_background_name
from components.model.image import SizeWH
from components.model.png import decode_gray
from components.model.prediction import Answer

State = Literal["ok", "bad", "note"]
LOW, HIGH = 1, 99


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was tried.

    Attributes:
        state: "ok", "bad", or "note" for what works but is worth knowing.
        title: what was found, in a few words.
        text: what it means for a reviewer, and what to do.
        detail: for the log, without secrets; "" when nothing failed.
    """

    state: State
    title: str
    text: str
    detail: str = ""


def try_connection(connection: Connection, model: str) -> tuple[Finding, ...]:
    """Send a small picture twice, at the lowest and the highest confidence, and report.

    Never raises a DeskError: what goes wrong is a finding.
    """
    try:
        thumbnail = find_sample("").thumbnail_path.read_bytes()
        image = take_bytes(thumbnail, name="test.jpg", limits=make_limits(connection))
        low = connection.client.predict(Request(image, model, LOW))
        findings = _read_answer(low, image.size_wh, has_key=bool(connection.settings.api_key))
        high = connection.client.predict(Request(image, model, HIGH))
        findings.append(_compare(low, high))
        return tuple(findings)
    except DeskError as error:
        return tuple(_explain(error))


def _read_answer(answer: Answer, size_wh: SizeWH, *, has_key: bool) -> list[Finding]:
    prediction = answer.prediction
    decode_gray(prediction.mask_png, what="mask")
    names = [name.strip() for name in prediction.class_map.values()]
    listed = ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
    findings = [
        Finding("ok", "The server answers.", f"It took {answer.seconds:.1f} s."),
        Finding(
            "ok",
            "The key is accepted and the model is there." if has_key else "The model is there.",
            f"{answer.model} knows {len(names)} classes: {listed}.",
        ),
    ]
    if not any(is_background_name(name) for name in names):
        findings.append(
            Finding(
                "note",
                "No class is called background.",
                "Every class counts as marked. If one of them means “nothing”, call it background "
                "in the model’s dataset.",
            )
        )
    if prediction.mask_size_wh != size_wh:
        width, height = prediction.mask_size_wh
        findings.append(
            Finding(
                "note",
                "The mask is smaller or larger than the picture.",
                f"It came as {width:,} × {height:,} pixels and is stretched over the picture, so "
                "edges look like steps.",
            )
        )
    if prediction.confidence_png:
        findings.append(
            Finding(
                "ok",
                "It says how sure it is of each pixel.",
                "Pointing at the picture shows the confidence there.",
            )
        )
    else:
        findings.append(
            Finding(
                "note",
                "It does not say how sure it is of each pixel.",
                "Pointing at the picture shows the class alone. Each value of the confidence "
                "slider is one call to the server.",
            )
        )
    return findings


def _compare(low: Answer, high: Answer) -> Finding:
    if low.prediction.mask_png == high.prediction.mask_png:
        return Finding(
            "note",
            "The confidence slider changes nothing on the test picture.",
            f"The answers at {LOW} and {HIGH} are the same. This model probably ignores the "
            "confidence it is asked for.",
        )
    return Finding(
        "ok",
        "The confidence slider works.",
        f"The answers at {LOW} and {HIGH} differ, as they should.",
    )


def _explain(error: DeskError) -> list[Finding]:
    detail = error.detail or error.message
    if isinstance(error, Unreachable):
        return [Finding("bad", "The server does not answer.", error.message, detail)]
    if isinstance(error, Refused):
        return [
            Finding("ok", "The server answers.", "It could be reached."),
            Finding("bad", "It refuses the request.", error.message, detail),
        ]
    if isinstance(error, Busy):
        return [
            Finding("ok", "The server answers.", "It could be reached."),
            Finding("note", "It is not ready.", error.message, detail),
        ]
    if isinstance(error, MalformedAnswer):
        return [
            Finding("ok", "The server answers.", "It could be reached."),
            Finding("bad", "Its answer is not a mask.", error.message, detail),
        ]
    return [Finding("bad", "The test could not be made.", error.message, detail)]

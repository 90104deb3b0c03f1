"""What reviewers wrote, in the report: notes of decisions, and remarks at places with replies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from components.export.report_words import describe, name_move, spell
from components.model.exhibit import Exhibit
from components.model.review import Pin, Review

MOST_REMARKS: Final = 300
"""Notes, pinned remarks and replies together: the report stays a page that can be sent by mail."""


@dataclass(frozen=True, slots=True)
class Noted:
    """What was written beside a verdict.

    Attributes:
        name: of the picture.
        review: the decision.
    """

    name: str
    review: Review


@dataclass(frozen=True, slots=True)
class Pinned:
    """What was written at a place of a picture.

    Attributes:
        name: of the picture.
        pin: with the class at its place.
        replies: those that are shown, oldest first.
    """

    name: str
    pin: Pin
    replies: tuple[str, ...]


@dataclass
class Remarks:
    """The first MOST_REMARKS, and how many there are.

    Attributes:
        shown: in the order of the pictures; of each its notes, then its pins.
        lines: notes, pinned remarks and replies that are shown.
        total: all there are.
    """

    shown: list[Noted | Pinned] = field(default_factory=list)
    lines: int = 0
    total: int = 0

    def add_note(self, name: str, review: Review) -> None:
        """Count a decision's note."""
        if self._take(1):
            self.shown.append(Noted(name, review))

    def add_pins(self, exhibit: Exhibit) -> None:
        """Count a picture's pinned remarks and their replies."""
        for pin in exhibit.pins:
            replies = [remark.text for remark in pin.remarks if remark.act == "reply"]
            taken = self._take(1 + len(replies))
            if taken:
                self.shown.append(Pinned(exhibit.item.name, pin, tuple(replies[: taken - 1])))

    def _take(self, number: int) -> int:
        """How many of so many there is still room for."""
        self.total += number
        taken = min(number, MOST_REMARKS - self.lines)
        self.lines += taken
        return taken


def write_remarks(remarks: Remarks) -> str:
    """A table of them; "" without any. Nobody is named."""
    if not remarks.shown:
        return ""
    how = ""
    if remarks.lines != remarks.total:
        how = f" The first {remarks.lines:,} of {remarks.total:,}."
    return (
        "<section><h2>Remarks</h2>"
        '<p class="quiet">What reviewers wrote beside their verdicts, and pinned to places of '
        f"pictures.{how}</p>"
        '<table class="remarks"><thead><tr><th>Picture</th><th>About</th><th>Remark</th></tr>'
        f"</thead><tbody>{''.join(_list_rows(remarks.shown))}</tbody></table></section>\n"
    )


def _list_rows(shown: Sequence[Noted | Pinned]) -> Iterator[str]:
    for one in shown:
        about, text = _write_note(one) if isinstance(one, Noted) else _write_pin(one)
        yield f"<tr><td>{spell(one.name)}</td><td>{about}</td><td>{text}</td></tr>"


def _write_note(one: Noted) -> tuple[str, str]:
    why = describe(one.review)
    because = f'<span class="quiet">{spell(why)}</span>' if why else ""
    move = one.review.move
    about = f'<span class="dot t-{move}">{spell(name_move(move))}</span><br>{because}'
    return about, spell(one.review.note)


def _write_pin(one: Pinned) -> tuple[str, str]:
    place = one.pin.class_name.strip()
    said = f"Pinned where the mask says {place}" if place else "Pinned to a place"
    state = "open" if one.pin.is_open else "resolved"
    about = (
        f'<span class="dot p-{state}">{state.capitalize()}</span><br>'
        f'<span class="quiet">{spell(said)}</span>'
    )
    replies = "".join(
        f'<p class="said"><span class="quiet">Reply</span> {spell(text)}</p>'
        for text in one.replies
    )
    return about, f"{spell(one.pin.text)}{replies}"

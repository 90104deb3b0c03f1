"""What was said about a picture, and a word back where it needs a fix."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from components import desk
from components.errors import DeskError
from components.model.review import VERDICTS, Person, Review
from components.ui.access import recall
from components.ui.notices import show_error
from components.ui.scene import Scene
from components.ui.sitting import Sitting, go_on
from components.ui.wording import describe_review, write_when


def show_thread(who: Person, sitting: Sitting, scene: Scene) -> None:
    """The newest word about the picture, the others at a click, and the answer to it."""
    undone = {review.undoes for review in scene.reviews}
    said = [review for review in scene.reviews if review.move not in ("skipped", "undone")]
    if not said:
        return
    standing = [review for review in said if review.id not in undone]
    may_answer = scene.item.status == "needs_fix" and who.may("reviewer")
    with st.container(horizontal=True, vertical_alignment="center", key="thread", gap="small"):
        if standing:
            said_last = "".join(
                f'<p class="review-said">{_write_words(review)}</p>'
                for review in _list_last(standing)
            )
            st.html(f'<div class="review-last">{said_last}</div>')
        with st.popover(
            "Answer it" if may_answer else "All that was said",
            icon=":material/reply:" if may_answer else ":material/forum:",
        ):
            lines = "".join(
                f"<li{' class=undone' if review.id in undone else ''}>{_write_words(review)} "
                f"<small>{escape(_write_when(review))}</small></li>"
                for review in said
            )
            st.html(f'<ul class="review-thread">{lines}</ul>')
            if may_answer:
                _show_answering(who, sitting, scene)


def _list_last(standing: Sequence[Review]) -> Sequence[Review]:
    """The newest word; where it is an answer, after what it answers."""
    last = standing[-1]
    asked = [review for review in standing if review.move == "needs_fix"]
    return [asked[-1], last] if last.move == "answered" and asked else [last]


def _write_words(review: Review) -> str:
    words = describe_review(review)
    return f"<strong>{escape(review.reviewer)}:</strong> <span>{escape(words)}</span>"


def _write_when(review: Review) -> str:
    at = f", at confidence {review.confidence}" if review.move in VERDICTS else ""
    return write_when(review.at) + at


def _show_answering(who: Person, sitting: Sitting, scene: Scene) -> None:
    # What was typed stays where it could not be stored.
    with st.form(f"answer_{scene.item.id}", border=False):
        note = st.text_area(
            "Your answer",
            placeholder="For example: rails count as road here",
            help="The picture comes back first to whoever asked for the fix.",
            max_chars=4000,
            height=100,
        )
        if not st.form_submit_button("Send back", icon=":material/reply:", type="primary"):
            return
    asked = {review.reviewer for review in scene.reviews if review.move == "needs_fix"}
    try:
        desk.answer_item(recall(who), desk.make_id(), scene.item.id, note or "")
        go_on(who, sitting, passing=True)
        sitting.told = ("good", f"{scene.item.name} was sent back to {', '.join(sorted(asked))}.")
    except DeskError as error:
        show_error(error, title="Not sent back.")
        return
    st.rerun(scope="fragment")

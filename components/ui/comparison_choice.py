"""Which two are compared: a model and a confidence for A, and for B."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import Final

import streamlit as st

from components import desk
from components.model.comparison import Comparison, Known, Side
from components.model.review import Person, Project
from components.ui.places import find_page
from components.ui.wording import count_pictures

_STEP: Final = 25
_HIGHEST: Final = 95
_EARLIER: Final = 8
_MOST_TRIED: Final = 6


def name_side(side: Side) -> str:
    """Which model at which confidence."""
    return f"{side.model} at {side.confidence} %"


def choose_sides(
    who: Person, project: Project, known: Sequence[Known], earlier: Sequence[Comparison]
) -> tuple[Side, Side] | None:
    """Let a person choose; None where there is only one answer, so nothing to choose.

    Args:
        who: chooses.
        project: whose pictures.
        known: whose answers it has.
        earlier: what was compared before, the newest first.
    """
    options = _list_options(known)
    can_compare = len(options) > 1 or any(
        None in held or len(held) > 1 for held in options.values()
    )
    if not can_compare:
        return None
    if earlier and all(side.model in options for side in (earlier[0].a, earlier[0].b)):
        # Whoever comes back wants to see what was compared last.
        defaults = earlier[0].a, earlier[0].b
    else:
        defaults = _find_defaults(
            options, project, lambda a, b: desk.measure_extent(who, project.id, a, b).both
        )
    if earlier:
        _offer_earlier(project, earlier)
    left, right = st.columns(2, gap="medium")
    with left, st.container(border=True, key="compare_a", gap="small"):
        a = _choose("A", project, options, defaults[0])
    with right, st.container(border=True, key="compare_b", gap="small"):
        b = _choose("B", project, options, defaults[1])
    return a, b


def show_no_second(connection: desk.Connection, project: Project, has_answer: bool) -> None:
    """What is needed for a comparison, and where it is had."""
    if not has_answer:
        text = (
            "No picture of this project has an answer of a model yet. Add pictures and ask about "
            "them first."
        )
    else:
        others = [one.id for one in connection.models if one.id != project.model]
        named = f", for example {escape(others[0])}," if others else ""
        text = (
            "There is only one answer to each picture, and it holds for one confidence alone. For "
            f"a comparison ask another model{named} or the same one at another confidence: on the "
            "page Add, by “Ask another model”. Reviewers go on seeing the first answer."
        )
    st.html(f'<div class="desk-empty"><h2>Nothing to compare with yet</h2><p>{text}</p></div>')
    with st.container(horizontal=True, horizontal_alignment="center"):
        st.page_link(find_page("add"), label="Go to Add", icon=":material/add_photo_alternate:")


Options = dict[str, dict[int | None, int]]


def _list_options(known: Sequence[Known]) -> Options:
    """Pictures by model and confidence; None for answers that hold every one."""
    options: Options = {}
    for one in known:
        options.setdefault(one.model, {})[one.confidence] = one.items
    return options


def _find_defaults(
    options: Options, project: Project, count_both: Callable[[Side, Side], int]
) -> tuple[Side, Side]:
    """What reviewers see, and what is known of most of the same pictures."""
    models = sorted(options, key=lambda model: (model != project.model, -_count(options, model)))
    first = models[0]
    a = Side(first, _fit(options[first], project.confidence))
    others = [Side(model, _fit(options[model], project.confidence)) for model in models[1:]]
    found = _find_sharing(a, others[:_MOST_TRIED], options, count_both)
    if found is None and None in options[first]:
        higher = min(a.confidence + _STEP, _HIGHEST)
        found = Side(first, higher if higher > a.confidence else a.confidence - _STEP)
    if found is None:
        fixed = [Side(first, value) for value in _fixed(options[first]) if value != a.confidence]
        nearest = sorted(fixed, key=lambda side: abs(side.confidence - a.confidence))
        found = _find_sharing(a, nearest[:_MOST_TRIED], options, count_both)
        found = found or [*nearest, *others][0]
    return a, found


def _find_sharing(
    a: Side, others: Sequence[Side], options: Options, count_both: Callable[[Side, Side], int]
) -> Side | None:
    """The side that is known of most pictures which A is known of; None where none is of any."""
    best, most = None, 0
    for side in others:
        # Counting takes a moment where there are many pictures.
        if _count(options, side.model) > most and (shared := count_both(a, side)) > most:
            best, most = side, shared
    return best


def _count(options: Options, model: str) -> int:
    return max(options[model].values())


def _fixed(held: dict[int | None, int]) -> list[int]:
    return [confidence for confidence in held if confidence is not None]


def _fit(held: dict[int | None, int], wished: int) -> int:
    if None in held:
        return max(1, wished)
    return min(_fixed(held), key=lambda confidence: (abs(confidence - wished), confidence))


def _choose(letter: str, project: Project, options: Options, default: Side) -> Side:
    # A project has choices of its own: another one's model may not be here.
    stem = f"compare_{letter.lower()}_{project.id}"
    models = list(options)
    _keep_within(f"{stem}_model", models, default.model)
    model = st.selectbox(
        f"{letter}: model",
        models,
        key=f"{stem}_model",
        persist_state="session",
        format_func=lambda one: f"{one}, the project’s own" if one == project.model else one,
    )
    held = options[model]
    key = f"{stem}_confidence_{model}"
    at = default.confidence if model == default.model else _fit(held, project.confidence)
    if None in held:
        st.session_state.setdefault(key, at)
        confidence = st.slider(
            f"{letter}: confidence",
            1,
            100,
            key=key,
            format="%d %%",
            persist_state="session",
            help="Stored answers of this model hold every confidence: moving it asks nobody.",
        )
    else:
        fixed = sorted(_fixed(held))
        _keep_within(key, fixed, at)
        confidence = st.selectbox(
            f"{letter}: confidence",
            fixed,
            key=key,
            persist_state="session",
            format_func=lambda one: f"{one} %, {count_pictures(held[one])}",
        )
    return Side(model, int(confidence))


def _keep_within(key: str, values: Sequence[object], default: object) -> None:
    if st.session_state.get(key) not in values:
        st.session_state[key] = default


def _offer_earlier(project: Project, earlier: Sequence[Comparison]) -> None:
    """What was compared before, to go back to."""
    by_id = {one.id: one for one in earlier[:_EARLIER]}

    def take() -> None:
        picked = by_id.get(st.session_state.get("compare_before") or "")
        if picked is None:
            return
        for letter, side in (("a", picked.a), ("b", picked.b)):
            stem = f"compare_{letter}_{project.id}"
            st.session_state[f"{stem}_model"] = side.model
            st.session_state[f"{stem}_confidence_{side.model}"] = side.confidence

    def name(comparison_id: str) -> str:
        one = by_id[comparison_id]
        if one.a.model == one.b.model:
            return f"{one.a.model}: {one.a.confidence} % and {one.b.confidence} %"
        return f"{name_side(one.a)} and {name_side(one.b)}"

    st.selectbox(
        "Compared before",
        list(by_id),
        index=None,
        key="compare_before",
        placeholder="Choose one to open it again",
        format_func=name,
        on_change=take,
    )

"""Asking once more: about pictures without a mask, or another model about all of them."""

from __future__ import annotations

from html import escape
from typing import Final

import streamlit as st

from components import desk, session
from components.errors import DeskError
from components.model.review import Person, Project
from components.ui.access import recall
from components.ui.projects import add_samples_to
from components.ui.run_acts import note_begun
from components.ui.wording import count_pictures

_ROUND: Final = "again_round"
_MODEL: Final = "again_model"
_CONFIDENCE: Final = "again_confidence"


def show_more(
    who: Person, connection: desk.Connection, project: Project, *, total: int, unanswered: int
) -> None:
    """Samples, pictures without a mask, and another look of a model at all of them.

    Args:
        who: who looks.
        connection: whose models may be asked.
        project: which.
        total: pictures in it.
        unanswered: those without an answer.
    """
    with st.container(horizontal=True, key="more_pictures"):
        st.button(
            "Add the samples",
            icon=":material/add_photo_alternate:",
            on_click=add_samples_to,
            args=(project,),
        )
        if unanswered:
            st.button(
                f"Ask about {count_pictures(unanswered)} without a mask",
                icon=":material/refresh:",
                key="ask_unanswered",
                on_click=_begin,
                args=(who, connection, project, True),
            )
        if total > unanswered:
            # A new key closes it.
            key = f"another_model_{st.session_state.get(_ROUND, 0)}"
            with st.popover("Ask another model", icon=":material/compare:", key=key):
                _show_another(who, connection, project, total)


def _show_another(who: Person, connection: desk.Connection, project: Project, total: int) -> None:
    models = [choice.id for choice in connection.models]
    if project.model not in models:
        models.append(project.model)
    st.html(
        "<p>Another model, or the same one at another confidence, about all pictures of "
        f"<strong>{escape(project.name)}</strong>. Reviewers go on seeing the first answer; the "
        "other is kept beside it.</p>"
    )
    st.selectbox("Model", models, key=_MODEL)
    st.slider("Confidence", 0, 100, project.confidence, key=_CONFIDENCE)
    st.html(
        f'<p class="desk-sub">At most one call for each of {count_pictures(total)}. You see the '
        "number before anything is sent.</p>"
    )
    st.button(
        "Look what it takes",
        icon=":material/search:",
        key="again_begin",
        on_click=_begin,
        args=(who, connection, project, False),
    )


def _begin(
    who: Person,
    connection: desk.Connection,
    project: Project,
    only_unanswered: bool,
) -> None:
    model, confidence = project.model, project.confidence
    if not only_unanswered:
        # What stands there at the click: arguments are of the run before it.
        model, confidence = st.session_state[_MODEL], st.session_state[_CONFIDENCE]
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1
    try:
        person = recall(who)
        for run in desk.list_runs(person, project.id):
            wanted = (run.model, run.confidence, run.kind)
            if run.is_open and wanted == (model, confidence, "again"):
                note_begun(run.id)
                st.session_state[session.ADD_REPORT] = [
                    ("info", "That is on the list of batches already. Look at where it stands.")
                ]
                return
        run = desk.begin_again(
            person,
            connection,
            project,
            model=model,
            confidence=confidence,
            only_unanswered=only_unanswered,
        )
        note_begun(run.id)
    except DeskError as error:
        st.session_state[session.ADD_REPORT] = [("error", error.message)]

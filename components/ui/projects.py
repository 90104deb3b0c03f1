"""Which project: chosen, named in the address, or made from the samples."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import streamlit as st

from components import desk, session
from components.errors import DeskError
from components.model.review import Person, Project
from components.ui import address
from components.ui.notices import show_error
from components.ui.wording import count_pictures

SAMPLE_NAME = "Sample pictures"
_SAMPLE_INSTRUCTIONS = (
    "Look at each picture and its mask.\n\n"
    "- **Approve** it when you would trust the mask.\n"
    "- **Needs fix** when it is nearly right: say what is wrong, and pin a remark to the place.\n"
    "- **Reject** it when the mask, or the picture, is of no use.\n\n"
    "Move the confidence if another value shows the classes better; the value you decide at is "
    "kept with your decision."
)


def load_projects(who: Person) -> list[Project]:
    """Projects in use; where they cannot be had, says why and stops the page."""
    try:
        return desk.list_projects(who)
    except DeskError as error:
        show_error(error, title="The projects cannot be shown.")
        st.button("Try again", icon=":material/refresh:")
        st.stop()


def choose_project(projects: Sequence[Project]) -> Project:
    """The project of this session, of the address, or the newest; a choice where there are more."""
    by_id = {project.id: project for project in projects}
    if session.PROJECT not in st.session_state or address.follow(session.PROJECT):
        named = st.query_params.get(session.PROJECT, "")
        if named:
            st.session_state[session.PROJECT] = named
    chosen = st.session_state.get(session.PROJECT)
    if chosen not in by_id:
        chosen = projects[0].id
    if st.session_state.get("project_choice") != chosen:
        st.session_state["project_choice"] = chosen
    picked = st.selectbox(
        "Project",
        list(by_id),
        format_func=lambda id_: by_id[id_].name if id_ in by_id else "",
        key="project_choice",
        on_change=_choose,
        label_visibility="collapsed",
    )
    project = by_id[picked or chosen]
    st.session_state[session.PROJECT] = project.id
    address.write(session.PROJECT, project.id, default="")
    return project


def _choose() -> None:
    address.heed()
    st.session_state[session.PROJECT] = st.session_state["project_choice"]
    # A picture of another project is not one of this one.
    st.query_params.pop(session.ITEM, None)


def show_no_project(who: Person, connection: desk.Connection) -> None:
    """What to do where there is none yet."""
    may = who.may("lead")
    text = (
        "A project holds the pictures that are reviewed together. Try it with the samples: ten "
        "pictures with their masks, ready to review in half a minute."
        if may
        else "Whoever leads here makes one on the page Add; it appears here by itself."
    )
    st.html(f'<div class="desk-empty"><h2>No project yet</h2><p>{text}</p></div>')
    if not may:
        return
    with st.container(
        horizontal=True,
        horizontal_alignment="center",
        vertical_alignment="center",
        key="first_project",
    ):
        is_wished = st.button(
            "Make a project from the samples",
            icon=":material/add_photo_alternate:",
            type="primary",
        )
        if st.session_state.get(session.PAGE) != "add":
            st.page_link("pages/add.py", label="Use my own pictures", width="content")
    if is_wished:
        make_sample_project(who, connection)


def make_sample_project(who: Person, connection: desk.Connection) -> None:
    """A project of all samples, with their masks; then the page is run again."""
    try:
        project = desk.create_project(
            who,
            name=SAMPLE_NAME,
            model=connection.models[0].id,
            instructions=_SAMPLE_INSTRUCTIONS,
        )
        show_adding(desk.add_samples(who, connection, project), desk.count_samples())
    except DeskError as error:
        show_error(error, title="The project could not be made.")
        return
    st.session_state[session.PROJECT] = project.id
    st.rerun()


def show_adding(added: Iterable[desk.Added], total: int) -> None:
    """Run an adding, with a bar; what came of it is told after the next run."""
    with st.container(key="adding_progress"):
        bar = st.progress(0.0, text="Reading the first picture…")
    taken = known = 0
    problems: list[str] = []
    for done, one in enumerate(added, start=1):
        # Without the name: this text is read as Markdown, and a file's name is anybody's.
        bar.progress(min(done / max(total, 1), 1.0), text=f"Asked about {done} of {total}")
        if one.problem:
            problems.append(f"{one.name}: {one.problem}" if one.item else one.problem)
        elif one.was_there:
            known += 1
        else:
            taken += 1
    bar.empty()
    report: list[tuple[str, str]] = []
    if taken:
        report.append(("good", f"{count_pictures(taken)} added."))
    if known:
        report.append(("info", f"{count_pictures(known)} were in the project already."))
    report += [("error", sentence) for sentence in problems]
    st.session_state[session.ADD_REPORT] = report

"""Which project: chosen, named in the address, or made from the samples."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import streamlit as st

from components import desk, session
from components.errors import DeskError
from components.model.review import Person, Project
from components.ui import address
from components.ui.access import recall
from components.ui.notices import show_error, show_notice
from components.ui.places import find_page
from components.ui.wording import count_pictures

SAMPLE_NAME = "Sample pictures"
_GONE = "project_gone"
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


def choose_project(projects: Sequence[Project], *, is_labelled: bool = False) -> Project:
    """The project of this session, of the address, or the newest; a choice where there are more."""
    by_id = {project.id: project for project in projects}
    if session.PROJECT not in st.session_state or address.follow(session.PROJECT):
        named = st.query_params.get(session.PROJECT, "")
        if named:
            st.session_state[session.PROJECT] = named
    chosen = st.session_state.get(session.PROJECT)
    if chosen not in by_id:
        if chosen:
            st.session_state[_GONE] = True
        chosen = projects[0].id
    if st.session_state.get("project_choice") != chosen:
        st.session_state["project_choice"] = chosen
    picked = st.selectbox(
        "Project",
        list(by_id),
        # On another page this is another widget: until it has a value, the key still tells that of
        # the page before, so nothing was put in above, and it would begin with the first.
        index=list(by_id).index(chosen),
        format_func=lambda id_: by_id[id_].name if id_ in by_id else "",
        key="project_choice",
        on_change=_choose,
        label_visibility="visible" if is_labelled else "collapsed",
    )
    project = by_id[picked or chosen]
    st.session_state[session.PROJECT] = project.id
    address.write(session.PROJECT, project.id, default="")
    return project


def tell_of_gone_project() -> None:
    """That the project named by a link, or worked at before, is not in use any more."""
    if st.session_state.pop(_GONE, False):
        show_notice(
            "warning", "That project was put away, or is not on this desk. Here is another one."
        )


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
        st.button(
            "Make a project from the samples",
            icon=":material/add_photo_alternate:",
            type="primary",
            on_click=_begin_samples,
            args=(who, connection),
        )
        if st.session_state.get(session.PAGE) != "add":
            st.page_link(find_page("add"), label="Use my own pictures", width="content")


def _begin_samples(who: Person, connection: desk.Connection) -> None:
    """The project at the click, once; its pictures in the run that follows."""
    if st.session_state.get(session.ADDING):
        return  # a double click
    try:
        project = desk.create_project(
            recall(who),
            name=SAMPLE_NAME,
            model=connection.models[0].id,
            instructions=_SAMPLE_INSTRUCTIONS,
        )
    except DeskError as error:
        st.session_state[session.ADD_REPORT] = [("error", error.message)]
        return
    st.session_state[session.PROJECT] = project.id
    add_samples_to(project)


def add_samples_to(project: Project) -> None:
    """From the next run on the samples are added, until all are there."""
    st.session_state[session.ADDING] = project.id


def go_on_adding(who: Person, connection: desk.Connection, projects: Sequence[Project]) -> None:
    """Add what is still to be added, whatever broke off the adding before; then run the page."""
    wished = st.session_state.get(session.ADDING)
    project = next((project for project in projects if project.id == wished), None)
    if project is None or not who.may("lead"):
        st.session_state.pop(session.ADDING, None)
        return
    st.html(
        '<div class="desk-empty"><h2>Adding the sample pictures</h2>'
        "<p>The model is asked about each of them. You may leave this page and come back.</p></div>"
    )
    try:
        show_adding(desk.add_samples(who, connection, project), desk.count_samples())
    except DeskError as error:
        st.session_state[session.ADD_REPORT] = [("error", error.message)]
    st.session_state.pop(session.ADDING, None)
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
    if known and not (taken and st.session_state.get(session.ADDING)):
        verb = "was" if known == 1 else "were"
        report.append(("info", f"{count_pictures(known)} {verb} in the project already."))
    report += [("error", sentence) for sentence in problems]
    st.session_state[session.ADD_REPORT] = report

"""What a lead does with a project: pictures in and out, how it is reviewed, what happened."""

from __future__ import annotations

from html import escape
from typing import Final

import streamlit as st

from components import desk, session
from components.errors import DeskError
from components.model.classes import make_readable
from components.model.review import Member, Person, Project
from components.store.lists import Wish
from components.ui.access import recall
from components.ui.adding import show_ways
from components.ui.again import show_more
from components.ui.instructions import show_instructions
from components.ui.notices import show_error, show_notice
from components.ui.runs import show_earlier, show_runs
from components.ui.wording import count_pictures
from components.viewer.contact_sheet import SheetTile, contact_sheet

_POLICIES: Final = {
    "third_look": "Ask another reviewer, until one verdict has more votes",
    "strictest": "The strictest verdict counts",
}
_EVERYONE: Final = "Everyone reviews everything"
_SHARES: Final = "Each person has a share"
_SHOWN: Final = 60
_COUNTED_SECONDS: Final = 3.0


def show_pictures(who: Person, connection: desk.Connection, project: Project) -> None:
    """Batches on their way, adding pictures, asking once more, and taking pictures out."""
    is_growing = show_runs(who, connection, project)
    show_ways(who, connection, project)
    progress = desk.measure_progress(who, project.id)
    unanswered = progress.by_status.get("no_answer", 0)
    show_more(who, connection, project, total=progress.total, unanswered=unanswered)
    show_earlier(who, project)
    _show_taking_out(who, project, progress.total, is_growing=is_growing)


def _show_total(who: Person, project: Project, ready: list[int]) -> None:
    """How many pictures there are, by itself as long as a batch adds some."""
    try:
        total = ready.pop() if ready else desk.measure_progress(recall(who), project.id).total
    except DeskError as error:
        show_error(error)
        return
    if total:
        st.subheader(f"In this project: {count_pictures(total)}", anchor=False)


def _show_taking_out(who: Person, project: Project, total: int, *, is_growing: bool) -> None:
    count = st.fragment(run_every=_COUNTED_SECONDS if is_growing else None)
    count(_show_total)(who, project, [total])
    if not total:
        return
    name_part = st.text_input(
        "Find by file name", key="remove_name", placeholder="Part of a name", width=360
    )
    page = desk.list_items(who, project.id, Wish(name_part=(name_part or "").strip()), limit=_SHOWN)
    thumbnails = desk.load_thumbnails(who, [row.item.image_sha256 for row in page.rows])
    chosen = st.session_state.get("remove_chosen")
    contact_sheet(
        [
            SheetTile(
                id=row.item.id,
                title=row.item.name,
                thumbnail=thumbnails.get(row.item.image_sha256, b""),
                badge=row.item.status,
                mine="",
                note="",
                pins=row.open_pins,
            )
            for row in page.rows
        ],
        chosen=chosen or "",
        key="remove_sheet",
        on_pick=lambda item_id: st.session_state.update(remove_chosen=item_id),
    )
    if page.next is not None:
        st.caption(f"The first {_SHOWN} are shown. Find others by their name.")
    picked = next((row.item for row in page.rows if row.item.id == chosen), None)
    if picked is None:
        st.caption("Choose a picture to take it out.")
        return
    with st.container(horizontal=True, vertical_alignment="center", key="picked"):
        st.markdown("**Chosen:**", width="content")
        st.text(picked.name, width="content")
        if st.button("Take out", icon=":material/delete:", key="remove_item"):
            try:
                desk.remove_item(who, picked.id)
            except DeskError as error:
                show_error(error)
                return
            st.session_state.pop("remove_chosen", None)
            st.session_state[session.ADD_REPORT] = [
                ("info", f"{picked.name} was taken out. What was decided stays in the record.")
            ]
            st.rerun()
    if picked.problem:
        show_notice("warning", picked.problem)


def show_settings(who: Person, connection: desk.Connection, project: Project) -> None:
    """Name, model, confidence, instructions, who reviews and how often; putting away."""
    models = [choice.id for choice in connection.models]
    if project.model not in models:
        models.append(project.model)
    with st.form(f"settings_{project.id}", border=False):
        left, right = st.columns(2, gap="large")
        name = left.text_input("Name", project.name, max_chars=200)
        model = left.selectbox("Model for new pictures", models, index=models.index(project.model))
        confidence = left.slider(
            "Confidence reviewers start at",
            0,
            100,
            project.confidence,
            help="How sure the model must be of a place to mark it. Reviewers may move it.",
        )
        needed = right.number_input("Independent reviews each picture needs", 1, 9, project.needed)
        policy = right.radio(
            "When reviewers disagree",
            list(_POLICIES),
            index=list(_POLICIES).index(project.policy),
            format_func=_POLICIES.__getitem__,
        )
        who_reviews = right.radio(
            "Who reviews",
            [_EVERYONE, _SHARES],
            index=1 if project.members else 0,
            help="By share, each picture is given to one person, or to as many as it needs.",
        )
        members = right.text_area(
            "Shares, one person a line",
            "\n".join(f"{member.name}: {member.share * 100:g} %" for member in project.members),
            placeholder="Ana: 60 %\nBen: 40 %",
            help="Names as people sign in with; the shares together are 100 %.",
        )
        shows_names = right.checkbox(
            "Show names on the page Insights",
            project.shows_names,
            help="Leads then see there how many verdicts each person gave. Without it, only what "
            "all did together. The record of decisions has names either way.",
        )
        instructions = st.text_area(
            "Instructions for reviewers",
            project.instructions,
            height=180,
            max_chars=20_000,
            help="Headings with #, lists with -, bold with **. Links are shown as text.",
        )
        if st.form_submit_button("Save", type="primary", icon=":material/check:"):
            try:
                desk.change_project(
                    who,
                    project.id,
                    name=name or "",
                    model=model,
                    confidence=confidence,
                    instructions=instructions or "",
                    needed=int(needed),
                    policy=policy,
                    shows_names=bool(shows_names),
                    members=_read_members(members or "") if who_reviews == _SHARES else (),
                )
            except DeskError as error:
                show_error(error, title="Not saved.")
            else:
                st.session_state[session.ADD_REPORT] = [("good", "Saved.")]
                st.rerun()
    # Not by the project's class map, in which the ids of one model hide those of another.
    class_names = desk.list_class_names(who, project.id)
    if class_names:
        names = ", ".join(map(make_readable, class_names))
        st.html(f'<p class="desk-sub">Classes of its answers so far: {escape(names)}</p>')
    if project.instructions:
        with st.expander("How reviewers see the instructions"):
            show_instructions(project.instructions)
    with st.popover("Put the project away", icon=":material/archive:"):
        st.html(
            f"<p>Reviewers do not see <strong>{escape(project.name)}</strong> any more. Nothing is "
            "deleted; it can be brought back below.</p>"
        )
        st.button("Put it away", on_click=_archive, args=(who, project, True))


def _archive(who: Person, project: Project, archived: bool) -> None:
    try:
        desk.change_project(recall(who), project.id, archived=archived)
    except DeskError as error:
        st.session_state[session.ADD_REPORT] = [("error", error.message)]
        return
    if archived:
        st.session_state.pop(session.PROJECT, None)
    else:
        st.session_state[session.PROJECT] = project.id
    verb = "put away" if archived else "brought back"
    st.session_state[session.ADD_REPORT] = [("good", f"{project.name} was {verb}.")]


def show_archived(who: Person) -> None:
    """Projects put away, and bringing them back."""
    away = desk.list_projects(who, archived=True)
    if not away:
        return
    with st.expander(f"Put away ({len(away)})", icon=":material/archive:"):
        for project in away:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.text(project.name, width="stretch")
                st.button(
                    "Bring back",
                    key=f"unarchive_{project.id}",
                    on_click=_archive,
                    args=(who, project, False),
                )


def _read_members(text: str) -> tuple[Member, ...]:
    members = []
    for line in filter(str.strip, text.splitlines()):
        name, colon, share = line.rpartition(":")
        try:
            number = float(share.replace("%", "").strip())
        except ValueError:
            number = -1.0
        if not colon or not name.strip() or number <= 0:
            raise DeskError(
                "Each line is a name, a colon and a share, like Ana: 60 %. This one is not: "
                f"{line.strip()[:80]}"
            )
        members.append(Member(desk.clean_name(name), number / 100))
    if not members:
        raise DeskError("Give each person a share, one a line, like Ana: 60 %.")
    return tuple(members)


def show_new(who: Person, connection: desk.Connection) -> None:
    """Making a project: a name and a model, and pictures next."""
    with st.form("new_project", border=False):
        name = st.text_input("Name", max_chars=200, placeholder="For example: Harbour, spring")
        model = st.selectbox("Model", [choice.id for choice in connection.models])
        confidence = st.slider("Confidence reviewers start at", 0, 100, desk.DEFAULT_CONFIDENCE)
        if not st.form_submit_button("Make the project", type="primary"):
            return
    try:
        project = desk.create_project(
            who, name=name or "", model=model or "", confidence=confidence
        )
    except DeskError as error:
        show_error(error, title="Not made.")
        return
    st.session_state[session.PROJECT] = project.id
    st.session_state[session.ADD_REPORT] = [
        ("good", f"{project.name} is made. Drop its pictures below.")
    ]
    st.rerun()

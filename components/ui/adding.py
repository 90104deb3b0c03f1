"""The ways for pictures into a project: files, a folder, addresses, what lies on the server."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import TYPE_CHECKING, Final, Literal

import streamlit as st

from components import desk, session
from components.errors import DeskError
from components.model.review import Person, Project
from components.ui.notices import LOG, show_error, show_notice
from components.ui.pictures import let_go
from components.ui.run_acts import note_begun
from components.viewer.uploads import unpack, uploads

if TYPE_CHECKING:
    from components.model.run import Run

_WAYS: Final = {
    "Files": "Pictures, ZIP files, lists of addresses as CSV or text, with truth masks and answers "
    "beside them: as many at once as you like.",
    "Folder": "A folder with all that is in it. Choose it with the button: one that is dropped "
    "here comes without its sub-folders.",
    "Web addresses": "One address a line. The desk fetches each picture once and keeps it.",
    "On the server": "Folders, ZIP files and lists on the server’s own disk: nothing is uploaded.",
}
_DETAILS: Final = (
    (
        "Pictures",
        "JPEG, PNG, WebP, GIF, BMP, TIFF, HEIC or AVIF, up to 60 MB each. A ZIP file may have "
        "1 GB; archives inside of archives are not opened.",
    ),
    (
        "Truth masks",
        "PNG with one class id a pixel: <code>cat_mask.png</code> beside <code>cat.jpg</code>, or "
        "of the same name in a folder <code>masks</code> beside the folder <code>images</code>.",
    ),
    (
        "Answers that you have already",
        "<code>cat.json</code> beside <code>cat.jpg</code>, as the model’s server sent it. Such a "
        "picture is reviewed without a call.",
    ),
    (
        "Lists",
        "CSV whose first line names the columns: <code>url</code>, and as you wish "
        "<code>name</code>, <code>group</code>, <code>truth</code>. Or text, an address a line.",
    ),
    (
        "What is no picture",
        "Hidden files are passed over. Anything else that cannot be read is named with the reason, "
        "and does not harm the rest.",
    ),
)


def show_ways(who: Person, connection: desk.Connection, project: Project) -> None:
    """The choice of where pictures come from, and the way chosen."""
    st.subheader("Add pictures", anchor=False)
    with st.container(key="ways", horizontal=True, vertical_alignment="center"):
        way = st.segmented_control(
            "Where the pictures come from",
            list(_WAYS),
            default="Files",
            required=True,
            key="way_in",
            label_visibility="collapsed",
            persist_state="session",
        )
        with st.popover("What is understood", icon=":material/help:", type="tertiary"):
            st.html(
                '<dl class="batch-details">'
                + "".join(f"<dt>{what}</dt><dd>{said}</dd>" for what, said in _DETAILS)
                + "</dl>"
            )
    # A place of its own each, so that nothing of one way is taken for a part of another.
    with st.container(key=f"way_{list(_WAYS).index(way)}", gap="small"):
        st.html(f'<p class="desk-sub">{_WAYS[way]} Nothing is sent before you have seen it.</p>')
        if way == "Files":
            _show_uploader(who, connection, project, "Drop files here", is_folder=False)
        elif way == "Folder":
            _show_uploader(who, connection, project, "Choose a folder", is_folder=True)
        elif way == "Web addresses":
            _show_addresses(who, connection, project)
        else:
            _show_server(who, connection, project)
    # Stays where it is when the way is another one: what did not arrive is still said.
    with st.container(key="uploads"):
        uploads(within=".st-key-way_0, .st-key-way_1", key="upload_queue")


def _show_uploader(
    who: Person, connection: desk.Connection, project: Project, label: str, *, is_folder: bool
) -> None:
    adding_round = st.session_state.setdefault(session.ADD_ROUND, 0)
    kind: Literal["directory", True] = "directory" if is_folder else True
    uploaded = st.file_uploader(
        label,
        accept_multiple_files=kind,
        key=f"project_{'folder' if is_folder else 'files'}_{adding_round}",
    )
    if not uploaded:
        return
    # What systems leave in folders is hidden; kept on disk it would not be any more.
    sent = unpack([(file.name, file) for file in uploaded])
    seen = [file for file in sent if not (is_folder and _is_hidden(file.name))]
    names, folder = split_folder([file.name for file in seen])
    source = _name_upload(names, folder)
    with st.spinner("Keeping what came…"):
        try:
            files = ((name, file.open()) for name, file in zip(names, seen, strict=True))
            run = desk.begin_files(who, connection, project, files, source=source)
            note_begun(run.id)
        except DeskError as error:
            LOG.warning("%s: %s", type(error).__name__, error.detail or error.message)
            st.session_state[session.ADD_REPORT] = [("error", error.message)]
        # Before anything else is written, where a newer run of the page may end this one: what is
        # here twice would become two batches. What could not be kept goes too, for its memory.
        let_go(uploaded)
        st.session_state[session.ADD_ROUND] = adding_round + 1
    st.rerun()


def _is_hidden(name: str) -> bool:
    return any(part.startswith(".") for part in name.split("/"))


def split_folder(names: Sequence[str]) -> tuple[list[str], str]:
    """Leave out the one folder that everything is in: archives and lists at its top are opened.

    Returns:
        The names within that folder, and its own; "" for none.
    """
    first = {name.replace("\\", "/").partition("/")[0] for name in names}
    if len(first) != 1 or any("/" not in name.replace("\\", "/") for name in names):
        return list(names), ""
    return [name.replace("\\", "/").partition("/")[2] for name in names], first.pop()


def _name_upload(names: Sequence[str], folder: str) -> str:
    files = "1 file" if len(names) == 1 else f"{len(names):,} files"
    if folder:
        return f"Folder {folder}, {files}"
    return names[0] if len(names) == 1 else files


def _show_addresses(who: Person, connection: desk.Connection, project: Project) -> None:
    form_round = st.session_state.setdefault(session.ADD_ROUND, 0)
    with st.form(f"addresses_{form_round}", border=False):
        text = st.text_area(
            "Addresses, one a line",
            height=160,
            key=f"addresses_text_{form_round}",
            placeholder="https://example.org/one.jpg\nhttps://example.org/two.jpg",
        )
        asked = st.form_submit_button("Look through them", icon=":material/search:")
    if asked and not (text or "").strip():
        begun, _ = st.session_state.get(session.RUN_BEGUN, ("", 0))
        if begun and desk.look_at_run(who, begun).run.state == "preview":
            # The keyboard had sent them already, before the button was pressed.
            note_begun(begun)
            st.rerun()
        show_notice("info", "Paste some above, one a line.", title="No address yet.")
    elif asked and _begin(lambda: desk.begin_addresses(who, connection, project, text or "")):
        st.session_state[session.ADD_ROUND] = form_round + 1
        st.rerun()


def _show_server(who: Person, connection: desk.Connection, project: Project) -> None:
    offered = {one.path: one.label for one in desk.list_datasets(who)}
    roots = [str(root) for root in desk.open_desk().store_settings.datasets]
    if not offered:
        listed = "".join(f"<code>{escape(root)}</code>" for root in roots)
        st.html(
            '<div class="desk-empty batch-empty"><h2>Nothing there yet</h2><p>Put a folder of '
            f"pictures, a ZIP file or a list into {listed} on the server, then reload this page. "
            "Other folders are named as <code>datasets</code> under <code>[store]</code> in the "
            "desk’s secrets.</p></div>"
        )
        return
    with st.container(horizontal=True, vertical_alignment="bottom", key="server_choice"):
        path = st.selectbox(
            "Folder, ZIP file or list",
            list(offered),
            format_func=lambda one: offered.get(one, ""),
            key="server_path",
            width=420,
        )
        pressed = st.button("Look through it", icon=":material/search:", key="server_begin")
    st.html(f'<p class="desk-sub batch-path">{escape(path or "")}</p>')
    if pressed and path and _begin(lambda: desk.begin_dataset(who, connection, project, path)):
        st.rerun()


def _begin(begin: Callable[[], Run]) -> bool:
    try:
        run = begin()
    except DeskError as error:
        show_error(error, title="Not taken in.")
        return False
    note_begun(run.id)
    return True

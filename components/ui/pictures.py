"""Choosing the picture: samples, uploads, an address."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

from components import desk, session
from components.errors import DeskError
from components.model.image import SourceImage
from components.samples import samples
from components.store import Kept
from components.ui import address
from components.ui.notices import LOG, show_notice
from components.viewer.filmstrip import Tile, filmstrip

TRAY_LENGTH = 200
"""Entries a browser session keeps; the pictures themselves are on disk."""

LARGEST_UPLOAD_MB = 120
"""Intake refuses files above 60 MB with a sentence; the uploader drops larger ones without."""

_SAMPLE = "sample:"
_SHOWN_REFUSALS = 8


def load_chosen_picture(connection: desk.Connection) -> SourceImage:
    """The picture this person is looking at: chosen, or named in the address, or a sample.

    It is made small enough for the connection's server.

    One that is not there any more gives way to a sample, with a sentence.
    """
    chosen = name_chosen()
    try:
        if chosen.startswith(_SAMPLE):
            # An address may name a sample that there is not.
            chosen = _SAMPLE + desk.find_sample(chosen.removeprefix(_SAMPLE)).key
            st.session_state[session.PICTURE] = chosen
            image = desk.load_sample(chosen.removeprefix(_SAMPLE))
        else:
            image = desk.load_picture(chosen)
            _remember(chosen, image)
        image = desk.fit_picture(connection, image)
    except DeskError as error:
        LOG.warning("%s", error.detail)
        said: Sequence[str] = st.session_state.get(session.REFUSED_FILES, [])
        st.session_state[session.REFUSED_FILES] = [*said, error.message]
        chosen = st.session_state[session.PICTURE] = _name_default()
        image = desk.load_sample(chosen.removeprefix(_SAMPLE))
    # So that a reload, or a colleague with the link, sees the same picture.
    address.write(session.PICTURE, chosen, default=_name_default())
    return image


def show_adding(connection: desk.Connection) -> None:
    """The button that opens the ways to add pictures: files and an address."""
    adding_round = st.session_state.setdefault(session.UPLOADER_ROUND, 0)
    # A new key closes the panel and empties the uploader.
    with st.popover(
        "Add pictures",
        icon=":material/add_photo_alternate:",
        key=f"add_{adding_round}",
        type="primary",
        width="stretch",
    ):
        uploaded = st.file_uploader(
            "Drop your own pictures here",
            accept_multiple_files=True,
            max_upload_size=LARGEST_UPLOAD_MB,
            key=f"{session.UPLOADER}_{adding_round}",
        )
        st.caption("JPEG, PNG, WebP, GIF, BMP, TIFF, HEIC or AVIF, up to 60 MB each.")
        asked = _ask_address(adding_round)
        progress = st.empty()
        if uploaded:
            with progress:
                _take_files(uploaded, connection)
            let_go(uploaded)
        elif asked:
            with progress, st.spinner("Fetching the picture…"):
                _take_address(asked, connection)
    if uploaded or asked:
        st.session_state[session.UPLOADER_ROUND] = adding_round + 1
        st.rerun()


def _ask_address(form_round: int) -> str:
    with st.form(f"address_{form_round}", border=False):
        field, button = st.columns([4, 1], gap="small", vertical_alignment="bottom", wrap=False)
        url = field.text_input(
            "or paste the address of a picture",
            key=f"{session.URL_FIELD}_{form_round}",
            placeholder="https://example.org/picture.jpg",
            help="The model server fetches the picture from this address by itself; the desk "
            "fetches it too, to show it.",
        )
        asked = button.form_submit_button("Open", width="stretch")
    return (url or "").strip() if asked else ""


def let_go(uploaded: Sequence[UploadedFile]) -> None:
    """Free the files' memory: they are on disk now, and Streamlit keeps them until people leave."""
    context = get_script_run_ctx()
    # Another manager, as hosts may bring, has no call for this.
    if context and isinstance(context.uploaded_file_mgr, MemoryUploadedFileManager):
        for file in uploaded:
            context.uploaded_file_mgr.remove_file(context.session_id, file.file_id)


def _take_files(uploaded: Sequence[UploadedFile], connection: desk.Connection) -> None:
    files = ((file.name, file.getvalue()) for file in uploaded)
    refused: list[str] = []
    taken: list[Kept] = []
    bar = st.progress(0.0, text="Reading your pictures…")
    for done, (_, result) in enumerate(desk.add_files(files, connection), start=1):
        bar.progress(done / len(uploaded), text=f"Read {done} of {len(uploaded)}")
        if isinstance(result, DeskError):
            refused.append(result.message)
        else:
            taken.append(result)
    bar.empty()
    st.session_state[session.REFUSED_FILES] = refused
    _put_in_tray(taken)


def _take_address(url: str, connection: desk.Connection) -> None:
    try:
        kept = desk.add_url(url, connection)
    except DeskError as error:
        st.session_state[session.REFUSED_FILES] = [error.message]
        return
    st.session_state[session.REFUSED_FILES] = []
    _put_in_tray([kept])


def _put_in_tray(taken: Sequence[Kept]) -> None:
    if not taken:
        return
    new = {kept.key for kept in taken}
    before = [kept for kept in st.session_state.get(session.TRAY, []) if kept.key not in new]
    st.session_state[session.TRAY] = [*taken, *before][:TRAY_LENGTH]
    st.session_state[session.PICTURE] = taken[0].key


def _remember(key: str, image: SourceImage) -> None:
    """A picture from a link or from before a reload takes its place in the strip again."""
    tray: Sequence[Kept] = st.session_state.get(session.TRAY, [])
    if not any(kept.key == key for kept in tray):
        st.session_state[session.TRAY] = [desk.keep_picture(image), *tray][:TRAY_LENGTH]


def show_refused() -> None:
    """What could not be taken, a sentence each, until it is put away."""
    refused: list[str] = st.session_state.get(session.REFUSED_FILES, [])
    if not refused:
        return
    with st.container(horizontal=True, vertical_alignment="top", gap="small", wrap=False):
        with st.container(gap="xsmall"):
            for sentence in refused[:_SHOWN_REFUSALS]:
                show_notice("error", sentence)
            if len(refused) > _SHOWN_REFUSALS:
                more = len(refused) - _SHOWN_REFUSALS
                files = "file" if more == 1 else "files"
                show_notice("error", f"{more} more {files} could not be taken.")
        if st.button("Put away", icon=":material/close:", type="tertiary", key="dismiss"):
            st.session_state[session.REFUSED_FILES] = []
            st.rerun()


def show_strip(connection: desk.Connection) -> None:
    """One's own pictures and the samples, in a row to choose from."""
    tray: Sequence[Kept] = st.session_state.get(session.TRAY, [])
    tiles = [Tile(kept.key, kept.name, kept.thumbnail) for kept in tray]
    tiles += [
        Tile(_SAMPLE + sample.key, sample.title, sample.thumbnail_path.read_bytes())
        for sample in samples()
    ]
    filmstrip(
        tiles,
        chosen=name_chosen(),
        label="Pictures to look at",
        key=session.STRIP,
        on_pick=lambda picked: _choose(picked, connection),
    )


def _choose(picked: str, connection: desk.Connection) -> None:
    address.heed()
    st.session_state[session.PICTURE] = picked
    if picked.startswith(_SAMPLE):
        suited = desk.find_sample(picked.removeprefix(_SAMPLE)).model
        if any(choice.id == suited for choice in connection.models):
            st.session_state[session.MODEL] = suited


def _name_default() -> str:
    return _SAMPLE + samples()[0].key


def name_chosen() -> str:
    """The picture chosen, as it stands in the page's address."""
    if session.PICTURE not in st.session_state or address.follow(session.PICTURE):
        named = st.query_params.get(session.PICTURE, _name_default())
        st.session_state[session.PICTURE] = named
    return str(st.session_state[session.PICTURE])

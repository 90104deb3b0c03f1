"""Choosing the picture: samples, uploads, an address."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components import desk, session
from components.errors import DeskError
from components.model.image import SourceImage
from components.samples import samples
from components.store import Kept
from components.ui.notices import show_error, show_notice
from components.viewer.filmstrip import Tile, filmstrip

FILE_TYPES = ["jpg", "jpeg", "png", "webp", "gif", "bmp", "tif", "tiff", "heic", "heif", "avif"]
TRAY_LENGTH = 200
"""Entries a browser session keeps; the pictures themselves are on disk."""

_SAMPLE = "sample:"


def load_chosen_picture() -> SourceImage:
    """The picture this person is looking at; a sample until they choose another.

    Raises:
        DeskError: it cannot be had any more.
    """
    chosen = _read_chosen()
    if chosen.startswith(_SAMPLE):
        return desk.load_sample(chosen.removeprefix(_SAMPLE))
    return desk.load_picture(chosen)


def show_pictures(connection: desk.Connection) -> None:
    """The strip of pictures, and beneath it the ways to add more."""
    tray: Sequence[Kept] = st.session_state.get(session.TRAY, [])
    tiles = [Tile(kept.key, kept.name, kept.thumbnail) for kept in tray]
    tiles += [
        Tile(_SAMPLE + sample.key, sample.title, sample.thumbnail_path.read_bytes())
        for sample in samples()
    ]
    filmstrip(
        tiles,
        chosen=_read_chosen(),
        label="Pictures to look at",
        key=session.STRIP,
        on_pick=lambda picked: _choose(picked, connection),
    )
    _show_refused()
    left, right = st.columns([3, 2], gap="medium", vertical_alignment="bottom")
    with left:
        uploader_round = st.session_state.setdefault(session.UPLOADER_ROUND, 0)
        uploaded = st.file_uploader(
            "Drop your own pictures here",
            type=FILE_TYPES,
            accept_multiple_files=True,
            key=f"{session.UPLOADER}_{uploader_round}",
            help="JPEG, PNG, WebP, GIF, BMP, TIFF or HEIC, up to 60 MB each.",
        )
    with right:
        _show_address_form(connection, uploader_round)
    if uploaded:
        _take_files([(file.name, file.getvalue()) for file in uploaded], connection)
        # An empty uploader lets go of the files: they are on disk now, not in memory twice.
        st.session_state[session.UPLOADER_ROUND] = uploader_round + 1
        st.rerun()


def _take_files(files: Sequence[tuple[str, bytes]], connection: desk.Connection) -> None:
    refused: list[str] = []
    taken: list[Kept] = []
    bar = st.progress(0.0, text="Reading your pictures…")
    for done, (name, result) in enumerate(desk.add_files(files, connection), start=1):
        bar.progress(done / len(files), text=f"Read {done} of {len(files)}")
        if isinstance(result, DeskError):
            sentence = result.message
            refused.append(sentence if name in sentence else f"{name}: {sentence}")
        else:
            taken.append(result)
    st.session_state[session.REFUSED_FILES] = refused
    _put_in_tray(taken)


def _show_address_form(connection: desk.Connection, form_round: int) -> None:
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
    if asked and url and url.strip():
        st.session_state[session.REFUSED_FILES] = []
        try:
            with st.spinner("Fetching the picture…"):
                _put_in_tray([desk.add_url(url.strip(), connection)])
        except DeskError as error:
            st.session_state[session.REFUSED_FILES] = [error.message]
        else:
            st.session_state[session.UPLOADER_ROUND] = form_round + 1
        st.rerun()


def _put_in_tray(taken: Sequence[Kept]) -> None:
    if not taken:
        return
    new = {kept.key for kept in taken}
    before = [kept for kept in st.session_state.get(session.TRAY, []) if kept.key not in new]
    st.session_state[session.TRAY] = [*taken, *before][:TRAY_LENGTH]
    st.session_state[session.PICTURE] = taken[0].key


def _show_refused() -> None:
    refused: list[str] = st.session_state.get(session.REFUSED_FILES, [])
    if not refused:
        return
    with st.container(key="refused"):
        for sentence in refused[:10]:
            show_notice("error", sentence)
        if len(refused) > 10:
            show_notice("error", f"{len(refused) - 10} more files could not be taken.")
        if st.button("All right", icon=":material/close:", type="tertiary", key="dismiss"):
            st.session_state[session.REFUSED_FILES] = []
            st.rerun()


def _choose(picked: str, connection: desk.Connection) -> None:
    st.session_state[session.PICTURE] = picked
    if picked.startswith(_SAMPLE):
        suited = desk.find_sample(picked.removeprefix(_SAMPLE)).model
        if any(choice.id == suited for choice in connection.models):
            st.session_state[session.MODEL] = suited


def _read_chosen() -> str:
    default = _SAMPLE + samples()[0].key
    return str(st.session_state.setdefault(session.PICTURE, default))


def show_missing_picture(error: DeskError) -> None:
    """A picture that is gone: say so, and go back to a sample."""
    show_error(error)
    st.session_state.pop(session.PICTURE, None)

"""Under the picture: class areas, and the facts of the answer."""

from __future__ import annotations

from dataclasses import replace
from html import escape

import streamlit as st

from components import desk, session
from components.display.tables import draw_areas, format_share, tabulate_areas
from components.errors import DeskError
from components.model.areas import Area
from components.model.image import SizeWH
from components.ui.notices import show_error, show_notice


def show_areas(view: desk.View, connection: desk.Connection) -> None:
    """Chart and table of how much of the picture each class covers."""
    try:
        areas = _recolour(desk.measure_areas(view))
    except DeskError as error:
        show_error(error)
        st.button(
            "Ask again",
            icon=":material/refresh:",
            on_click=desk.forget_answer,
            args=(connection, view),
        )
        return
    has_background = any(area.info.is_background for area in areas)
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    ):
        st.subheader("Share of the picture by class", anchor=False, width="content")
        without = st.toggle(
            "Leave out the background",
            key=session.WITHOUT_BACKGROUND,
            persist_state="session",
            disabled=not has_background,
            help="Shares stay those of the whole picture.",
        )
    if without:
        areas = tuple(area for area in areas if not area.info.is_background)
    if not areas or (len(areas) == 1 and areas[0].info.is_background):
        show_notice(
            "info",
            "The model marked nothing in this picture at this confidence. Move the slider to the "
            "left to see areas it is less sure about.",
        )
        if not areas:
            return
    chart, table = st.columns([3, 2], gap="large")
    with chart:
        st.plotly_chart(
            draw_areas(areas),
            key="areas",
            config={"displayModeBar": False},
            alt="Share of the picture by class: " + _read_out(areas),
        )
    with table, st.container(key="areas_table_box"):
        st.dataframe(
            tabulate_areas(areas),
            hide_index=True,
            key="areas_table",
            column_config={
                "Pixels": st.column_config.NumberColumn(format="localized", alignment="right"),
                "Share": st.column_config.NumberColumn(
                    format="%.1f %%", alignment="right", help="Share of the whole picture"
                ),
            },
            alt="Pixels and share of the picture by class",
        )


def _recolour(areas: tuple[Area, ...]) -> tuple[Area, ...]:
    """In the colours this person gave classes, where they gave any."""
    colours: dict[str, str] = st.session_state.get(session.COLOURS, {})
    return tuple(
        replace(area, info=replace(area.info, colour=colours[area.info.name]))
        if area.info.name in colours
        else area
        for area in areas
    )


def _read_out(areas: tuple[Area, ...]) -> str:
    return ", ".join(f"{area.info.name} {format_share(area.share)}" for area in areas[:20])


def show_facts(view: desk.View, connection: desk.Connection) -> None:
    """What was asked, what came, and the command that repeats it."""
    with st.expander("Facts about this answer", icon=":material/receipt_long:"):
        st.html(_write_facts(list_facts(view, connection)))
        for note in view.image.notes:
            show_notice("info", note)
        settings = connection.settings
        if connection.kind == "built-in":
            st.caption("The built-in server is reached from the desk’s own machine only.")
        st.caption(
            "Ask the same from a terminal. Put your key in the place of YOUR_KEY."
            if settings.api_key
            else "Ask the same from a terminal. No key is set, so none is sent."
        )
        st.code(
            # What is shown is also what this value gives when it is asked for: that was checked.
            replace(view.request, confidence=view.confidence).write_curl(
                settings.address,
                key_in_header=settings.key_in == "header",
                has_key=bool(settings.api_key),
            ),
            language="bash",
            wrap_lines=True,
        )
        if not view.request.sends_url:
            st.download_button(
                "Save the picture as it was sent",
                # Made at the click: a file offered ahead is gone once another picture is chosen.
                data=lambda: view.image.data,
                file_name=view.image.name,
                mime=view.image.media_type,
                icon=":material/download:",
                on_click="ignore",
            )


def list_facts(view: desk.View, connection: desk.Connection) -> list[tuple[str, str]]:
    """The facts in plain words: what, and how it is."""
    answer, image = view.answer, view.image
    prediction = answer.prediction
    sent = "its address; the server fetches it" if image.url else _weight(answer.sent_bytes)
    stretched = prediction.mask_size_wh != image.size_wh
    took = f"{answer.seconds:.2f} s"
    if prediction.server_seconds is not None:
        took += f", of which the server says {prediction.server_seconds:.2f} s were its own"
    if answer.attempts > 1:
        took += f", asked {answer.attempts} times"
    if view.was_kept:
        took += (
            " (asked before, so not again)"
            if answer.confidence == view.confidence
            else " (asked before, and not again for this value)"
        )
    facts = [
        ("Server", f"{connection.title}, {answer.address}"),
        ("Model", answer.model),
        ("Confidence", f"{view.confidence} of 100"),
        *_tell_asked(view),
        ("Picture shown", f"{_size(image.size_wh)} pixels, {_weight(len(image.data))}"),
        ("Picture as it came", f"{_size(image.original_size_wh)} pixels, {image.original_format}"),
        ("Sent", sent),
        ("Received", _weight(answer.received_bytes)),
        (
            "Mask",
            f"{_size(prediction.mask_size_wh)} pixels, stretched to the picture"
            if stretched
            else f"{_size(prediction.mask_size_wh)} pixels, not stretched",
        ),
        ("Picture size the server states", _size(prediction.image_size_wh)),
        ("Confidence of each pixel", "included" if prediction.confidence_png else "not included"),
        ("Time taken", took),
        ("Class ids without a name", _list_unnamed(view)),
    ]
    if prediction.inference_id:
        facts.append(("Answer’s id", prediction.inference_id))
    return facts


def _tell_asked(view: desk.View) -> list[tuple[str, str]]:
    asked = view.answer.confidence
    if view.cut_to is not None:
        why = "that answer holds every higher value, so moving the slider costs no call"
    elif asked != view.confidence:
        why = "this model gives the same at every value, so it is asked once a picture"
    else:
        return []
    return [("Asked at", f"{asked} of 100: {why}")]


def _list_unnamed(view: desk.View) -> str:
    try:
        areas = desk.measure_areas(view)
    except DeskError:
        return "the mask could not be read"
    unnamed = [str(area.info.class_id) for area in areas if not area.info.is_named]
    return ", ".join(unnamed) or "none"


def _size(size_wh: SizeWH | None) -> str:
    return f"{size_wh[0]:,} × {size_wh[1]:,}" if size_wh else "not stated"


def _weight(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{size / 1e3:,.0f} kB"


def _write_facts(facts: list[tuple[str, str]]) -> str:
    rows = "".join(
        f"<div><dt>{escape(what)}</dt><dd>{escape(how)}</dd></div>" for what, how in facts
    )
    return f'<dl class="desk-facts">{rows}</dl>'

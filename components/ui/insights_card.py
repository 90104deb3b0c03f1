"""One chart on a page: its title, the figure, the sentence, the numbers as CSV, the way on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from html import escape
from typing import Final

import streamlit as st

from components import desk, session
from components.display.charts import Chart, colour_classes, write_csv
from components.model.insights import Pick, Slice
from components.model.review import Person, Project
from components.ui.insights_words import name_pick
from components.ui.selections import open_picture, open_selection
from components.ui.wording import find_zone

_SCALE: Final = 2
_NARROW: Final = "The cells are too narrow here for their numbers: the CSV has them."
_INKS: Final = {"light": "#1c2027", "dark": "#e6e8ec"}


@dataclass(frozen=True, slots=True)
class View:
    """What a page of charts is about.

    Attributes:
        who: looks at it.
        project: whose pictures.
        slice: which of them.
        said: the filter in words; "" where there is none.
        zone: of the reader's clock.
        class_names: of the classes that appear in the project.
    """

    who: Person
    project: Project
    slice: Slice
    said: str
    zone: tzinfo = field(default_factory=find_zone)
    class_names: tuple[str, ...] = ()

    def colour(self, names: Sequence[str]) -> dict[str, str]:
        """The viewer's colours, those that this person chose among them.

        All classes of the project are coloured at once: a class has one colour in all charts.
        """
        chosen: dict[str, str] = st.session_state.get(session.COLOURS, {})
        class_maps = desk.list_class_maps(self.who, self.project.id)
        every = [*desk.list_class_names(self.who, self.project.id), *sorted(names)]
        return colour_classes([*class_maps, self.project.class_map], every, chosen)

    @property
    def counted_at(self) -> str:
        """At which confidence classes are counted, as a sentence."""
        return f"Counted at the project’s {self.project.confidence} %."

    def title(self, text: str) -> str:
        """A title for a list, with the filter it was made under."""
        return f"{text}, {self.said}" if self.said else text


@dataclass(frozen=True, slots=True)
class Card:
    """What stands around a chart.

    Attributes:
        key: of its widgets; a short name for files.
        title: over it.
        about: how to read it, in a sentence; "" for nothing.
        link: what its button says that opens pictures; "" for none.
        pick: the pictures that button opens.
        list_title: what their list is called.
        clicks: whether a mark opens pictures; said beneath.
        is_cut: whether it is about classes at the project's confidence; said beneath, too.
    """

    key: str
    title: str
    about: str = ""
    link: str = ""
    pick: Pick = field(default_factory=Pick)
    list_title: str = ""
    clicks: str = ""
    is_cut: bool = False


def show_chart(
    view: View, card: Card, chart: Chart, open_mark: Callable[[int], None] | None = None
) -> None:
    """The whole card.

    Args:
        view: what the page is about.
        card: what stands around the chart.
        chart: what is drawn.
        open_mark: in a callback, opens what the mark at a place stands for; what `chart.opens`
            says where it is None.
    """
    with st.container(key=f"insight_{card.key}", border=True):
        show_head(view, card, chart.columns, chart.rows)
        draw(view, card, chart, open_mark)
        says = f"{chart.says} {view.counted_at}" if card.is_cut else chart.says
        is_table = any(trace.type == "heatmap" for trace in chart.figure.data)
        show_sentence(says, card.clicks, is_table=is_table)


def show_head(
    view: View, card: Card, columns: Sequence[str], rows: Sequence[Sequence[object]]
) -> None:
    """Title, and what one can do with the card."""
    with st.container(
        horizontal=True, vertical_alignment="center", key=f"head_{card.key}", gap="small"
    ):
        about = f"<p>{escape(card.about)}</p>" if card.about else ""
        st.html(f'<div class="insight-head"><h3>{escape(card.title)}</h3>{about}</div>')
        if card.link:
            st.button(
                card.link,
                icon=":material/grid_view:",
                key=f"open_{card.key}",
                on_click=open_selection,
                args=(
                    view.who, view.project, view.slice, card.pick,
                    view.title(card.list_title or card.title),
                ),
            )  # fmt: skip
        if rows:
            st.download_button(
                "CSV",
                # Written at the click.
                data=lambda: write_csv(columns, rows),
                file_name=f"{card.key.replace('_', '-')}.csv",
                mime="text/csv",
                icon=":material/download:",
                key=f"csv_{card.key}",
                on_click="ignore",
            )


def draw(
    view: View, card: Card, chart: Chart, open_mark: Callable[[int], None] | None = None
) -> None:
    """The figure; a click on a mark opens what it stands for."""
    key = f"chart_{card.key}"

    def take() -> None:
        place = _find_place(key)
        if open_mark is None:
            _follow(view, chart.opens, place)
        elif place >= 0:
            open_mark(place)

    # On screen the style sheet colours these; in a saved picture nothing else does.
    ink = _INKS.get(st.context.theme.type or "light", _INKS["light"])
    chart.figure.update_traces(textfont={"color": ink}, selector={"type": "heatmap"})
    st.plotly_chart(
        chart.figure,
        key=key,
        on_select=take if chart.opens or open_mark is not None else "ignore",
        selection_mode="points",
        config={
            "displaylogo": False,
            "displayModeBar": True,
            "modeBarButtons": [["toImage"]],
            "toImageButtonOptions": {
                "format": "png",
                "filename": card.key.replace("_", "-"),
                "scale": _SCALE,
            },
        },
        alt=f"{card.title}. {chart.says}",
    )


def _find_place(key: str) -> int:
    """Which mark was clicked; -1 for one that opens nothing."""
    points = st.session_state[key]["selection"]["points"]
    place = points[0].get("customdata", [None, -1])[1] if points else -1
    return place if isinstance(place, int) else -1


def _follow(view: View, opens: Sequence[Pick | str], place: int) -> None:
    if not 0 <= place < len(opens):
        return
    target = opens[place]
    if isinstance(target, str):
        open_picture(view.who, view.project, target)
    else:
        words = name_pick(target)
        open_selection(view.who, view.project, view.slice, target, view.title(words))


def go_where_led() -> None:
    """In a fragment: a click that leads to another page is for the whole page."""
    if session.TARGET in st.session_state:
        st.rerun()


def show_sentence(says: str, clicks: str = "", *, is_table: bool = False) -> None:
    """What the chart says in numbers, and what a click does.

    Under a table in colour, it is said where cells are too narrow for their numbers, too; whether
    they are only the style sheet can know.
    """
    hint = f' <span class="insight-hint">{escape(clicks)}</span>' if clicks else ""
    narrow = f' <span class="insight-narrow">{_NARROW}</span>' if is_table else ""
    st.html(f'<p class="insight-says">{escape(says)}{hint}{narrow}</p>')


def show_empty(card: Card, text: str) -> None:
    """The same card where there is nothing to draw: what is missing, and what brings it."""
    with st.container(key=f"insight_{card.key}", border=True):
        st.html(f'<div class="insight-head"><h3>{escape(card.title)}</h3></div>')
        show_nothing(text)


def show_nothing(text: str) -> None:
    """In a card: what is missing, and what brings it."""
    st.html(f'<p class="insight-empty">{escape(text)}</p>')


def show_figures(figures: Sequence[tuple[str, str]]) -> None:
    """Numbers with what they count, in a row."""
    cells = "".join(
        f"<div><dt>{escape(what)}</dt><dd>{escape(number)}</dd></div>" for number, what in figures
    )
    st.html(f'<dl class="insight-figures">{cells}</dl>')

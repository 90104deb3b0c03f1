"""Insights: how a team works, for leads; of everybody together."""

from __future__ import annotations

from typing import Final

import streamlit as st

from components import desk, session
from components.display.charts.look import count, say_percent
from components.display.charts.people import chart_hours
from components.errors import DeskError
from components.model.insights import Pick
from components.model.review import VERDICTS
from components.ui.access import recall
from components.ui.insights_card import (
    Card,
    View,
    show_chart,
    show_empty,
    show_figures,
    show_head,
    show_nothing,
    show_sentence,
)
from components.ui.notices import show_notice
from components.ui.selections import lead_to
from components.ui.wording import count_pictures, write_when

_HOURS: Final = Card(
    "reviews_by_hour",
    "Reviews an hour",
    about="Hours in which anything was decided, one after the other.",
    clicks="Click a bar to open its pictures.",
)
_AGREEMENT: Final = Card(
    "agreement",
    "Agreement between reviewers",
    about="1 is full agreement, 0 what chance alone would give.",
)
_ENOUGH: Final = Card(
    "approval_rate",
    "How sure is the approval rate",
    about="Of the pictures decided about, the share approved, with Wilson’s 95 % interval.",
    link="Open the approved",
    pick=Pick("decided", move="approved"),
    list_title="Approved",
)
_AGAIN: Final = Card(
    "second_look",
    "Agreement with oneself",
    about="Decided pictures, drawn by lot, are looked at once more without what was said before.",
)
_NAMED: Final = Card("by_person", "By person", about="This project shows names.")
_NOTHING: Final = "Nothing has been decided yet."
_USUAL: Final = 20


def show_people(view: View) -> None:
    """Pace, agreement, second looks, how many more are needed; names only where they are shown."""
    people = desk.measure_people(view.who, view.project.id, view.slice)
    if people.is_withheld:
        show_notice(
            "info",
            "Fewer than three people have decided about these pictures. What they do together "
            "would tell what one of them does, so their pace is left out until there are more.",
        )
    left, right = st.columns(2, gap="medium")
    with left:
        _show_rate(view, people)
    with right:
        _show_agreement(view, people)
    if people.hours:
        show_chart(view, _HOURS, chart_hours(people.hours, view.zone))
    elif not people.is_withheld:
        show_empty(_HOURS, _NOTHING)
    _show_second_looks(view, people)
    if people.named:
        _show_named(view, people)


def _show_rate(view: View, people: desk.People) -> None:
    if people.interval is None:
        text = _NOTHING
        if people.verdicts:
            text = (
                f"{count(people.verdicts, 'verdict')} so far, and no picture is settled by them: "
                f"each needs {count(view.project.needed, 'review')}."
            )
        show_empty(_ENOUGH, text)
        return
    low, high = people.interval
    rate = people.approved / people.decided
    with st.container(key=f"insight_{_ENOUGH.key}", border=True):
        rows = [
            (people.approved, people.decided, rate * 100, low * 100, high * 100, people.more_needed)
        ]
        show_head(
            view, _ENOUGH, ("Approved", "Decided", "Rate %", "From %", "To %", "More needed"), rows
        )
        show_figures([(say_percent(rate), "approved"), (f"{people.more_needed:,}", "more needed")])
        st.html(
            '<div class="insight-range" role="img" aria-label="'
            f'{low * 100:.1f} to {high * 100:.1f} percent"><i style="left:{low * 100:.2f}%;'
            f'width:{(high - low) * 100:.2f}%"></i><b style="left:{rate * 100:.2f}%"></b></div>'
        )
        more = (
            f"{count_pictures(people.more_needed)} more would bring that to ±5 points, should the "
            "rate stay as it is."
            if people.more_needed
            else "That is within ±5 points: deciding more would tell little about the rate."
        )
        show_sentence(
            f"{people.approved:,} of {people.decided:,} decided pictures are approved, "
            f"{say_percent(rate)}; in the long run most likely {say_percent(low)} to "
            f"{say_percent(high)}. {more}"
        )


def _show_agreement(view: View, people: desk.People) -> None:
    pairs = people.pairs
    if not pairs.items:
        show_empty(
            _AGREEMENT,
            "No picture has verdicts of two people. How many look at each is set on the page Add, "
            "under Settings.",
        )
        return
    rows = [
        (
            people.reviewers,
            people.verdicts,
            pairs.items,
            pairs.pairs,
            pairs.kappa,
            people.alpha,
        )
    ]
    with st.container(key=f"insight_{_AGREEMENT.key}", border=True):
        show_head(
            view,
            _AGREEMENT,
            ("Reviewers", "Verdicts", "Shared pictures", "Pairs", "Cohen", "Krippendorff"),
            rows,
        )
        show_figures(
            [
                (_write(pairs.kappa), "Cohen’s kappa, mean of pairs"),
                (_write(people.alpha), "Krippendorff’s alpha"),
            ]
        )
        says = (
            f"{count_pictures(pairs.items)} {'has' if pairs.items == 1 else 'have'} verdicts of at "
            f"least two of {people.reviewers:,} reviewers, who form "
            f"{pairs.pairs:,} {'pair' if pairs.pairs == 1 else 'pairs'}."
        )
        if pairs.undefined:
            says += (
                f" For {pairs.undefined:,} of them kappa is not defined: both gave one and the "
                "same verdict throughout."
            )
        show_sentence(f"{says} {_weigh(people.alpha)}")


def _write(number: float | None) -> str:
    return "–" if number is None else f"{number:.2f}"


def _weigh(alpha: float | None) -> str:
    """What Krippendorff advises: 0.8 to rely on, 0.667 for tentative conclusions."""
    if alpha is None:
        return "Alpha is not defined where only one verdict was ever given."
    if alpha >= 0.8:
        return "From 0.80 on verdicts can be relied on."
    if alpha >= 0.667:
        return "From 0.67 on verdicts allow first conclusions; 0.80 is what to rely on."
    return "Below 0.67 verdicts depend on who gives them: instructions may help."


def _show_second_looks(view: View, people: desk.People) -> None:
    with st.container(key=f"insight_{_AGAIN.key}", border=True):
        itself = people.itself
        rows = (
            [(itself.repeats, itself.same, (itself.share or 0) * 100, itself.kappa)]
            if itself.repeats
            else []
        )
        show_head(view, _AGAIN, ("Second looks", "Same verdict", "Share %", "Cohen"), rows)
        if itself.repeats and itself.share is not None:
            show_figures(
                [
                    (say_percent(itself.share), "the same again"),
                    (f"{itself.repeats:,}", "second looks"),
                    (_write(itself.kappa), "Cohen’s kappa"),
                ]
            )
            show_sentence(
                f"{itself.same:,} of {itself.repeats:,} second looks came to the same verdict; in "
                f"the long run most likely {say_percent(itself.low)} to {say_percent(itself.high)}."
            )
        elif people.is_again_withheld:
            show_nothing(
                "Fewer than three people have looked a second time. How often they said the same "
                "would tell of one of them, so it is left out until there are more."
            )
        else:
            st.html(
                '<p class="insight-empty">Nobody has looked a second time yet. Draw pictures '
                "here, and send the list’s link to whoever reviews.</p>"
            )
        with st.container(horizontal=True, vertical_alignment="bottom", key="drawing", gap="small"):
            by_status = desk.measure_progress(view.who, view.project.id).by_status
            # Drawn of the whole project, whatever the filter.
            settled = sum(by_status.get(verdict, 0) for verdict in VERDICTS)
            most = max(1, min(settled, desk.MOST_REPEATS))
            if st.session_state.get("repeat_number", 1) > most:
                st.session_state["repeat_number"] = most
            number = st.number_input(
                "Pictures", 1, most, min(_USUAL, most), key="repeat_number", width=110
            )
            st.button(
                f"Draw {'1 decided picture' if number == 1 else f'{int(number)} decided pictures'} "
                "for a second blind look",
                help="Verdicts of a second look count: whoever decides otherwise than before "
                "changes how the picture stands.",
                icon=":material/casino:",
                key="draw_repeat",
                on_click=_draw,
                args=(view, int(number)),
                disabled=not settled,
            )
        _show_drawn(view)


def _show_drawn(view: View) -> None:
    drawn = desk.list_repeat_selections(view.who, view.project.id)
    for selection in drawn[:5]:
        with st.container(
            horizontal=True, vertical_alignment="center", key=f"drawn_{selection.id}", gap="small"
        ):
            st.html(
                f'<p class="desk-sub">{count_pictures(selection.items)}, drawn '
                f"{write_when(selection.created_at)}</p>"
            )
            st.button(
                "Open",
                icon=":material/grid_view:",
                key=f"again_{selection.id}",
                on_click=lead_to,
                args=(selection,),
            )


def _draw(view: View, number: int) -> None:
    try:
        selection = desk.draw_repeat(recall(view.who), view.project.id, number)
    except DeskError as error:
        st.session_state[session.ADD_REPORT] = [("error", error.message)]
        return
    lead_to(selection)


def _show_named(view: View, people: desk.People) -> None:
    # Slow to import, and only this table needs it.
    import pandas as pd

    columns = ("Name", "Verdicts", "Approved", "Second looks", "The same again")
    rows = [(one.name, one.verdicts, one.approved, one.repeats, one.same) for one in people.named]
    with st.container(key=f"insight_{_NAMED.key}", border=True):
        show_head(view, _NAMED, columns, rows)
        st.dataframe(
            pd.DataFrame(rows, columns=list(columns)), hide_index=True, key="people_table",
            alt="Verdicts and second looks by person",
        )  # fmt: skip
        first = max(people.named, key=lambda one: one.verdicts)
        show_sentence(
            f"{len(people.named):,} {'person' if len(people.named) == 1 else 'people'}; the most "
            f"verdicts, {first.verdicts:,}, are {first.name}’s."
        )

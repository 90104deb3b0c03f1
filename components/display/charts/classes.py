"""Classes over pictures: how much they cover, how many they are in, which come together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from components.display.charts.chart import Chart
from components.display.charts.grid import draw_grid
from components.display.charts.look import (
    MOST_ROWS,
    OUTLINE,
    ROW_HEIGHT,
    count,
    count_axis,
    frame,
    list_rows,
    make_plain,
    say_left_out,
    say_percent,
    tint,
)
from components.display.tables import format_share
from components.model.insights import Pick, Presence, ShareBox, Together

_MOST_TOGETHER = 24


def chart_shares(boxes: Sequence[ShareBox], colours: Mapping[str, str]) -> Chart:
    """Box plots, one a class in its own colour, of its share of the pictures it is in.

    A point is a picture far from the box; a click opens it.

    Args:
        boxes: not empty.
        colours: "#rrggbb" by class name.
    """
    from plotly.graph_objects import Box, Figure, Scatter

    ordered = sorted(boxes, key=lambda box: (-box.median, box.class_name))
    drawn = ordered[:MOST_ROWS]
    figure = Figure()
    opens: list[Pick | str] = []
    for place, box in enumerate(drawn):
        colour = colours[box.class_name]
        figure.add_trace(
            Box(
                y=[place],
                orientation="h",
                q1=[box.q1 * 100],
                median=[box.median * 100],
                q3=[box.q3 * 100],
                lowerfence=[box.low * 100],
                upperfence=[box.high * 100],
                mean=[box.mean * 100],
                fillcolor=tint(colour, 0.75),
                line={"color": OUTLINE, "width": 1.4},
                width=0.52,
                # What plotly tells of a box is many labels over each other; the marks beneath
                # tell one.
                hoverinfo="skip",
            )
        )
    figure.add_trace(
        Scatter(
            x=[box.median * 100 for box in drawn],
            y=list(range(len(drawn))),
            mode="markers",
            marker={"size": 18, "color": OUTLINE, "opacity": 0},
            customdata=[[_tell_box(box), -1] for box in drawn],
            hovertemplate="%{customdata[0]}<extra></extra>",
        )
    )
    for place, box in enumerate(drawn):
        if not box.outliers:
            continue
        data = []
        for outlier in box.outliers:
            data.append(
                [
                    f"{make_plain(outlier.item_name, 48)}<br>{make_plain(box.class_name, 40)} "
                    f"{format_share(outlier.share).replace('<', '&lt;')}",
                    len(opens),
                ]
            )
            opens.append(outlier.item_id)
        figure.add_trace(
            Scatter(
                x=[outlier.share * 100 for outlier in box.outliers],
                y=[place] * len(box.outliers),
                mode="markers",
                marker={
                    "size": 10,
                    "color": colours[box.class_name],
                    "line": {"color": OUTLINE, "width": 1.2},
                },
                unselected={"marker": {"opacity": 1}},
                customdata=data,
                hovertemplate="%{customdata[0]}<extra>click to open</extra>",
            )
        )
    frame(
        figure,
        height=82 + (ROW_HEIGHT + 4) * max(len(drawn), 1),
        x={"rangemode": "tozero", "showgrid": True, "ticksuffix": " %", "nticks": 6},
        y=list_rows([box.class_name for box in drawn]),
        hovermode="closest",
    )
    rows = tuple(
        (
            box.class_name,
            box.n,
            *(value * 100 for value in (box.low, box.q1, box.median, box.q3, box.high, box.mean)),
            box.far,
        )
        for box in ordered
    )
    columns = (
        "Class", "Pictures", "Lower whisker %", "First quartile %", "Median %",
        "Third quartile %", "Upper whisker %", "Mean %", "Far from the box",
    )  # fmt: skip
    return Chart(
        figure, columns, rows, _say_shares(ordered) + say_left_out(len(drawn), len(ordered)),
        tuple(opens),
    )  # fmt: skip


def _tell_box(box: ShareBox) -> str:
    lines = (
        f"<b>{make_plain(box.class_name, 40)}</b> in {count(box.n, 'picture')}",
        f"median {say_percent(box.median)}, mean {say_percent(box.mean)}",
        f"middle half {say_percent(box.q1)} to {say_percent(box.q3)}",
        f"whiskers {say_percent(box.low)} to {say_percent(box.high)}",
    )
    return "<br>".join(lines)


def _say_shares(ordered: Sequence[ShareBox]) -> str:
    if not ordered:
        return ""
    first = ordered[0]
    says = (
        f"Where it appears, {first.class_name} covers most: {say_percent(first.median)} of a "
        f"picture in the middle case, {say_percent(first.q1)} to {say_percent(first.q3)} in half "
        "of them."
    )
    far = sum(box.far for box in ordered)
    if not far:
        return says + " No picture lies far from the others of its class."
    widest = max(ordered, key=lambda box: box.far)
    verb = "lies" if far == 1 else "lie"
    return (
        f"{says} {count(far, 'share')} {verb} far from the box of {'its' if far == 1 else 'their'} "
        f"class; {widest.class_name} has the most of them, {widest.far:,}."
    )


def chart_presence(counts: Sequence[Presence], total: int, colours: Mapping[str, str]) -> Chart:
    """Horizontal bars: in how many pictures each class is.

    Args:
        counts: not empty.
        total: pictures with an answer, of the same filter.
        colours: "#rrggbb" by class name.
    """
    from plotly.graph_objects import Bar, Figure

    ordered = sorted(counts, key=lambda one: (-one.items, one.class_name))
    drawn = ordered[:MOST_ROWS]
    figure = Figure(
        Bar(
            x=[one.items for one in drawn],
            y=list(range(len(drawn))),
            orientation="h",
            marker={
                "color": [colours[one.class_name] for one in drawn],
                "line": {"color": OUTLINE, "width": 1},
                "cornerradius": 4,
            },
            text=[f"{one.items:,}" for one in drawn],
            textposition="outside",
            cliponaxis=False,
            customdata=[
                [
                    f"{make_plain(one.class_name, 60)}: {count(one.items, 'picture')}, "
                    f"{say_percent(one.items / total if total else None)}",
                    place,
                ]
                for place, one in enumerate(drawn)
            ],
            hovertemplate="%{customdata[0]}<extra></extra>",
        )
    )
    frame(
        figure,
        height=82 + ROW_HEIGHT * max(len(drawn), 1),
        x={"showgrid": True, **count_axis(max((one.items for one in drawn), default=0), 6)},
        y=list_rows([one.class_name for one in drawn]),
        bargap=0.35,
        margin={"l": 8, "r": 56, "t": 34, "b": 28},
    )
    everywhere = [one for one in ordered if one.items == total]
    last = ordered[-1]
    if len(everywhere) > 1:
        says = (
            f"{len(everywhere)} classes are in every one of the {count(total, 'picture')} with a "
            "mask."
        )
    else:
        first = ordered[0]
        says = (
            f"Of {count(total, 'picture')} with a mask, {first.class_name} is in {first.items:,} "
            f"({say_percent(first.items / total if total else None)})."
        )
    if last.items < ordered[0].items:
        says += f" The rarest class is {last.class_name}, in {last.items:,}."
    rows = tuple((one.class_name, one.items, one.items / max(total, 1) * 100) for one in ordered)
    opens = tuple(
        Pick("together", class_name=one.class_name, other=one.class_name) for one in drawn
    )
    return Chart(
        figure,
        ("Class", "Pictures", "Of all pictures %"),
        rows,
        says + say_left_out(len(drawn), len(ordered)),
        opens,
    )


def chart_together(together: Together) -> Chart:
    """A table in colour: in how many pictures two classes are both present."""
    names = together.names[:_MOST_TOGETHER]
    size = len(names)
    items = together.items
    # The diagonal, a class with itself, would outshine all that is asked about.
    pairs = [(a, b) for a in range(len(together.names)) for b in range(a)]
    top = max((int(items[a, b]) for a, b in pairs if a < size), default=0)

    def tell(a: int, b: int) -> str:
        if a == b:
            return f"{make_plain(names[a], 40)}: {count(int(items[a, a]), 'picture')}"
        share = items[a, b] / items[a, a] if items[a, a] else None
        return (
            f"{make_plain(names[a], 40)} and {make_plain(names[b], 40)}: "
            f"{count(int(items[a, b]), 'picture')}<br>{say_percent(share)} of those with "
            f"{make_plain(names[a], 40)}"
        )

    figure = draw_grid(
        names,
        names,
        [[0 if a == b else int(items[a, b]) for b in range(size)] for a in range(size)],
        texts=[[f"{int(items[a, b]):,}" for b in range(size)] for a in range(size)],
        hovers=[[tell(a, b) for b in range(size)] for a in range(size)],
        keys=[[a * size + b if items[a, b] else -1 for b in range(size)] for a in range(size)],
        top=top,
    )
    opens = tuple(Pick("together", class_name=a, other=b) for a in names for b in names)
    says = ""
    if pairs:
        a, b = max(pairs, key=lambda pair: (int(items[pair]), -pair[0], -pair[1]))
        never = sum(1 for pair in pairs if not items[pair])
        says = (
            f"Most often together: {together.names[b]} and {together.names[a]}, in "
            f"{count(int(items[a, b]), 'picture')}. "
            + (
                f"Of {count(len(pairs), 'pair')} of classes, {never:,} never meet."
                if never
                else "Each pair of classes meets somewhere."
            )
        )
    rows = tuple(
        (name, *(int(number) for number in items[place]))
        for place, name in enumerate(together.names)
    )
    return Chart(
        figure, ("Class", *together.names), rows,
        says + say_left_out(size, len(together.names)), opens,
    )  # fmt: skip

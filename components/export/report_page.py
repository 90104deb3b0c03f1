"""The report as one page of HTML that needs nothing else: no script, no file, no network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TypeVar

from components.export.report_charts import (
    draw_bars,
    draw_days,
    draw_overlaps,
    draw_shares,
    draw_swatch,
    draw_verdicts,
)
from components.export.report_facts import MOST_SHOWN, Facts, Shown
from components.export.report_pictures import write_data_url
from components.export.report_remarks import write_remarks
from components.export.report_truth import Agreement
from components.export.report_words import (
    REASONS,
    STATUSES,
    describe,
    name_move,
    spell,
    write_count,
    write_day,
    write_share,
)
from components.model.intervals import bound_share
from components.model.review import Project, Review, Status

Key = TypeVar("Key", bound=str)

_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'"
"""What a browser may do with the page: show what is in it. Nothing is fetched, nothing runs."""


def write_page(project: Project, facts: Facts, changed_at: int) -> str:
    """The whole report.

    Args:
        project: what it is about.
        facts: what it says.
        changed_at: when what it says last changed, UTC milliseconds; 0 where nobody knows.
    """
    parts = [
        _write_head(project, facts, changed_at),
        _write_verdicts(facts),
        _write_reasons(facts),
        _write_classes(facts),
        _write_truth(facts.truth),
        _write_gallery(facts),
        write_remarks(facts.remarks),
        _write_foot(changed_at),
    ]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{spell(project.name)}: review report</title>\n"
        f"<style>\n{_read_css()}</style></head>\n"
        f"<body><main>\n{''.join(parts)}</main></body></html>\n"
    )


@cache
def _read_css() -> str:
    return Path(__file__).with_name("report.css").read_text(encoding="utf-8")


def _write_head(project: Project, facts: Facts, changed_at: int) -> str:
    models = [name for name, _ in facts.models.most_common(3)]
    answered = f", masks by <strong>{spell(', '.join(models))}</strong>" if models else ""
    when = ""
    if facts.days:
        first, last = min(facts.days), max(facts.days)
        span = write_day(first) if first == last else f"{write_day(first)} to {write_day(last)}"
        when = f", decided {'on' if first == last else 'from'} {span}"
    lead = f"{write_count(facts.total, 'picture')}{answered}{when}."
    approved = facts.counts.get("approved", 0)
    bounds = bound_share(approved, facts.decided)
    if bounds is not None:
        low, high = (f"{100 * bound:.0f}" for bound in bounds)
        lead += (
            f" Of {write_count(facts.decided, 'picture')} with a verdict, "
            f"<strong>{write_share(approved, facts.decided)}</strong> "
            f"{'is' if approved == 1 else 'are'} approved. Taken as a random sample of what the "
            f"model will meet, that speaks for {low} to {high}\u00a0%."
        )
    elif facts.total:
        lead += " None of them has a verdict yet."
    figures = [
        (facts.total, "picture" if facts.total == 1 else "pictures"),
        (facts.decided, "with a verdict"),
        (approved, "approved"),
        (facts.decisions, "decision" if facts.decisions == 1 else "decisions"),
        (facts.reviewers, "reviewer" if facts.reviewers == 1 else "reviewers"),
    ]
    cells = "".join(
        f"<div><dt>{spell(what)}</dt><dd>{number:,}</dd></div>" for number, what in figures
    )
    return (
        f'<header><p class="over">Review report{_write_as_of(changed_at)}</p>'
        f"<h1>{spell(project.name)}</h1>"
        f'<p class="lead">{lead}</p><dl class="figures">{cells}</dl></header>\n'
    )


def _write_as_of(changed_at: int) -> str:
    if not changed_at:
        return ""
    return f", {write_day(datetime.fromtimestamp(changed_at / 1000, UTC).date())}"


def _write_verdicts(facts: Facts) -> str:
    if not facts.total:
        return "<section><h2>No picture</h2><p>There is nothing to report on yet.</p></section>\n"
    days = draw_days(facts.days)
    return f"<section><h2>Verdicts</h2><div>{draw_verdicts(facts.counts)}</div></section>\n" + (
        f"<section><h2>Decisions over time</h2>{days}</section>\n" if days else ""
    )


def _write_reasons(facts: Facts) -> str:
    columns = []
    if facts.reasons:
        rows = [(REASONS[reason], number) for reason, number in _rank(facts.reasons)]
        columns.append(f"<div><h3>Reasons</h3>{draw_bars(rows)}</div>")
    if facts.named:
        named = _rank(facts.named)[:12]
        rest = len(facts.named) - len(named)
        more = f'<p class="quiet">{rest} more were named less often.</p>' if rest else ""
        columns.append(f"<div><h3>Classes named with them</h3>{draw_bars(named)}{more}</div>")
    if not columns:
        return ""
    return (
        "<section><h2>What was wrong</h2>"
        f'<p class="quiet">How often reviewers gave each reason, over '
        f"{write_count(facts.decisions, 'decision')}.</p>"
        f'<div class="pair">{"".join(columns)}</div></section>\n'
    )


def _rank(counted: Mapping[Key, int]) -> list[tuple[Key, int]]:
    return sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))


def _write_classes(facts: Facts) -> str:
    if not facts.shares:
        return ""
    damaged = ""
    if facts.damaged:
        was = "mask is damaged and was" if facts.damaged == 1 else "masks are damaged and were"
        damaged = f" {facts.damaged:,} {was} left out."
    return (
        "<section><h2>What the masks show</h2>"
        f'<p class="quiet">The mean share of the picture each class covers, over '
        f"{write_count(facts.masks, 'mask')}, each at the confidence it was decided at; the "
        f"thin line spans the middle half of the pictures.{damaged}</p>"
        f"{draw_shares(facts.shares, facts.masks)}</section>\n"
    )


def _write_truth(truth: Agreement | None) -> str:
    if truth is None:
        return ""
    ignored = ""
    if truth.ignored >= 0.0005:
        ignored = (
            f" {100 * truth.ignored:.1f}\u00a0% of the pixels nobody labelled; they do not count."
        )
    has = "picture has a truth mask" if truth.items == 1 else "pictures have a truth mask"
    return (
        "<section><h2>Against the truth</h2>"
        f'<p class="quiet">{truth.items:,} {has}: <strong>{100 * truth.pixel_accuracy:.1f}\u00a0%'
        "</strong> of the pixels have the right class, and each class overlaps with its truth by "
        f"<strong>{100 * truth.mean_iou:.1f}\u00a0%</strong> in the mean (mean IoU). A bar that is "
        f"full overlaps wholly.{ignored}</p>{draw_overlaps(truth.classes)}</section>\n"
    )


def _write_gallery(facts: Facts) -> str:
    groups = "".join(
        _write_group(status, facts.shown[status], facts.counts.get(status, 0))
        for status in MOST_SHOWN
        if facts.shown.get(status)
    )
    if not groups:
        return ""
    return (
        '<section><div class="gallery-head"><h2>Pictures</h2>'
        '<label class="switch"><input type="checkbox" id="masks" checked>Show the masks</label>'
        f"</div>{groups}</section>\n"
    )


def _write_group(status: Status, shown: Sequence[Shown], total: int) -> str:
    how = f"{total:,}" if len(shown) == total else f"{len(shown):,} of {total:,}, evenly spread"
    tiles = "".join(_write_tile(one) for one in shown)
    return (
        f'<div class="group"><h3><span class="dot t-{status}">{spell(STATUSES[status])}</span>'
        f'<small>{how}</small></h3><div class="tiles">{tiles}</div></div>\n'
    )


def _write_tile(one: Shown) -> str:
    if one.picture is None or one.overlay is None:
        sight = f"<p>{spell(one.problem)}</p>"
    else:
        size = f'width="{one.size_wh[0]}" height="{one.size_wh[1]}"'
        sight = (
            f'<img {size} alt="{spell(one.name)}" '
            f'src="{write_data_url(one.picture, "image/jpeg")}">'
            f'<img class="mask" {size} alt="" src="{write_data_url(one.overlay, "image/png")}">'
        )
    parts = "".join(
        f"<li>{draw_swatch(info.colour)}{spell(info.name)} {100 * share:.1f}\u00a0%</li>"
        for info, share in one.largest
    )
    said = "".join(_write_said(review) for review in one.remarks)
    return (
        f'<figure class="tile"><div class="sight">{sight}</div><figcaption>'
        f'<strong>{spell(one.name)}</strong><span class="quiet">Mask at '
        f'{one.confidence}\u00a0% confidence</span><ul class="parts">{parts}</ul>{said}'
        "</figcaption></figure>"
    )


def _write_said(review: Review) -> str:
    what = name_move(review.move) if review.move == "answered" else describe(review)
    lines = [line for line in (what, f"“{review.note}”" if review.note else "") if line]
    return f'<p class="said">{spell(chr(10).join(lines))}</p>'


def _write_foot(changed_at: int) -> str:
    changed = ""
    if changed_at:
        moment = datetime.fromtimestamp(changed_at / 1000, UTC)
        changed = f" As things stood on {write_day(moment.date())}, {moment:%H:%M} UTC."
    return (
        f'<footer><p class="quiet">Made with Mask Desk.{changed} This file is whole: it opens '
        "without a network and fetches nothing.</p></footer>\n"
    )

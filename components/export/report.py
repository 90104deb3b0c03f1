"""A report for people who will never open the desk: one HTML file with all that belongs to it."""

from __future__ import annotations

from components.export.exhibition import Exhibition, Format
from components.export.report_facts import gather_facts
from components.export.report_page import write_page
from components.export.sink import Sink


def write_report(exhibition: Exhibition, sink: Sink) -> None:
    """Go through the pictures once, then write the page.

    Pictures that are shown are drawn small as they come; of the others only numbers are kept. A
    picture whose bytes are lost is told of in its place.

    Raises:
        StoreError: the pictures cannot be listed.
        ExportError: it cannot be written.
    """
    facts = gather_facts(exhibition)
    page = write_page(exhibition.project, facts, exhibition.exhibits.changed_at)
    # Typed text may hold halves of signs, which no encoding has.
    sink.write("report.html", page.encode("utf-8", "replace"))


REPORT = Format(
    key="report",
    title="Report (HTML)",
    about="One page to read and pass on: numbers, charts, pictures with their masks. Opens "
    "anywhere, without this desk and without a network.",
    suffix=".html",
    write=write_report,
    needs_masks=False,
)

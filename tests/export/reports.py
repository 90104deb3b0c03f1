"""Reports in tests: reviews and pins to write about, and what stands on the page written."""

from __future__ import annotations

from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import numpy as np

from components.export.exhibition import Exhibition
from components.export.report import write_report
from components.export.sink import FileSink
from components.model.exhibit import Exhibit, TruthFacts
from components.model.png import encode_gray
from components.model.review import Pin, Reason, Remark, Review
from tests.export.exhibits import PROJECT, Bytes, Shelf, make_exhibit, make_mask

DAY_MS = 86_400_000


NASTY = "<script>alert(1)</script>\"'><img src=http://127.0.0.1:9/x onerror=alert(2)>&amp; </style>"


def make_review(
    number: int,
    move: str = "approved",
    *,
    reasons: tuple[Reason, ...] = (),
    class_names: tuple[str, ...] = (),
    note: str = "",
    reviewer: str = "Ana",
    is_standing: bool = True,
    day: int = 0,
) -> Review:
    return Review(
        seq=number,
        id=f"{number:032x}",
        project_id=PROJECT.id,
        item_id=f"{number:032x}",
        item_name="",
        reviewer=reviewer,
        at=PROJECT.created_at + day * DAY_MS,
        move=move,  # type: ignore[arg-type]
        reasons=reasons,
        class_names=class_names,
        note=note,
        is_standing=is_standing,
    )


def write(tmp_path: Path, listed: list[Exhibit], name: str = "report.html") -> Path:
    path = tmp_path / name
    write_report(Exhibition(Shelf(listed)), FileSink(path))
    return path


class Reader(HTMLParser):
    """What stands on a page: its text, its elements, their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: Counter[str] = Counter()
        self.values: list[tuple[str, str]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.values += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        """All text, single spaces between words."""
        return " ".join(" ".join(self.words).split())


def make_pin(number: int, text: str, *said: tuple[str, str], class_name: str = " road") -> Pin:
    """A pin with remarks: what was done, and the words of it."""
    return Pin(
        id=f"{number:032x}",
        item_id="",
        x=10,
        y=20,
        text=text,
        class_id=1,
        class_name=class_name,
        author="Secret Ana",
        at=PROJECT.created_at,
        remarks=tuple(
            Remark(f"{at:032x}", "Secret Ben", PROJECT.created_at, act, words)  # type: ignore[arg-type]
            for at, (act, words) in enumerate(said)
        ),
    )


def make_with_truth(number: int) -> tuple[Exhibit, np.ndarray, np.ndarray]:
    """A picture with a truth mask in ids and spellings of its own; its mask and truth by name."""
    source = Bytes()
    other = np.array([3, 9, 4], np.uint8)  # background, road, tree
    truth = other[make_mask(number + 50)]
    truth[:5] = 255  # nobody labelled these
    truth_map = {3: "background", 9: "Road ", 4: "TREE"}
    facts = TruthFacts(source.keep(encode_gray(truth)), (64, 48), truth_map)
    names = np.full(256, "void", "<U10")
    names[[3, 9, 4]] = ["background", "road", "tree"]
    mask = np.array(["background", "road", "tree"])[make_mask(number)]
    return make_exhibit(number, source=source, truth=facts), mask, names[truth]

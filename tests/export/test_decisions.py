"""Decisions, read back by pandas, by the csv module and by json."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from components.export.decisions import COLUMNS, CSV, JSONL, PARQUET, _spell
from components.store import reviews
from tests.export.material import Show, decide, write
from tests.store.material import NOW, make_id


@pytest.fixture
def decided(show: Show) -> Show:
    """Also something taken back and something put off."""
    decide(show, "open", "rejected", "Bob", class_names=("Straße, naß",), reasons=("other",))
    reviews.undo(show.database, make_id(), show.project.id, "Bob", now=NOW + 2000)
    decide(show, "open", "skipped", "@Eve", note="+later")
    return show


def test_pandas_reads_the_csv(decided: Show, tmp_path: Path) -> None:
    table = pd.read_csv(write(CSV, decided.exhibit(), tmp_path / "d.csv"), keep_default_na=False)
    assert list(table.columns) == list(COLUMNS)
    assert table["file_name"].tolist() == [
        "9.webp", "A.JPG", "a.jpg", "a_mask.png", "a_mask.png", "a_mask.png", "folder/10.png",
    ]  # fmt: skip
    assert table["verdict"].tolist() == [
        "approved", "rejected", "approved", "rejected", "undone", "skipped", "approved",
    ]  # fmt: skip
    assert table["is_standing"].tolist() == [True, True, True, False, False, True, True]
    assert table["reasons"].tolist()[1] == "missed; ragged"
    assert table["classes"].tolist()[1] == " road; =sky"
    assert set(table["width"]) == {40}
    assert pd.to_datetime(table["at"])[0] == pd.Timestamp(NOW + 1000, unit="ms", tz="UTC")
    assert set(table["item"]) <= {item.id for item in decided.items.values()}


def test_what_begins_like_a_formula_is_text_in_a_spreadsheet(decided: Show, tmp_path: Path) -> None:
    table = pd.read_csv(write(CSV, decided.exhibit(), tmp_path / "d.csv"), keep_default_na=False)
    assert "'=1+1" in table["note"].tolist()
    assert "'+later" in table["note"].tolist()
    assert "'@Eve" in table["reviewer"].tolist()
    texts = [str(value) for column in COLUMNS for value in table[column]]
    assert not [text for text in texts if text.startswith(("=", "+", "-", "@"))]


@given(st.one_of(st.text(), st.from_regex(r"\A[=+\-@\t\r\n].*", fullmatch=False)))
def test_no_text_begins_like_a_formula(text: str) -> None:
    spelled = _spell(text)
    assert not spelled.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert spelled in (text, f"'{text}")


def test_excel_takes_it_for_utf_8(decided: Show, tmp_path: Path) -> None:
    data = write(CSV, decided.exhibit(), tmp_path / "d.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbfitem,file_name,")
    with (tmp_path / "d.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[0]["note"] == 'two\r\nlines, "quoted" 🛣'
    assert rows[0]["reviewer"] == "李雷"


def test_json_lines_and_parquet_say_the_same_as_typed(decided: Show, tmp_path: Path) -> None:
    text = write(JSONL, decided.exhibit(), tmp_path / "d.jsonl").read_text(encoding="utf-8")
    rows = [json.loads(line) for line in text.splitlines()]
    table = pd.read_parquet(write(PARQUET, decided.exhibit(), tmp_path / "d.parquet"))
    assert list(table.columns) == list(rows[0]) == list(COLUMNS)
    assert str(table["at"].dtype) == "datetime64[ms, UTC]"
    assert str(table["is_standing"].dtype) == "bool"
    for row, given_ in zip(rows, table.to_dict("records"), strict=True):
        as_typed = {
            **given_,
            "reasons": list(given_["reasons"]),
            "classes": list(given_["classes"]),
        }
        as_typed["at"] = given_["at"].isoformat(timespec="milliseconds").replace("+00:00", "Z")
        assert as_typed == row
    assert rows[1]["classes"] == [" road", "=sky"]
    assert {row["note"] for row in rows} >= {"=1+1", "+later"}


def test_pictures_nobody_decided_about_have_no_row(show: Show, tmp_path: Path) -> None:
    table = pd.read_csv(write(CSV, show.exhibit(), tmp_path / "d.csv"))
    assert "no answer.jpg" not in set(table["file_name"])
    assert len(table) == 4


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(note=st.text(max_size=60))
def test_any_note_comes_back(show: Show, tmp_path: Path, note: str) -> None:
    decision = decide(show, "open", "approved", note=note)
    kept = next(
        line.note
        for line in reviews.list_reviews(show.database, show.items["open"].id)
        if line.id == decision.id
    )
    table = pd.read_parquet(write(PARQUET, show.exhibit(), tmp_path / "d.parquet"))
    assert table.set_index("decision").loc[decision.id, "note"] == kept
    with write(CSV, show.exhibit(), tmp_path / "d.csv").open(
        encoding="utf-8-sig", newline=""
    ) as file:
        found = {row["decision"]: row["note"] for row in csv.DictReader(file)}
    assert found[decision.id].removeprefix("'") == kept.removeprefix("'")

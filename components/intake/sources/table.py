"""The lines of a list of addresses, as text or CSV."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from components.errors import IntakeError

_ADDRESS = ("url", "image_url", "address", "image")
_NAME = ("name", "file_name", "filename")
_GROUP = ("group",)
_TRUTH = ("truth", "truth_mask", "mask")
# Lines of a text without any address in which a file's name is looked for.
_LOOK_LINES = 100
_DELIMITERS = (",", ";", "\t")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list.

    Attributes:
        line: its number in the file, from 1.
        address: an address or a file's name; it may hold secrets.
        name: what the picture is to be called; "" where it is not said.
        group: "" where it is not said.
        truth: address or file name of the truth mask; "" without.
        problem: sentences why the line cannot be read; "" otherwise.
    """

    line: int
    address: str = field(default="", repr=False)
    name: str = ""
    group: str = ""
    truth: str = field(default="", repr=False)
    problem: str = ""


def read_rows(data: bytes, shown: str, is_file: Callable[[str], bool]) -> Iterator[Row]:
    """Read a list, whatever its file is called: as CSV where its first line names the columns.

    Every line stands for itself, so that a forgotten quotation mark spoils one line, not the rest.

    Args:
        data: the file: UTF-8, UTF-16 with a byte order mark, else Latin-1.
        shown: how the list is called in messages.
        is_file: tells whether a file of this name lies beside the list.

    Returns:
        The lines that say something, or could not be read.

    Raises:
        IntakeError: the list is empty, or is something else: no line names a column of
            addresses, nor is one an address or a file.
    """
    text = _decode(data)
    lines = io.StringIO(text, newline=None)
    number = 0
    for first in lines:
        number += 1
        if not _is_silent(first):
            break
    else:
        raise IntakeError(f"{shown} is empty. Write one address a line, then try again.")
    delimiter, header = _read_header(first)
    if delimiter:
        return _read_table(lines, number, delimiter, header)
    if is_address(first) and any(mark in first for mark in (";", "\t", ", ")):
        raise IntakeError(
            f"{shown} has several columns but no first line that names them. Put such a line on "
            "top, such as url,name,group,truth."
        )
    spoken = (line for line in io.StringIO(text, newline=None) if not _is_silent(line))
    if not any(map(is_address, spoken)) and not _names_files(text, is_file):
        raise IntakeError(
            f"{shown} is no list of pictures: neither does its first line name a column url, nor "
            "is any line an address that begins with https://. Correct it, or leave it out."
        )
    return _read_lines(first, lines, number)


def is_address(text: str) -> bool:
    """Tell whether a value is meant as an http(s) address."""
    return text.strip()[:8].lower().startswith(("http://", "https://"))


def _decode(data: bytes) -> str:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _is_silent(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")


def _names_files(text: str, is_file: Callable[[str], bool]) -> bool:
    spoken = (line for line in io.StringIO(text, newline=None) if not _is_silent(line))
    return any(is_file(line.strip()) for line in islice(spoken, _LOOK_LINES))


def _read_header(line: str) -> tuple[str, list[str]]:
    """Tell the delimiter and the columns by the first line; "" where it names none."""
    best: tuple[str, list[str]] = ("", [])
    for delimiter in _DELIMITERS:
        cells = [cell.strip().lower().replace(" ", "_") for cell in _split(line, delimiter) or ()]
        if any(name in cells for name in _ADDRESS) and len(cells) > len(best[1]):
            best = delimiter, cells
    return best


def _split(line: str, delimiter: str) -> list[str] | None:
    plain = [line.rstrip("\n")]
    try:
        return next(csv.reader(plain, delimiter=delimiter, strict=True, skipinitialspace=True), [])
    except csv.Error:
        return None


def _read_table(
    lines: Iterator[str], number: int, delimiter: str, header: list[str]
) -> Iterator[Row]:
    columns = [
        next((header.index(name) for name in names if name in header), len(header))
        for names in (_ADDRESS, _NAME, _GROUP, _TRUTH)
    ]
    for line in lines:
        number += 1
        cells = _split(line, delimiter)
        if cells is None:
            problem = "Its quotation marks do not match, or a value is too long. Correct that line."
            yield Row(number, problem=problem)
            continue
        if len(header) == 1 and len(cells) > 1:
            # Nothing is separated where there is one column: the comma is the address's own.
            cells = [line]
        cells = [cell.strip() for cell in cells]
        if not any(cells):
            continue
        if any(cells[len(header) :]):
            yield Row(
                number,
                problem=f"It has {len(cells)} values, but there are {len(header)} columns. Put a "
                "value that holds the separator itself in quotation marks.",
            )
            continue
        cells += [""] * (len(header) + 1 - len(cells))
        address, name, group, truth = (cells[column] for column in columns)
        yield Row(number, address, name, group, truth)


def _read_lines(first: str, lines: Iterator[str], number: int) -> Iterator[Row]:
    yield Row(number, first.strip())
    for line in lines:
        number += 1
        if not _is_silent(line):
            yield Row(number, line.strip())

"""One list of classes for an export, made of the class maps that its answers came with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from components.errors import ExportError
from components.model.classes import (
    UNMAPPED_BACKGROUND_ID,
    ClassInfo,
    is_background_name,
    list_classes,
)

Table = NDArray[np.uint8]
"""The exported class id by the model's class id: uint8 (256,)."""

_IDS: Final = 256


@dataclass(frozen=True, slots=True)
class Legend:
    """The classes of an export.

    Attributes:
        names: names by class id, exactly as they came; only half a surrogate, which no file of text
            takes, is "\N{REPLACEMENT CHARACTER}".
        classes: the 256 classes by id, with colours and names for people.
        background_id: what the background is written as; None where no class is the background,
            and 255, which means it elsewhere, is a class.
        is_merged: whether class maps contradicted each other, so that some masks are written with
            other ids than they came with.
        palette: the colours of the 256 classes by id, three bytes each.
        tables: by class map, how its ids are written; None where they stay as they are.
    """

    names: Mapping[int, str]
    classes: tuple[ClassInfo, ...]
    background_id: int | None
    is_merged: bool
    palette: bytes = field(repr=False)
    tables: Mapping[tuple[tuple[int, str], ...], Table | None] = field(repr=False, compare=False)

    def find_table(self, class_map: Mapping[int, str]) -> Table | None:
        """How the ids of an answer are written: uint8 (256,); None where they stay as they are.

        Raises:
            ExportError: this class map was not there when the export began.
        """
        try:
            return self.tables[_sign(class_map)]
        except KeyError as error:
            raise ExportError(
                "The model answered anew while this was exported, and names its classes otherwise "
                "now. Start the export once more."
            ) from error

    def list_named(self) -> list[ClassInfo]:
        """The classes that have a name, and the background, by id."""
        wanted: set[int | None] = {*self.names, self.background_id}
        return [info for info in self.classes if info.class_id in wanted]


def make_legend(class_maps: Sequence[Mapping[int, str]]) -> Legend:
    """One list of classes for several class maps.

    The first map keeps its ids. A class of a later map that has the name of a class known so far
    (outer spaces and case aside) is written with that one's id; one that is new keeps its id where
    that is free, else takes the lowest free one. Ids without a name stay as they are where no map
    names them, else they are written as 255, "unlabelled" for all software that knows an ignore
    id, or where 255 is a class as the highest free id.

    Args:
        class_maps: as the answers came with them, the most frequent first.

    Raises:
        ExportError: together they name more than 256 classes.
    """
    names: dict[int, str] = {}
    mended = [{id_: _mend(name) for id_, name in one.items()} for one in class_maps]
    for class_map in mended:
        known = {_fold(name) for name in names.values()}
        new = {id_: name for id_, name in sorted(class_map.items()) if _fold(name) not in known}
        for class_id, name in new.items():
            place = class_id if class_id not in names else _find_free(names)
            names[place] = name
    classes = list_classes(names)
    background_id = next((info.class_id for info in classes if info.is_background), None)
    tables = {
        _sign(came): _make_table(one, names, background_id)
        for came, one in zip(class_maps, mended, strict=True)
    }
    return Legend(
        names=dict(sorted(names.items())),
        classes=classes,
        background_id=background_id,
        is_merged=any(
            (table[list(one)] != list(one)).any() for one, table in _pair(class_maps, tables)
        ),
        palette=join_colours(classes),
        tables={
            sign: None if (table == np.arange(_IDS)).all() else table
            for sign, table in tables.items()
        },
    )


def join_colours(classes: Sequence[ClassInfo]) -> bytes:
    """The colours of classes, three bytes each, as a palette has them."""
    return b"".join(bytes.fromhex(info.colour[1:]) for info in classes)


def _pair(
    class_maps: Sequence[Mapping[int, str]], tables: Mapping[tuple[tuple[int, str], ...], Table]
) -> list[tuple[Mapping[int, str], Table]]:
    return [(one, tables[_sign(one)]) for one in class_maps if one]


def _make_table(
    class_map: Mapping[int, str], names: Mapping[int, str], background_id: int | None
) -> Table:
    table = np.arange(_IDS, dtype=np.uint8)
    places: dict[str, int] = {}
    for class_id, name in names.items():
        places.setdefault(_fold(name), class_id)
    has_background = any(is_background_name(name) for name in class_map.values())
    for class_id in range(_IDS):
        if class_id in class_map:
            name = class_map[class_id]
            # A map that gives two ids one name keeps both, where it came first.
            table[class_id] = class_id if names.get(class_id) == name else places[_fold(name)]
        elif (
            class_id == UNMAPPED_BACKGROUND_ID and not has_background and background_id is not None
        ):
            table[class_id] = background_id
        elif class_id in names:
            table[class_id] = _find_unlabelled(names)
    return table


def _find_unlabelled(names: Mapping[int, str]) -> int:
    return next((id_ for id_ in range(_IDS - 1, -1, -1) if id_ not in names), _IDS - 1)


def _find_free(names: Mapping[int, str]) -> int:
    place = next((id_ for id_ in range(_IDS) if id_ not in names), None)
    if place is None:
        raise ExportError(
            "These pictures were answered by models that together name more than 256 classes, and "
            "a mask has room for 256. Choose the pictures of one model by their file names, by a "
            "class or by a list, and export them apart."
        )
    return place


def _mend(name: str) -> str:
    """A name that can be written: JSON may spell half of a surrogate, which stands for nothing."""
    return name.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _fold(name: str) -> str:
    return name.strip().casefold()


def _sign(class_map: Mapping[int, str]) -> tuple[tuple[int, str], ...]:
    return tuple(sorted(class_map.items()))

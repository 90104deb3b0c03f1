"""Classes of a class map: what they are called, which is the background, what colour each has."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from components.model.palette_table import COLOURS

BACKGROUND_COLOUR = "#9aa0a6"
UNMAPPED_BACKGROUND_ID = 255
"""Real servers write background as 255 where the class map has no name for it."""

FOLDED_BACKGROUND = " background"
"""What `fold_name` makes of the background; nobody's name, since those are stripped."""

_BACKGROUND_NAMES = frozenset({"background", "_background_", "__background__", "bg"})
_LONGEST_NAME = 120
_FIRST_TIER = 7  # the Okabe–Ito colours, given out before any other
_SECOND_TIER = 24

# Colours people expect of common things, as places in COLOURS. Only a wish: a taken one moves on.
_EXPECTED = {
    "sky": 0,
    "building": 1,
    "house": 1,
    "tree": 2,
    "vegetation": 2,
    "plant": 2,
    "flower": 3,
    "road": 3,
    "water": 4,
    "sea": 4,
    "river": 4,
    "car": 5,
    "vehicle": 5,
    "object": 5,
    "person": 6,
    "sand": 6,
    "mountain": 7,
    "field": 9,
    "grass": 9,
}


@dataclass(frozen=True, slots=True)
class ClassInfo:
    """One class.

    Attributes:
        class_id: the pixel value, 0–255.
        name: for people, stripped of outer spaces; "unlabelled <id>" where the class map has none.
        colour: "#rrggbb".
        is_background: whether this is the background.
        is_named: whether the class map names it.
    """

    class_id: int
    name: str
    colour: str
    is_background: bool
    is_named: bool


def is_background_name(name: str) -> bool:
    """Whether a class of this name is the background, however it is spaced or capitalised."""
    return name.strip().casefold() in _BACKGROUND_NAMES


def fold_name(name: str) -> str:
    """What names of one class have in common: spaces and case aside, all of the background's."""
    return FOLDED_BACKGROUND if is_background_name(name) else name.strip().casefold()


def make_readable(text: str) -> str:
    """A server's text for people: no control or direction signs, one line, at most 120 signs."""
    joiners = "\u200c\u200d"  # within words of some scripts, and within emoji
    plain = "".join(sign if sign.isprintable() or sign in joiners else " " for sign in text)
    short = " ".join(plain.split())
    return short if len(short) <= _LONGEST_NAME else short[: _LONGEST_NAME - 1] + "…"


def list_classes(class_map: Mapping[int, str]) -> tuple[ClassInfo, ...]:
    """All 256 classes that a pixel can hold, by id.

    A name keeps its colour wherever it appears: the place in the palette is drawn from the name
    itself, and only two names of one class map that want the same place move one of them on.

    Args:
        class_map: names by class id, as the server gave them.

    Returns:
        256 classes; those not in `class_map` are called "unlabelled <id>".
    """
    backgrounds = {id_ for id_, name in class_map.items() if is_background_name(name)}
    if not backgrounds and UNMAPPED_BACKGROUND_ID not in class_map:
        backgrounds = {UNMAPPED_BACKGROUND_ID}
    colours = _give_colours(
        {id_: name for id_, name in sorted(class_map.items()) if id_ not in backgrounds}
    )
    spare = [colour for colour in COLOURS if colour not in set(colours.values())]
    classes = []
    for class_id in range(256):
        name = class_map.get(class_id)
        background = class_id in backgrounds
        if background:
            colour = BACKGROUND_COLOUR
        else:
            colour = colours.get(class_id) or spare[class_id % len(spare)]
        shown = make_readable(name or "") or (
            "background" if background else f"unlabelled {class_id}"
        )
        classes.append(ClassInfo(class_id, shown, colour, background, bool((name or "").strip())))
    return tuple(classes)


def _give_colours(names: Mapping[int, str]) -> dict[int, str]:
    plain = {class_id: name.strip().casefold() for class_id, name in names.items()}
    places: dict[int, int] = {}
    for class_id, name in plain.items():
        wished = _EXPECTED.get(name)
        if wished is not None and wished not in places.values():
            places[class_id] = wished
    taken = set(places.values())
    for class_id, name in plain.items():
        if class_id not in places:
            places[class_id] = _find_place(name, taken)
            taken.add(places[class_id])
    return {class_id: COLOURS[place] for class_id, place in places.items()}


def _find_place(name: str, taken: set[int]) -> int:
    digest = int.from_bytes(hashlib.sha256(name.encode("utf-8", "replace")).digest()[:8], "big")
    for tier in (_FIRST_TIER, _SECOND_TIER, len(COLOURS)):
        for step in range(tier):
            place = (digest + step) % tier
            if place not in taken:
                return place
    raise AssertionError("256 ids never need more than 256 colours")

"""Which samples there are, and what the drawn ones are drawn from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DrawnScene:
    """A drawn sample: its names, and the arguments of `drawing.scenes.draw_scene`."""

    key: str
    title: str
    kind: str
    light: str
    seed: int
    size_wh: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Photograph:
    """A photographed sample and its author and licence; see LICENSES.md."""

    key: str
    title: str
    credit: str


DRAWN = (
    DrawnScene("harbour", "Harbour at dusk", "harbour", "dusk", 307, (1024, 683)),
    DrawnScene("street", "Street in the morning", "street", "morning", 304, (1024, 683)),
    DrawnScene("village", "Village road at noon", "village", "noon", 308, (1080, 720)),
    DrawnScene("lake", "Mountain lake", "lake", "noon", 304, (1120, 630)),
    DrawnScene("coast", "Beach under clouds", "coast", "overcast", 305, (1024, 683)),
    DrawnScene("winter", "Avenue in winter", "avenue", "winter", 306, (960, 720)),
    DrawnScene("river", "River in the morning", "river", "morning", 307, (820, 820)),
    DrawnScene("lane", "Narrow street at noon", "street", "noon", 302, (683, 1024)),
)

PHOTOGRAPHS = (
    Photograph("coffee", "Cup of coffee", "Photograph: Rachel Michetti, CC0 1.0"),
    Photograph("cat", "Cat", "Photograph: Stefan van der Walt, CC0 1.0"),
)

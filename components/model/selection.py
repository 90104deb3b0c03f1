"""Pictures put together in an order: what a chart leads to, what is looked at once more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

MOST_SELECTED: Final = 20_000
"""Pictures that one selection can hold."""

SelectionKind = Literal["list", "repeat"]
"""Pictures of a chart or of a comparison; or pictures that were decided before, to be decided once
more by people who are not shown what they said the first time."""
SELECTION_KINDS: Final[tuple[SelectionKind, ...]] = get_args(SelectionKind)


@dataclass(frozen=True, slots=True)
class Selection:
    """Pictures of one project put together in an order.

    Attributes:
        id: 32 hex digits.
        project_id: of the project.
        title: for people.
        kind: of SELECTION_KINDS.
        detail: what it was made of, in plain words.
        created_by, created_at: who, and when in UTC milliseconds.
        items: how many pictures were put in.
    """

    id: str
    project_id: str
    title: str
    kind: SelectionKind
    detail: str
    created_by: str
    created_at: int
    items: int

"""What is kept outside memory: the desk's database, and pictures of the running desk.

What needs the database is imported when it is first used: SQLAlchemy takes a while to import, and
the first picture of a cold start needs none of it.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from components.store.spool import Kept, Spool

if TYPE_CHECKING:
    from components.store import (
        again,
        bundle,
        claiming,
        comparison_lists,
        comparison_picks,
        comparison_sides,
        comparison_totals,
        comparisons,
        discarding,
        exhibits,
        finishing,
        insights,
        items,
        lists,
        people,
        pins,
        projects,
        queue,
        reviews,
        runs,
        selections,
        staging,
        tasks,
        truths,
    )
    from components.store.database import Database, open_database
    from components.store.objects import open_objects

__all__ = [
    "Database",
    "Kept",
    "Spool",
    "again",
    "bundle",
    "claiming",
    "comparison_lists",
    "comparison_picks",
    "comparison_sides",
    "comparison_totals",
    "comparisons",
    "discarding",
    "exhibits",
    "finishing",
    "insights",
    "items",
    "lists",
    "open_database",
    "open_objects",
    "people",
    "pins",
    "projects",
    "queue",
    "reviews",
    "runs",
    "selections",
    "staging",
    "tasks",
    "truths",
]


def __getattr__(name: str) -> Any:
    if name in ("Database", "open_database"):
        return getattr(importlib.import_module("components.store.database"), name)
    if name == "open_objects":
        return importlib.import_module("components.store.objects").open_objects
    if name in __all__:
        return importlib.import_module(f"components.store.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

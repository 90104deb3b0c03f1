"""What is kept outside memory: the desk's database, and pictures of the running desk."""

from components.store import bundle, items, lists, people, pins, projects, queue, reviews, turns
from components.store.database import Database, open_database
from components.store.spool import Kept, Spool

__all__ = [
    "Database",
    "Kept",
    "Spool",
    "bundle",
    "items",
    "lists",
    "open_database",
    "people",
    "pins",
    "projects",
    "queue",
    "reviews",
    "turns",
]

"""What is kept outside memory: the desk's database, and pictures of the running desk."""

from components.store import items, lists, people, pins, projects, queue, reviews
from components.store.database import Database, open_database
from components.store.spool import Kept, Spool

__all__ = [
    "Database",
    "Kept",
    "Spool",
    "items",
    "lists",
    "open_database",
    "people",
    "pins",
    "projects",
    "queue",
    "reviews",
]

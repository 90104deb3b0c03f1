"""What a desk under test has stored, as another program reads it."""

from __future__ import annotations

from components import store
from components.model.review import Review
from components.settings import StoreSettings
from components.store.database import open_database
from tests.browser.served import ServedDesk

TEN = 10
"""Pictures of the project of samples."""


def read_record(desk: ServedDesk, url: str = "") -> list[Review]:
    """All decisions of the one project, the newest first, as another program reads them."""
    database = open_database(url or StoreSettings(folder=desk.data).url)
    try:
        (project,) = store.projects.list_projects(database)
        return store.reviews.list_record(database, project.id, limit=1000)
    finally:
        database.close()

"""What the outbox of a page keeps in its browser, read and changed as another page would."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

_OPEN = """
  const name = `mask-desk ${location.pathname.replace(/[^/]*$/, "")}`;
  const settle = request => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const opening = indexedDB.open(name, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("outbox", { keyPath: "id" });
  const database = await settle(opening);
  const store = database.transaction("outbox", "readwrite").objectStore("outbox");
"""


def read_outbox(page: Page) -> list[dict[str, Any]]:
    """The events that a browser keeps, the oldest first."""
    found: list[dict[str, Any]] = page.evaluate(
        f"async () => {{ {_OPEN} const all = await settle(store.getAll()); database.close();"
        " return all.sort((one, other) => one.order - other.order); }"
    )
    return found


def put_outbox(page: Page, events: list[dict[str, Any]]) -> None:
    """Leave events in a browser, as a page that was closed does."""
    page.evaluate(
        f"async events => {{ {_OPEN}"
        " for (const event of events) await settle(store.put(event)); database.close(); }",
        events,
    )


def clear_outbox(page: Page) -> None:
    """Take all of it away."""
    page.evaluate(f"async () => {{ {_OPEN} await settle(store.clear()); database.close(); }}")

"""Who is asked in a run: a server by a name that outlives the desk's process."""

from __future__ import annotations

from dataclasses import dataclass, field

from components.inference import Client
from components.settings import Settings

BUILT_IN = ""
"""The name of the built-in server, whose address is another one each time."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server and the client that asks it; a client of its own, since a run sees to the retries.

    Attributes:
        name: its address, BUILT_IN for the built-in one.
        settings: with the address really asked.
        client: its pool has two connections for each worker, so that each one rests between two
            calls for about as long as a call takes; see `components.net.adapter`.
    """

    name: str
    settings: Settings
    client: Client = field(repr=False)


def open_server(name: str, settings: Settings, workers: int) -> Server:
    """Prepare a server to be asked by so many workers; nothing is sent yet."""
    return Server(name, settings, Client(settings, retries=0, pool_size=2 * workers))

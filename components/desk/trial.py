"""A server that one person tries, for their browser session alone."""

from __future__ import annotations

from dataclasses import replace

from components.desk.access import require
from components.desk.connection import Connection, open_desk
from components.model.review import Person
from components.settings import Settings, guess_request_mb


def try_server(who: Person | None, settings: Settings) -> Connection:
    """A connection for a typed server, within what the desk itself allows; nothing is sent yet.

    Args:
        who: a lead; anybody where nobody has to sign in.
        settings: as typed.

    Raises:
        AccessError: not a lead.
        SettingsError: the built-in server cannot be started.
    """
    require(who, "lead", needs_name=False)
    deployed = open_desk().settings
    return open_desk().connect(
        replace(
            settings,
            timeout_seconds=deployed.timeout_seconds,
            allow_hosts=deployed.allow_hosts,
            max_request_bytes=int(guess_request_mb(settings.address) * 1e6),
        )
    )

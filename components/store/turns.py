"""A decision and the next picture in one: written to disk once, where two would be waited for."""

from __future__ import annotations

from components.model.review import Decision
from components.store.database import Database
from components.store.dialect import lock_queues
from components.store.queue import Turn, hand_out
from components.store.reviews import Outcome, drop_claim, write_decision
from components.store.rows import check_signer


def decide_and_take(
    db: Database, decision: Decision, project_id: str, reviewer: str, *, now: int, ahead: int = 2
) -> tuple[Outcome, Turn]:
    """Do what `reviews.decide` and then `queue.take_next` do; both are on disk, or neither is.

    Args:
        db: where.
        decision: what was decided.
        project_id: of the project whose queue goes on.
        reviewer: who.
        now: UTC milliseconds.
        ahead: how many pictures to claim beside the next one.

    Raises:
        Conflict: as these do.
        StoreUnavailable: nothing can be written now.
    """
    signed = check_signer(reviewer)
    with db.write() as connection:
        outcome = write_decision(connection, decision, signed, now)
        # Claims are touched under this lock only after the picture is held, as everywhere, so that
        # no two wait for each other.
        lock_queues(connection, [project_id])
        # One that comes once more says nothing of what the reviewer has open by now.
        if not outcome.was_stored:
            drop_claim(connection, decision.item_id, signed)
        return outcome, hand_out(connection, project_id, signed, now=now, ahead=ahead)

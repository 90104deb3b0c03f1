"""What people decided and remarked, as it comes from the outbox of their browser."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from components.desk.remarks import add_pin, add_remark
from components.desk.reviewing import decide, undo
from components.errors import AccessError, DeskError, StoreUnavailable
from components.model.review import Decision, Person, Pin, Remark, Review

if TYPE_CHECKING:
    from components.store.reviews import Outcome


@dataclass(slots=True)
class Delivery:
    """What came of the events that an outbox sent.

    Attributes:
        saved: ids of events that are stored, some of them since an earlier time.
        refused: a plain sentence by the id of each event that never will be.
        outcomes: of the decisions among them.
        undone: by the id of each undo, the decision that it took back; None where there was none.
        fault: why the events after the last saved one are to be sent again; None where all went.
    """

    saved: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    outcomes: list[Outcome] = field(default_factory=list)
    undone: dict[str, Review | None] = field(default_factory=dict)
    fault: DeskError | None = None


def deliver(who: Person | None, events: Sequence[Mapping[str, Any]]) -> Delivery:
    """Store events in their order; one that comes again is stored once.

    It stops at the first that cannot be stored now: a later decision does not overtake it.

    Args:
        who: who sends them.
        events: as `components.viewer.events.check_outbox` returns them.
    """
    delivery = Delivery()
    for event in events:
        try:
            _store(who, event, delivery)
        except (StoreUnavailable, AccessError) as error:
            # Kept in the browser, for when the database, or this person, is there again.
            delivery.fault = error
            break
        except DeskError as error:
            delivery.refused[event["id"]] = error.message
        else:
            delivery.saved.append(event["id"])
    return delivery


def _store(who: Person | None, event: Mapping[str, Any], delivery: Delivery) -> None:
    kind = event["kind"]
    if kind == "decide":
        delivery.outcomes.append(decide(who, _make_decision(event)))
    elif kind == "undo":
        taken = undo(who, event["id"], event["project"], event["undoes"] or None)
        delivery.undone[event["id"]] = taken
    elif kind == "pin":
        add_pin(
            who,
            Pin(
                id=event["id"],
                item_id=event["subject"],
                x=event["x"],
                y=event["y"],
                text=event["text"],
                class_id=event["class_id"],
                class_name=event["class_name"],
                sureness=event["sureness"],
                region=event["region"],
            ),
        )
    else:
        remark = Remark(id=event["id"], author="", at=0, act=kind, text=event.get("text", ""))
        add_remark(who, event["pin"], remark)


def _make_decision(event: Mapping[str, Any]) -> Decision:
    answer_id, _, percent = str(event["answer"]).partition("@")
    return Decision(
        id=event["id"],
        item_id=event["subject"],
        move=event["move"],
        confidence=int(percent) if percent.isdecimal() else -1,
        answer_id=answer_id,
        reasons=tuple(event["reasons"]),
        class_names=tuple(event["classes"]),
        note=event["note"],
    )

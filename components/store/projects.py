"""Projects: made, found, changed, and how far each has come."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast, get_args

from sqlalchemy import Connection, delete, insert, select, update

from components.errors import Conflict
from components.model.review import STATUSES, Member, Move, Policy, Project, Status
from components.store.database import Database
from components.store.dialect import lock_queues, lock_rules
from components.store.members import check_members
from components.store.rows import (
    LONGEST_INSTRUCTIONS,
    check_model,
    check_name,
    check_text,
    clean_text,
    load_project,
    make_project,
    pack,
    pack_members,
)
from components.store.schema import events, places, projects, runs, tallies
from components.store.shelving import settle_project

_UNCHANGED: Final[Any] = object()
_MOST_NEEDED: Final = 20
_MOVES: Final[tuple[Move, ...]] = get_args(Move)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a project has come.

    Attributes:
        total: pictures in it.
        by_status: pictures by status, all statuses named.
        mine: pictures by what this reviewer said last, all moves named.
    """

    total: int
    by_status: Mapping[Status, int]
    mine: Mapping[Move, int]


def create_project(
    db: Database,
    *,
    name: str,
    model: str,
    confidence: int,
    by: str,
    now: int,
    instructions: str = "",
    needed: int = 1,
    policy: Policy = "third_look",
    members: Sequence[Member] = (),
) -> Project:
    """Make a project.

    Args:
        db: where.
        name: 1 to 200 signs.
        model: "dataset/version".
        confidence: the threshold reviewers start at, percent 0–100.
        by: who makes it.
        now: UTC milliseconds.
        instructions: Markdown.
        needed: independent reviews each picture needs.
        policy: what follows when they disagree.
        members: who reviews which share; empty: everyone reviews everything.

    Raises:
        Conflict: a value out of its bounds.
        StoreUnavailable: nothing can be written now.
    """
    project = Project(
        id=uuid.uuid4().hex,
        name=check_name(name, "The project's name"),
        model=check_model(model),
        confidence=_check_confidence(confidence),
        class_map={},
        instructions=check_text(instructions, "Instructions", LONGEST_INSTRUCTIONS),
        needed=_check_needed(needed),
        policy=_check_policy(policy),
        members=check_members(members, needed),
        created_by=clean_text(by),
        created_at=now,
    )
    with db.write() as connection:
        connection.execute(
            insert(projects).values(
                id=project.id,
                name=project.name,
                model=project.model,
                confidence=project.confidence,
                class_map="{}",
                instructions=project.instructions,
                needed=project.needed,
                policy=project.policy,
                members=pack_members(project.members),
                created_by=project.created_by,
                created_at=now,
                archived_at=None,
                last_position=0,
            )
        )
        note_event(connection, project.id, "project_created", by=by, now=now, name=project.name)
    return project


def list_projects(db: Database, *, archived: bool = False) -> list[Project]:
    """Projects in use, or those archived; newest first."""
    wanted = projects.c.archived_at.is_not(None) if archived else projects.c.archived_at.is_(None)
    statement = select(projects).where(wanted).order_by(projects.c.created_at.desc(), projects.c.id)
    with db.read() as connection:
        return [make_project(row) for row in connection.execute(statement).mappings()]


def find_project(db: Database, project_id: str) -> Project:
    """One project.

    Raises:
        Conflict: there is none of this id.
    """
    with db.read() as connection:
        return load_project(connection, clean_text(project_id))


def change_project(
    db: Database,
    project_id: str,
    *,
    by: str,
    now: int,
    name: str = _UNCHANGED,
    instructions: str = _UNCHANGED,
    confidence: int = _UNCHANGED,
    model: str = _UNCHANGED,
    needed: int = _UNCHANGED,
    policy: Policy = _UNCHANGED,
    members: Sequence[Member] = _UNCHANGED,
    archived: bool = _UNCHANGED,
    shows_names: bool = _UNCHANGED,
) -> Project:
    """Change what is given and leave the rest; each change is an event.

    Raises:
        Conflict: no such project, or a value out of its bounds.
        StoreUnavailable: nothing can be written now.
    """
    with db.write() as connection:
        lock_rules(connection, clean_text(project_id), alone=True)
        project = load_project(connection, clean_text(project_id), lock=True)
        wished: dict[str, Any] = {}
        if name is not _UNCHANGED:
            wished["name"] = check_name(name, "The project's name")
        if instructions is not _UNCHANGED:
            wished["instructions"] = check_text(instructions, "Instructions", LONGEST_INSTRUCTIONS)
        if confidence is not _UNCHANGED:
            wished["confidence"] = _check_confidence(confidence)
        if model is not _UNCHANGED:
            wished["model"] = check_model(model)
        if needed is not _UNCHANGED:
            wished["needed"] = _check_needed(needed)
        if policy is not _UNCHANGED:
            wished["policy"] = _check_policy(policy)
        needs = wished.get("needed", project.needed)
        if members is not _UNCHANGED or "needed" in wished:
            chosen = project.members if members is _UNCHANGED else members
            wished["members"] = check_members(chosen, needs)
        if shows_names is not _UNCHANGED:
            wished["shows_names"] = bool(shows_names)
        if archived is not _UNCHANGED and archived != (project.archived_at is not None):
            wished["archived_at"] = now if archived else None
            if archived:
                # Nobody would see it go on, nor could pause it.
                connection.execute(
                    update(runs)
                    .where(runs.c.project_id == project.id, runs.c.state == "running")
                    .values(state="paused", reason="The project was put away meanwhile.")
                )
        changed = {
            field: value for field, value in wished.items() if value != getattr(project, field)
        }
        for field, value in changed.items():
            note_event(
                connection,
                project.id,
                _name_event(field, value),
                by=by,
                now=now,
                field=field,
                before=_show(getattr(project, field)),
                after=_show(value),
            )
        if changed:
            stored = {**changed}
            if "shows_names" in changed:
                stored["shows_names"] = int(changed["shows_names"])
            if "members" in changed:
                stored["members"] = pack_members(changed["members"])
            connection.execute(update(projects).where(projects.c.id == project.id).values(**stored))
            project = load_project(connection, project.id)
        if changed.keys() & {"needed", "policy"}:
            settle_project(connection, project)
        elif "members" in changed:
            lock_queues(connection, [project.id])
            connection.execute(delete(places).where(places.c.project_id == project.id))
        return project


def measure_progress(db: Database, project_id: str, reviewer: str) -> Progress:
    """How far a project has come, and this reviewer in it; as quick for many pictures as for few.

    A project that is not there has come nowhere.
    """
    statement = select(tallies.c.kind, tallies.c.what, tallies.c.n).where(
        tallies.c.project_id == clean_text(project_id),
        tallies.c.kind.in_(("status", "move")),
        tallies.c.who.in_(("", clean_text(reviewer))),
    )
    by_status: dict[Status, int] = dict.fromkeys(STATUSES, 0)
    mine: dict[Move, int] = dict.fromkeys(_MOVES, 0)
    with db.read() as connection:
        for kind, what, n in connection.execute(statement):
            if kind == "status":
                by_status[what] = n
            else:
                mine[what] = n
    return Progress(sum(by_status.values()), by_status, mine)


def note_event(
    connection: Connection,
    project_id: str,
    kind: str,
    *,
    by: str,
    now: int,
    item_id: str | None = None,
    **detail: Any,
) -> None:
    """Write down what somebody did to a project."""
    connection.execute(
        insert(events).values(
            id=uuid.uuid4().hex,
            at=now,
            project_id=project_id,
            item_id=item_id,
            actor=clean_text(by),
            kind=kind,
            detail=pack(detail),
        )
    )


def _name_event(field: str, value: Any) -> str:
    if field == "archived_at":
        return "project_reopened" if value is None else "project_archived"
    return "project_changed"


def _show(value: Any) -> Any:
    if isinstance(value, tuple):
        return [[member.name, member.share] for member in value]
    return value


def _check_confidence(confidence: int) -> int:
    if not 0 <= confidence <= 100:
        raise Conflict(f"A confidence is a whole percent from 0 to 100, but {confidence} came.")
    return int(confidence)


def _check_needed(needed: int) -> int:
    if not 1 <= needed <= _MOST_NEEDED:
        raise Conflict(
            f"A picture can need 1 to {_MOST_NEEDED} independent reviews, but {needed} came."
        )
    return int(needed)


def _check_policy(policy: str) -> Policy:
    if policy not in get_args(Policy):
        raise Conflict("Disagreement can ask for a third look or take the strictest verdict.")
    return cast(Policy, policy)

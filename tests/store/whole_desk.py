"""A desk with something of everything, and all that can be seen of it."""

from __future__ import annotations

from sqlalchemy import select, update

from components.model.review import Member, Move, Pin, Project, Remark
from components.store import Database, content, items, lists, pins, projects, queue, reviews
from components.store.schema import items as items_table
from components.store.schema import truths
from tests.store.material import (
    NOW,
    add_pictures,
    make_answer,
    make_decision,
    make_id,
    make_project,
    put_truth,
)

PEOPLE = ("anna", "Björn", "chi")


def fill(database: Database) -> Project:
    """Something of everything."""
    project = make_project(
        database,
        needed=2,
        policy="strictest",
        members=(Member("anna", 0.5), Member("Björn", 0.5)),
        instructions="# Look *closely*",
    )
    made = add_pictures(database, project, [f"Straße {at}.jpg" for at in range(6)])
    moves: tuple[Move, ...] = ("approved", "needs_fix", "rejected", "skipped")
    for at, item in enumerate(made):
        for who in PEOPLE[: 1 + at % 3]:
            decision = make_decision(item, moves[at % 4], reasons=("missed",), note="Ünï")
            reviews.decide(database, decision, who, now=NOW + at)
    reviews.undo(database, make_id(), project.id, "anna", now=NOW + 10)
    pin = pins.add_pin(
        database,
        Pin(make_id(), made[1].id, 3.5, 4, "here", 1, "road", 70.5, {"pixels": 3}, author="anna"),
        now=NOW + 11,
    )
    pins.add_remark(database, pin.id, Remark(make_id(), "chi", 0, "reply", "ok"), now=NOW + 12)
    pins.add_remark(database, pin.id, Remark(make_id(), "chi", 0, "resolve"), now=NOW + 13)
    items.remove_item(database, made[5].id, by="lead", now=NOW + 14)
    items.store_answer(
        database, made[0].image_sha256, make_answer(b"other", confidence=70), cut_to=None, now=NOW
    )
    for item in (made[2], made[5]):
        put_truth(database, item.id, f"truth of {item.name}".encode())
    with database.write() as connection:
        connection.execute(
            update(items_table).where(items_table.c.id == made[3].id).values(grouping="Süd")
        )
    projects.change_project(database, project.id, by="lead", now=NOW + 15, name="Renamed")
    queue.take_next(database, project.id, "anna", now=NOW)
    other = make_project(database, name="Empty")
    projects.change_project(database, other.id, by="lead", now=NOW, archived=True)
    return projects.find_project(database, project.id)


def describe(database: Database, project: Project) -> dict[str, object]:
    """All that can be seen of a project."""
    rows = lists.list_items(database, project.id, lists.Wish(), reviewer="anna").rows
    places = {row.item.id: at for at, row in enumerate(rows)}
    record = reviews.list_record(database, project.id, limit=1000)
    order = sorted(record, key=lambda line: line.seq)
    return {
        "projects": projects.list_projects(database)
        + projects.list_projects(database, archived=True),
        "rows": rows,
        "classes": lists.list_class_names(database, project.id),
        "found": [
            row.item.id
            for row in lists.list_items(
                database, project.id, lists.Wish(name_part="SSE 3"), reviewer="anna"
            ).rows
        ],
        "record": [
            (line.id, line.move, line.reviewer, line.undoes, line.is_standing, line.note, line.at)
            for line in order
        ],
        "pins": [pins.list_pins(database, item_id) for item_id in places],
        "progress": [projects.measure_progress(database, project.id, who) for who in PEOPLE],
        "notices": [reviews.list_notices(database, project.id, who) for who in PEOPLE],
        "events": [
            (one.kind, one.item_id, one.detail)
            for one in sorted(
                reviews.list_events(database, project.id), key=lambda event: event.seq
            )
        ],
        "answers": [items.load_answer(database, row.item.answer_id or "") for row in rows],
        "images": [items.load_image(database, row.item.image_sha256) for row in rows],
        "thumbnails": items.load_thumbnails(database, [row.item.image_sha256 for row in rows]),
        "truths": list_truths(database),
        "groups": _list_groups(database),
        "asked": items.find_answer(
            database, rows[0].item.image_sha256, "fields/3", 70, "http://x.example"
        ),
    }


def list_truths(database: Database) -> dict[str, bytes]:
    """Truth masks by their picture's id."""
    with database.read() as connection:
        rows = connection.execute(select(truths.c.item_id, truths.c.mask_sha256)).all()
        found = content.find_blobs(connection, [row.mask_sha256 for row in rows])
    masks = database.bring(found)
    return {row.item_id: masks[row.mask_sha256] for row in rows}


def _list_groups(database: Database) -> list[tuple[str, str]]:
    with database.read() as connection:
        rows = connection.execute(select(items_table.c.id, items_table.c.grouping))
        return sorted((row.id, row.grouping) for row in rows)

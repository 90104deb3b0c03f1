"""Between rows and the domain's values, and what may be written as text."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, and_, or_, select

from components import settings
from components.errors import Conflict, SettingsError
from components.model.review import LONGEST_TEXT, Item, Member, Project, Review
from components.store.dialect import lock_rules
from components.store.schema import REMOVED, items, projects, reviews, standing

BUCKETS: Final = 10_000
LONGEST_NAME: Final = 300
"""Signs in a file name."""
_ID: Final = re.compile(r"[0-9a-f]{32}")
LONGEST_INSTRUCTIONS: Final = 100_000
LONGEST_SIGNER: Final = 320
"""Signs in whoever's name a line is signed with."""
LONGEST_TITLE: Final = 200
"""Signs in the name of a project or of a member."""
_NUMBER: Final = re.compile(r"\d+")
_LONGEST_KEY: Final = 300


def clean_text(text: str) -> str:
    """The text without what databases refuse: NUL goes, half a surrogate pair becomes "?"."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def check_text(text: str, what: str, longest: int = LONGEST_TEXT) -> str:
    """A typed text, cleaned.

    Raises:
        Conflict: it is too long.
    """
    if len(text) > longest:
        raise Conflict(
            f"{what} can have up to {longest:,} signs; this one has {len(text):,}. Shorten it."
        )
    return clean_text(text)


def check_id(name: str) -> str:
    """An id made elsewhere.

    Raises:
        Conflict: not 32 hex digits.
    """
    if not _ID.fullmatch(name):
        raise Conflict("An id of 32 hex digits was expected. Nothing was saved; reload the page.")
    return name


def check_name(name: str, what: str) -> str:
    """Who or what something is called, cleaned and stripped.

    Raises:
        Conflict: nothing is left, or it is longer than 200 signs.
    """
    stripped = clean_text(name).strip()
    if not stripped:
        raise Conflict(f"{what} is empty. Type 1 to 200 signs.")
    if len(stripped) > LONGEST_TITLE:
        raise Conflict(
            f"{what} can have up to {LONGEST_TITLE} signs; this one has {len(stripped)}. "
            "Shorten it."
        )
    return stripped


def check_model(name: str) -> str:
    """A model's name, "dataset/version".

    Raises:
        Conflict: it has another form.
    """
    try:
        model = settings.check_model(name)
    except SettingsError as error:
        raise Conflict(error.message) from error
    if len(model) > LONGEST_NAME:
        raise Conflict(f"A model's name can have up to {LONGEST_NAME} signs. Shorten it.")
    return model


def check_signer(name: str) -> str:
    """Who signs a line.

    Raises:
        Conflict: nobody, or a name of more than 320 signs.
    """
    cleaned = clean_text(name)
    if not cleaned.strip() or len(cleaned) > LONGEST_SIGNER:
        raise Conflict("A decision is signed with a name of 1 to 320 signs. Nothing was saved.")
    return cleaned


def make_name_key(name: str) -> str:
    """What a name sorts by: case does not count, and 9 comes before 10."""
    padded = _NUMBER.sub(lambda found: found.group().zfill(10), name[:_LONGEST_KEY].casefold())
    return padded[:_LONGEST_KEY]


def fold_name(name: str, grouping: str) -> str:
    """What a part of a picture's name, or of its group's, is looked for in."""
    return (f"{name}\n{grouping}" if grouping else name).casefold()


def find_bucket(item_id: str) -> int:
    """Which of the buckets that shares are dealt in this picture falls into, 0–9999."""
    return int.from_bytes(hashlib.sha256(item_id.encode()).digest()[:8]) % BUCKETS


def pack(value: Any) -> str:
    """JSON in ASCII: whatever text is in it, either database keeps it."""
    return json.dumps(value, separators=(",", ":"))


def pack_class_map(class_map: Mapping[int, str]) -> str:
    """A class map as JSON, ids ascending."""
    return pack({str(class_id): class_map[class_id] for class_id in sorted(class_map)})


def unpack_class_map(text: str) -> dict[int, str]:
    """As `pack_class_map` packed it."""
    return {int(class_id): str(name) for class_id, name in json.loads(text).items()}


def pack_members(members: Iterable[Member]) -> str:
    """Members as JSON."""
    return pack([[member.name, member.share] for member in members])


def make_project(row: RowMapping) -> Project:
    """A row of projects."""
    return Project(
        id=row["id"],
        name=row["name"],
        model=row["model"],
        confidence=row["confidence"],
        class_map=unpack_class_map(row["class_map"]),
        instructions=row["instructions"],
        needed=row["needed"],
        policy=row["policy"],
        members=tuple(Member(name, share) for name, share in json.loads(row["members"])),
        created_by=row["created_by"],
        created_at=row["created_at"],
        archived_at=row["archived_at"],
        shows_names=bool(row["shows_names"]),
    )


def make_item(row: RowMapping) -> Item:
    """A row of items."""
    return Item(
        id=row["id"],
        project_id=row["project_id"],
        position=row["position"],
        name=row["name"],
        image_sha256=row["image_sha256"],
        answer_id=row["answer_id"],
        status=row["status"],
        reviews=row["reviews"],
        mean_confidence=row["mean_confidence"],
        disagreement=row["disagreement"],
        problem=row["problem"],
        added_by=row["added_by"],
        added_at=row["added_at"],
        grouping=row["grouping"],
    )


def make_review(row: RowMapping) -> Review:
    """A row of `select_reviews`."""
    return Review(
        seq=row["seq"],
        id=row["id"],
        project_id=row["project_id"],
        item_id=row["item_id"],
        item_name=row["item_name"],
        reviewer=row["reviewer"],
        at=row["at"],
        move=row["move"],
        undoes=row["undoes"],
        reasons=tuple(json.loads(row["reasons"])),
        class_names=tuple(json.loads(row["class_names"])),
        note=row["note"],
        confidence=row["confidence"],
        image_sha256=row["image_sha256"],
        answer_id=row["answer_id"],
        model=row["model"],
        is_standing=bool(row["is_standing"]),
    )


def select_reviews() -> Any:
    """Lines of the record and whether each is what counts of its reviewer now."""
    stands = and_(
        standing.c.item_id == reviews.c.item_id,
        standing.c.reviewer == reviews.c.reviewer,
        standing.c.review_id == reviews.c.id,
        or_(standing.c.is_voice == 1, standing.c.move == "skipped"),
    )
    return select(reviews, standing.c.review_id.is_not(None).label("is_standing")).select_from(
        reviews.outerjoin(standing, stands)
    )


def load_project(connection: Connection, project_id: str, *, lock: bool = False) -> Project:
    """One project.

    Raises:
        Conflict: there is none of this id.
    """
    statement = select(projects).where(projects.c.id == project_id)
    if lock:
        statement = statement.with_for_update(key_share=True)
    row = connection.execute(statement).mappings().first()
    if row is None:
        raise Conflict("There is no such project on this desk. Choose one from the list.")
    return make_project(row)


def hold_item(connection: Connection, item_id: str) -> tuple[Item, Project]:
    """One picture, which nobody else changes until the end of the transaction, and its project.

    Raises:
        Conflict: there is none of this id, or it was taken out.
    """
    found = connection.scalar(select(items.c.project_id).where(items.c.id == item_id))
    if found is not None:
        lock_rules(connection, found, alone=False)
    item = load_item(connection, item_id, lock=True)
    return item, load_project(connection, item.project_id)


def load_item(
    connection: Connection, item_id: str, *, lock: bool = False, removed: bool = False
) -> Item:
    """One picture of a project; one that was taken out only where that is asked for.

    Raises:
        Conflict: there is none of this id, or it was taken out.
    """
    statement = select(items).where(items.c.id == item_id)
    if lock:
        # Not the key: others may refer to the picture meanwhile.
        statement = statement.with_for_update(key_share=True)
    row = connection.execute(statement).mappings().first()
    if row is None:
        raise Conflict("There is no such picture on this desk. Go back to the project's list.")
    if row["shelf"] == REMOVED and not removed:
        raise Conflict(
            f"{row['name']} was taken out of this project, so nothing can be done with it here. "
            "Go on to the next picture."
        )
    return make_item(row)

"""Reviewing: who may do what, what was decided about a picture, and what follows from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, get_args

Role = Literal["viewer", "reviewer", "lead"]
"""A viewer looks, a reviewer decides too, a lead manages too; each may do what those before may."""

Verdict = Literal["approved", "needs_fix", "rejected"]
Move = Literal["approved", "needs_fix", "rejected", "skipped"]
"""A verdict, or putting the picture off."""

Reason = Literal["missed", "too_much", "wrong_class", "ragged", "bad_image", "other"]
Policy = Literal["third_look", "strictest"]
Status = Literal["no_answer", "open", "disagreed", "answered", "approved", "needs_fix", "rejected"]

ROLES: Final[tuple[Role, ...]] = get_args(Role)
VERDICTS: Final[tuple[Verdict, ...]] = get_args(Verdict)
REASONS: Final[tuple[Reason, ...]] = get_args(Reason)
STATUSES: Final[tuple[Status, ...]] = get_args(Status)
NEEDING: Final[tuple[Status, ...]] = ("open", "disagreed", "answered")
"""Statuses of a picture that somebody still has to decide about."""

LONGEST_TEXT: Final = 4000
"""Signs in a note, a remark or a reply."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at the desk.

    Attributes:
        name: what decisions are signed with: an address where people log in, else a typed name.
        role: what this person may do.
        how: "open" (nobody is asked), "passphrase" or "login".
    """

    name: str
    role: Role
    how: Literal["open", "passphrase", "login"] = "open"

    def may(self, role: Role) -> bool:
        """Whether this person may do what this role may."""
        return ROLES.index(self.role) >= ROLES.index(role)


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who reviews a part of a project.

    Attributes:
        name: as decisions are signed.
        share: of the project's pictures, 0–1.
    """

    name: str
    share: float


@dataclass(frozen=True, slots=True)
class Project:
    """Pictures that are reviewed together, and how.

    Attributes:
        id: 32 hex digits.
        name: for people.
        model: "dataset/version" that its pictures are asked of.
        confidence: the threshold reviewers start at, percent 0–100.
        class_map: names by class id, of all answers so far.
        instructions: Markdown, for reviewers.
        needed: independent reviews each picture needs, 1 or more.
        policy: what follows when they disagree: "third_look" asks another reviewer until one
            verdict has more voices than any other; "strictest" takes the strictest at once.
        members: who reviews which share; empty: everyone reviews everything.
        created_by, created_at: who, and when in UTC milliseconds.
        archived_at: UTC milliseconds; None while it is in use.
        shows_names: whether leads see in charts about people who decided what.
    """

    id: str
    name: str
    model: str
    confidence: int
    class_map: Mapping[int, str]
    instructions: str
    needed: int
    policy: Policy
    members: tuple[Member, ...]
    created_by: str
    created_at: int
    archived_at: int | None = None
    shows_names: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """One picture of a project.

    Attributes:
        id: 32 hex digits.
        project_id: of its project.
        position: its place in the project, growing, starting at 1.
        name: file name to show.
        image_sha256: of the picture's bytes.
        answer_id: of the model's answer; None where there is none yet.
        status: what the reviews so far come to, see `settle`.
        reviews: verdicts that count.
        mean_confidence: mean of the confidence mask, 0–1; None where none came.
        disagreement: share of the verdicts that differ from the most frequent one, 0–1.
        problem: why there is no answer, in plain words; "" otherwise.
        added_by, added_at: who, and when in UTC milliseconds.
        grouping: what it belongs to, in the words of whoever added it; "" where nobody said.
    """

    id: str
    project_id: str
    position: int
    name: str
    image_sha256: str
    answer_id: str | None
    status: Status
    reviews: int = 0
    mean_confidence: float | None = None
    disagreement: float = 0.0
    problem: str = ""
    added_by: str = ""
    added_at: int = 0
    grouping: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a reviewer decides about one picture.

    Attributes:
        id: 32 hex digits, made where the decision was taken; the same one twice is stored once.
        item_id: the picture.
        move: the verdict, or "skipped".
        confidence: the threshold it was decided at, percent 0–100.
        answer_id: of the answer that was on screen.
        reasons: of REASONS.
        class_names: the classes it concerns.
        note: as typed, at most LONGEST_TEXT signs.
    """

    id: str
    item_id: str
    move: Move
    confidence: int
    answer_id: str
    reasons: tuple[Reason, ...] = ()
    class_names: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Review:
    """One line of the record of decisions; lines are only ever added.

    Attributes:
        seq: its place in the record of this desk.
        id: of the decision, or of the undoing.
        project_id, item_id, item_name: what it is about.
        reviewer: who.
        at: UTC milliseconds.
        move: the verdict or "skipped"; "undone" takes back the line `undoes`, "answered" sends a
            picture that needed a fix back to whoever sent it, with a `note`.
        undoes: id of the line taken back; None for all other moves.
        reasons, class_names, note, confidence: as decided.
        image_sha256, answer_id, model: what was on screen.
        is_standing: whether it is what counts of this reviewer now.
    """

    seq: int
    id: str
    project_id: str
    item_id: str
    item_name: str
    reviewer: str
    at: int
    move: Literal["approved", "needs_fix", "rejected", "skipped", "undone", "answered"]
    undoes: str | None = None
    reasons: tuple[Reason, ...] = ()
    class_names: tuple[str, ...] = ()
    note: str = ""
    confidence: int = 0
    image_sha256: str = ""
    answer_id: str | None = None
    model: str = ""
    is_standing: bool = False


@dataclass(frozen=True, slots=True)
class Remark:
    """What was said or done about a pin after it was set.

    Attributes:
        id: 32 hex digits.
        author: who.
        at: UTC milliseconds.
        act: "reply", "resolve" or "reopen".
        text: of a reply; "" otherwise.
    """

    id: str
    author: str
    at: int
    act: Literal["reply", "resolve", "reopen"]
    text: str = ""


@dataclass(frozen=True, slots=True)
class Pin:
    """A remark at a place of a picture.

    Attributes:
        id: 32 hex digits, made where it was set; the same one twice is stored once.
        item_id: the picture.
        x, y: the place, pixels of the picture from its top left corner.
        text: as typed, at most LONGEST_TEXT signs.
        class_id: what the mask says there; None where there is no mask.
        class_name: its name.
        sureness: how sure the model was there, percent 0–100; None where it does not say.
        region: the connected area of that class there: {"pixels": int, "box": [x, y, w, h]} in
            pixels of the picture; empty where not known.
        author, at: who, and when in UTC milliseconds.
        remarks: replies and whether it was resolved, oldest first.
    """

    id: str
    item_id: str
    x: float
    y: float
    text: str
    class_id: int | None = None
    class_name: str = ""
    sureness: float | None = None
    region: Mapping[str, Any] = field(default_factory=dict)
    author: str = ""
    at: int = 0
    remarks: tuple[Remark, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether it has not been resolved, or was reopened since."""
        acts = [remark.act for remark in self.remarks if remark.act != "reply"]
        return not acts or acts[-1] == "reopen"


def settle(verdicts: Sequence[Verdict], needed: int, policy: Policy) -> Status:
    """What independent verdicts about one picture come to.

    Args:
        verdicts: one a reviewer, those that count.
        needed: how many a picture needs.
        policy: what follows when they disagree.

    Returns:
        "open" while there are too few; the verdict that has more voices than any other; where no
        verdict has, "disagreed" by policy "third_look", or the strictest one given (rejected
        before needs_fix before approved). By policy "strictest" that is so for any disagreement.
    """
    if len(verdicts) < max(needed, 1):
        return "open"
    voices = Counter(verdicts).most_common()
    if policy == "strictest":
        return max(voices, key=lambda voice: VERDICTS.index(voice[0]))[0]
    if len(voices) > 1 and voices[0][1] == voices[1][1]:
        return "disagreed"
    return voices[0][0]


def measure_disagreement(verdicts: Sequence[Verdict]) -> float:
    """Share of the verdicts that differ from the most frequent one, 0–1; 0 without verdicts."""
    if not verdicts:
        return 0.0
    return 1 - Counter(verdicts).most_common(1)[0][1] / len(verdicts)

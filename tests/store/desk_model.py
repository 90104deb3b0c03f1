"""What the store promises, in plain lists and loops, for tests to compare it with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field, replace

from components.model.review import Policy, settle

CLAIM_MS = 600_000
VERDICTS = ("approved", "needs_fix", "rejected")


@dataclass
class Line:
    id: str
    seq: int
    reviewer: str
    move: str
    is_undone: bool = False


@dataclass
class Picture:
    id: str
    position: int
    is_removed: bool = False
    lines: list[Line] = field(default_factory=list)
    open_pins: int = 0


@dataclass
class Claim:
    kind: str
    until: int


class DeskModel:
    """One project."""

    def __init__(self, needed: int, policy: Policy) -> None:
        self.needed = needed
        self.policy = policy
        self.pictures: dict[str, Picture] = {}
        self.claims: dict[tuple[str, str], Claim] = {}
        self.now = 1_800_000_000_000
        self.seq = 0

    def add_line(self, item_id: str, line_id: str, reviewer: str, move: str) -> None:
        self.seq += 1
        self.pictures[item_id].lines.append(Line(line_id, self.seq, reviewer, move))
        if move == "answered":
            # It waits for certain people now; nobody else keeps it.
            self.claims = {key: one for key, one in self.claims.items() if key[0] != item_id}

    def find_newest(self, reviewer: str, line_id: str | None = None) -> Line | None:
        """The newest decision that can be taken back, or the one of this id; None without."""
        lines = [
            line
            for picture in self.pictures.values()
            for line in picture.lines
            if not picture.is_removed
            and line.reviewer == reviewer
            and not line.is_undone
            and line.move != "answered"
            and line_id in (None, line.id)
        ]
        return max(lines, key=lambda line: line.seq, default=None)

    def undo(self, reviewer: str, line_id: str | None = None) -> str | None:
        newest = self.find_newest(reviewer, line_id)
        if newest is None:
            return None
        newest.is_undone = True
        return newest.id

    def find_last(self, item_id: str, reviewer: str) -> Line | None:
        mine = self._list_mine(item_id, reviewer)
        return mine[-1] if mine else None

    def is_waiting(self, item_id: str, reviewer: str) -> bool:
        """Whether it was answered while this reviewer's needs-fix stood, and not decided since."""
        mine = self._list_mine(item_id, reviewer)
        verdicts = [at for at, line in enumerate(mine) if line.move in VERDICTS]
        if not verdicts or mine[verdicts[-1]].move != "needs_fix":
            return False
        asked = mine[verdicts[-1]].seq
        after = mine[verdicts[-1] + 1 :]
        until = after[0].seq if after else self.seq + 1
        return any(
            line.move == "answered" and asked < line.seq < until
            for line in self.pictures[item_id].lines
        )

    def list_voices(self, item_id: str) -> dict[str, str]:
        voices = {}
        for reviewer in {line.reviewer for line in self.pictures[item_id].lines}:
            last = self.find_last(item_id, reviewer)
            if last and last.move in VERDICTS and not self.is_waiting(item_id, reviewer):
                voices[reviewer] = last.move
        return voices

    def find_status(self, item_id: str) -> str:
        reviewers = {line.reviewer for line in self.pictures[item_id].lines}
        if any(self.is_waiting(item_id, reviewer) for reviewer in reviewers):
            return "answered"
        return settle(list(self.list_voices(item_id).values()), self.needed, self.policy)  # type: ignore[arg-type]

    def find_mine(self, item_id: str, reviewer: str) -> str | None:
        last = self.find_last(item_id, reviewer)
        if last is None or (last.move in VERDICTS and self.is_waiting(item_id, reviewer)):
            return None
        return last.move

    def list_listed(self) -> list[str]:
        return [name for name, picture in self.pictures.items() if not picture.is_removed]

    def count_statuses(self) -> Counter[str]:
        return Counter(self.find_status(name) for name in self.list_listed())

    def take(
        self, reviewer: str, ahead: int, after: str | None, pending: Collection[str] = ()
    ) -> tuple[list[str], int]:
        """Ids handed out and how many are held; claims follow."""
        line = self._line_up(reviewer)
        if after is not None and after in self.pictures:
            line = self._rotate(line, reviewer, after)
        free, held = self._part(line, reviewer, pending)
        found = free[: 1 + ahead]
        if not found:
            found = [
                name for name in line if name not in pending and not self._is_firm(name, reviewer)
            ][-1:]
        self._claim_turn(reviewer, found[0] if found else None, found, pending)
        return found, len(held - set(found))

    def place(
        self, reviewer: str, item_id: str, ahead: int, pending: Collection[str], *, passing: bool
    ) -> tuple[list[str], int, set[str]]:
        """Ids that follow a picture on screen, how many are held, who else has it open."""
        others = self.claim(item_id, reviewer)
        line = self._line_up(reviewer)
        if passing:
            line = self._rotate(line, reviewer, item_id)
        passed = {*pending, item_id}
        free, held = self._part(line, reviewer, passed)
        opened = None if self.find_status(item_id) in VERDICTS else item_id
        self._claim_turn(reviewer, opened, free[:ahead], passed)
        return free[:ahead], len(held), others

    def _part(
        self, line: list[str], reviewer: str, passed: Collection[str]
    ) -> tuple[list[str], set[str]]:
        """What of a line is free, and what others hold; nothing that is passed over."""
        wanted = [name for name in line if name not in passed]
        free = [name for name in wanted if not self._is_held(name, reviewer)]
        return free, set(wanted) - set(free)

    def _claim_turn(
        self, reviewer: str, opened: str | None, found: list[str], kept: Collection[str]
    ) -> None:
        """Claims after a turn: what is open and what follows; others' holds on it give way."""
        if opened is not None:
            self._drop_others_ahead(opened, reviewer)
        names = list(dict.fromkeys([*([] if opened is None else [opened]), *found]))
        for key in [
            key
            for key, claim in self.claims.items()
            if claim.until <= self.now
            or (key[1] == reviewer and claim.kind == "ahead" and key[0] not in {*names, *kept})
        ]:
            del self.claims[key]
        for name in kept:
            if (name, reviewer) in self.claims:
                self.claims[name, reviewer] = replace(self.claims[name, reviewer], kind="open")
        for name in names:
            known = self.claims.get((name, reviewer))
            is_open = name == opened or (known is not None and known.kind == "open")
            self.claims[name, reviewer] = Claim("open" if is_open else "ahead", self.now + CLAIM_MS)

    def claim(self, item_id: str, reviewer: str) -> set[str]:
        others = {
            who
            for (name, who), claim in self.claims.items()
            if name == item_id
            and who != reviewer
            and claim.kind == "open"
            and claim.until > self.now
        }
        if self.find_status(item_id) not in VERDICTS:
            self.claims[item_id, reviewer] = Claim("open", self.now + CLAIM_MS)
        return others

    def _list_mine(self, item_id: str, reviewer: str) -> list[Line]:
        return [
            line
            for line in self.pictures[item_id].lines
            if line.reviewer == reviewer and not line.is_undone and line.move != "answered"
        ]

    def _place(self, item_id: str, reviewer: str) -> tuple[int, int] | None:
        """Which part of the line a picture is in, and where in it; None where it is not."""
        last = self.find_last(item_id, reviewer)
        status = self.find_status(item_id)
        picture = self.pictures[item_id]
        if picture.is_removed or status not in ("open", "disagreed", "answered"):
            return None
        if last is None:
            return None if status == "answered" else (1, picture.position)
        if last.move == "skipped":
            wanted = status != "answered" or self.is_waiting(item_id, reviewer)
            return (2, last.seq) if wanted else None
        return (0, picture.position) if self.is_waiting(item_id, reviewer) else None

    def _line_up(self, reviewer: str) -> list[str]:
        places = {name: self._place(name, reviewer) for name in self.pictures}
        return sorted(
            (name for name, place in places.items() if place is not None),
            key=lambda name: places[name] or (9, 9),
        )

    def _rotate(self, line: list[str], reviewer: str, after: str) -> list[str]:
        start = self._place(after, reviewer) or (1, self.pictures[after].position)
        beyond = [name for name in line if (self._place(name, reviewer) or start) > start]
        return beyond + [name for name in line if name not in beyond]

    def _is_firm(self, item_id: str, reviewer: str) -> bool:
        """Whether others have it open, or as the next one they go to."""
        nearest: dict[str, int] = {}
        for (name, who), claim in self.claims.items():
            if claim.kind == "ahead" and claim.until > self.now:
                position = self.pictures[name].position
                nearest[who] = min(nearest.get(who, position), position)
        own = self.pictures[item_id].position
        return self._suffices(
            item_id,
            [
                who
                for (name, who), claim in self.claims.items()
                if name == item_id
                and who != reviewer
                and claim.until > self.now
                and (claim.kind == "open" or nearest[who] == own)
            ],
        )

    def _is_held(self, item_id: str, reviewer: str) -> bool:
        return self._suffices(
            item_id,
            [
                who
                for (name, who), claim in self.claims.items()
                if name == item_id and who != reviewer and claim.until > self.now
            ],
        )

    def _suffices(self, item_id: str, others: list[str]) -> bool:
        """Whether so many claims leave no look for anybody else."""
        status = self.find_status(item_id)
        if status == "answered":
            reviewers = {line.reviewer for line in self.pictures[item_id].lines}
            looks = sum(self.is_waiting(item_id, who) for who in reviewers)
        elif status == "disagreed":
            looks = 1
        else:
            looks = self.needed - len(self.list_voices(item_id))
        return len(others) >= looks

    def _drop_others_ahead(self, item_id: str, reviewer: str) -> None:
        if self._is_held(item_id, reviewer):
            for key in [
                key
                for key, claim in self.claims.items()
                if key[0] == item_id and key[1] != reviewer and claim.kind == "ahead"
            ]:
                del self.claims[key]

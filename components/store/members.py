"""Who reviews which share of a project."""

from __future__ import annotations

from collections.abc import Sequence

from components.errors import Conflict
from components.model.review import Member
from components.store.rows import check_name


def check_members(members: Sequence[Member], needed: int) -> tuple[Member, ...]:
    """Members and their shares, as they may be stored.

    Args:
        members: each once; their shares come to 1. None: everyone reviews everything.
        needed: independent reviews each picture needs.

    Raises:
        Conflict: they cannot give each picture as many different people as it needs.
    """
    checked = tuple(Member(check_name(one.name, "A name"), float(one.share)) for one in members)
    if not checked:
        return ()
    names = [member.name for member in checked]
    if len(set(names)) < len(names):
        raise Conflict("Somebody is among the reviewers twice. Name each once.")
    if any(not 0 < member.share <= 1 for member in checked):
        raise Conflict("Each share is more than 0 % and at most 100 %. Leave out who has none.")
    total = sum(member.share for member in checked)
    if abs(total - 1) > 0.001:
        raise Conflict(f"The shares come to {total:.1%}, and have to come to 100 %. Change one.")
    for member in checked:
        if needed * member.share > 1.000001:
            raise Conflict(
                f"Each picture needs {needed} people, so nobody can have more than "
                f"{1 / needed:.1%} of the reviews; {member.name} has {member.share:.1%}. "
                "Name more people or ask for fewer reviews."
            )
    return checked

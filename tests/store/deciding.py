"""Decides one picture after another, for ever, and says each id once it is stored.

python -m tests.store.deciding ADDRESS PROJECT REVIEWER
"""

from __future__ import annotations

import sys

from components.model.review import VERDICTS
from components.store import lists, open_database, reviews
from tests.store.material import NOW, make_decision, make_id


def main(address: str, project_id: str, reviewer: str) -> None:
    database = open_database(address)
    rows = lists.list_items(database, project_id, lists.Wish(), reviewer=reviewer).rows
    print("ready", flush=True)
    at = 0
    while True:
        decision = make_decision(rows[at % len(rows)].item, VERDICTS[at % 3])
        reviews.decide(database, decision, reviewer, now=NOW + at)
        print(decision.id, flush=True)
        if at % 5 == 4:
            undo_id = make_id()
            reviews.undo(database, undo_id, project_id, reviewer, now=NOW + at)
            print(undo_id, flush=True)
        at += 1


if __name__ == "__main__":
    main(*sys.argv[1:])

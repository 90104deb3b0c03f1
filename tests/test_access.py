"""Who may do what: each verb asks by itself, whatever a page shows or hides."""

from __future__ import annotations

import inspect
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from argon2 import PasswordHasher
from hypothesis import given
from hypothesis import strategies as st

from components import desk
from components.desk import access, trial
from components.errors import AccessError, NotSignedIn, WrongPassphrase
from components.model.review import ROLES, Person, Role
from components.settings import Secret, Settings, read_access_settings
from components.settings.passphrase import make_hash, match_passphrase

ROOT: Final = Path(__file__).parents[1]

NEEDED: Final[dict[str, Role]] = {
    **dict.fromkeys(
        (
            "count_changed", "count_items", "count_looked_at", "count_presence",
            "count_reasons", "count_together",
            "count_unmeasured", "count_verdicts_over_time", "find_item", "find_kept_confidence",
            "find_neighbour", "find_project", "find_selection", "find_shortest_stretch",
            "keep_selection",
            "list_approved_confidences", "list_changed", "list_class_maps",
            "list_class_names", "list_comparisons", "list_following",
            "list_items", "list_known_answers", "list_notices", "list_pins", "list_projects",
            "list_repeat_selections", "list_reviews", "list_uncompared", "load_curves",
            "load_thumbnails", "load_truth_totals", "look_at_comparison", "measure_extent",
            "measure_next", "measure_progress", "open_item", "rank_items", "see_change", "see_item",
            "see_notice", "select_pictures", "sum_totals", "summarise_comparison",
            "summarise_shares",
            "select_became", "select_changed", "select_gained",
        ),
        "viewer",
    ),
    **dict.fromkeys(
        (
            "add_pin", "add_remark", "answer_item", "decide", "find_undoable",
            "release_claims", "take_place", "take_turn", "undo",
        ),
        "reviewer",
    ),
    **dict.fromkeys(
        (
            "add_samples", "begin_addresses", "begin_again", "begin_comparison", "begin_dataset",
            "begin_files", "cancel_run", "change_project", "create_project", "draw_repeat",
            "list_datasets", "list_events", "list_record", "list_reviewers", "list_runs",
            "list_tasks", "list_unused_masks", "look_at_run", "measure_people", "open_desk_file",
            "pause_run", "remove_comparison", "remove_item", "resume_run", "retry_comparison",
            "retry_run",
            "save_desk", "start_run",
            "begin_export", "cancel_export", "list_exports", "look_at_export", "look_over_export",
            "begin_upload", "cancel_upload", "find_roboflow", "look_at_upload", "look_over_upload",
            "open_export", "remove_export",
        ),
        "lead",
    ),
}  # fmt: skip
"""What each verb needs; a verb that is not here fails the test."""


_OF_THEIR_OWN: Final = {"require", "deliver"}


def find_verbs() -> dict[str, Callable[..., Any]]:
    """Verbs of the desk that a person does: those whose first parameter is `who`.

    `deliver` calls others of them and tells of their refusals; tests/test_desk_outbox.py has it.
    """
    verbs = {name: getattr(desk, name) for name in desk.__all__ if name not in _OF_THEIR_OWN}
    return {
        name: verb
        for name, verb in verbs.items()
        if inspect.isfunction(verb) and next(iter(inspect.signature(verb).parameters), "") == "who"
    }


def call(verb: Callable[..., Any], who: Person | None) -> Any:
    """Call a verb with nothing sensible but the person: it has to ask for the role first."""
    needed = [
        parameter
        for parameter in list(inspect.signature(verb).parameters.values())[1:]
        if parameter.default is parameter.empty and parameter.kind is not parameter.VAR_KEYWORD
    ]
    plain = [None for parameter in needed if parameter.kind is not parameter.KEYWORD_ONLY]
    named = {
        parameter.name: None for parameter in needed if parameter.kind is parameter.KEYWORD_ONLY
    }
    result = verb(who, *plain, **named)
    return next(result) if inspect.isgenerator(result) else result


@pytest.mark.parametrize("needed", ROLES)
@pytest.mark.parametrize("role", ROLES)
def test_a_role_may_what_those_before_may(role: Role, needed: Role) -> None:
    person = Person("Ana", role)
    if ROLES.index(role) >= ROLES.index(needed):
        assert access.require(person, needed) is person
        return
    with pytest.raises(AccessError) as caught:
        access.require(person, needed)
    assert not isinstance(caught.value, NotSignedIn)
    assert f"you are signed in as a {role}" in caught.value.message
    assert {"reviewer": "Reviewers and leads may", "lead": "Leads may"}[needed] in str(caught.value)


@pytest.mark.parametrize("who", [None, Person("", "lead")])
def test_nobody_may_nothing(who: Person | None) -> None:
    with pytest.raises(NotSignedIn):
        access.require(who, "viewer")


def test_it_is_known_of_every_verb_what_it_needs() -> None:
    assert set(find_verbs()) == set(NEEDED)


@pytest.mark.parametrize("name", sorted(NEEDED))
def test_every_verb_refuses_who_may_not(name: str) -> None:
    verb = find_verbs()[name]
    for nobody in (None, Person("", "lead")):
        with pytest.raises(NotSignedIn):
            call(verb, nobody)
    for role in ROLES[: ROLES.index(NEEDED[name])]:
        with pytest.raises(AccessError, match=f"you are signed in as a {role}"):
            call(verb, Person("Ana", role))


def test_trying_a_server_is_for_leads_named_or_not(fresh_desk: None) -> None:
    for role in ("viewer", "reviewer"):
        with pytest.raises(AccessError):
            trial.try_server(Person("Ana", role), Settings())
    connection = trial.try_server(Person("", "lead"), Settings())
    assert connection.kind == "built-in"
    connection.client.close()


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Ana", "Ana"),
        ("  Ana \t  Ng\n", "Ana Ng"),
        ("<b>*Ana*</b>", "<b>*Ana*</b>"),
        ("Jose\u0301", "José"),
        ("李雷", "李雷"),
        ("a" * 80, "a" * 80),
    ],
)
def test_a_name_is_kept_as_typed_without_spare_spaces(typed: str, name: str) -> None:
    assert access.clean_name(typed) == name


@pytest.mark.parametrize(
    "typed", ["", "   ", "a" * 81, "Ana\u202eNg", "A\x00na", "\u200b", "\ud800", "a\x7f"]
)
def test_what_is_no_name_is_said(typed: str) -> None:
    with pytest.raises(AccessError, match="1 to 80 signs"):
        access.clean_name(typed)


@given(st.text(max_size=200))
def test_any_text_is_a_clean_name_or_an_error_of_the_desk(text: str) -> None:
    try:
        name = access.clean_name(text)
    except AccessError:
        return
    assert access.clean_name(name) == name
    assert name.isprintable()
    assert 1 <= len(name) <= 80


# Passphrases


def test_a_hash_is_matched_by_its_passphrase_alone() -> None:
    quick = PasswordHasher(time_cost=1, memory_cost=32)
    hashes = {role: Secret(quick.hash(f"passphrase of a {role}")) for role in ("lead", "viewer")}
    assert match_passphrase("passphrase of a lead", hashes) == "lead"
    assert match_passphrase("passphrase of a viewer", hashes) == "viewer"
    for wrong in ("", "passphrase", "PASSPHRASE OF A LEAD", "\ud800", "x" * 5000):
        assert match_passphrase(wrong, hashes) is None
    assert match_passphrase("passphrase of a lead", {"lead": Secret("no hash")}) is None


def test_an_accent_may_be_typed_either_way() -> None:
    hashes = {"lead": Secret(make_hash("cafe\u0301 correct"))}
    assert match_passphrase("caf\u00e9 correct", hashes) == "lead"


@pytest.mark.parametrize("passphrase", ["short", "x" * 1001])
def test_a_passphrase_has_a_length(passphrase: str) -> None:
    with pytest.raises(WrongPassphrase):
        make_hash(passphrase)


_AT_A_TERMINAL = """
import pty, sys
sys.exit(pty.spawn([sys.executable, "-m", "components.settings.passphrase"]) >> 8)
"""


def type_twice(first: str, second: str) -> tuple[int, str]:
    """Answer the command's two questions at a terminal of its own.

    Returns:
        Its exit status, and all that stood on the screen.
    """
    shown = b""
    with subprocess.Popen(
        [sys.executable, "-c", _AT_A_TERMINAL],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        bufsize=0,
    ) as command:
        assert command.stdin is not None
        assert command.stdout is not None
        # What is typed before a question is asked is thrown away.
        for question, answer in (("Passphrase: ", first), ("The same again: ", second)):
            while not shown.endswith(question.encode()):
                shown += command.stdout.read(1)
            command.stdin.write(f"{answer}\n".encode())
        shown += command.stdout.read()
        status = command.wait(60)
    return status, shown.decode()


def test_the_command_prints_a_line_that_the_settings_take() -> None:
    status, shown = type_twice("correct horse", "correct horse")
    assert status == 0
    section = tomllib.loads(shown.strip().splitlines()[-1])
    settings = read_access_settings(section, {}, has_login=False)
    assert match_passphrase("correct horse", settings.passphrases) == "lead"
    assert "correct horse" not in shown


@pytest.mark.parametrize(("first", "second"), [("correct horse", "correct hose"), ("abc", "abc")])
def test_the_command_makes_nothing_of_what_cannot_be_a_passphrase(first: str, second: str) -> None:
    status, shown = type_twice(first, second)
    assert status == 1
    assert "argon2" not in shown
    assert "correct" not in shown

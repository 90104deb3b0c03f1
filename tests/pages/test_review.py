"""The pages of reviewing in Streamlit's own test runner: who sees what, and flows."""

from __future__ import annotations

from pathlib import Path

import pytest
from argon2 import PasswordHasher

from components import desk, session
from components.desk.access import open_access
from components.model.review import Decision, Move, Person, Pin
from components.ui.instructions import render_instructions
from components.ui.scene import choose_visible
from tests.pages.desk_app import open_app, read_part, texts
from tests.pages.reviewed import LEAD, make_project, open_page, read_bar

ANA = Person("Ana", "reviewer")


@pytest.fixture(autouse=True)
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A desk with a database of the test's own."""
    monkeypatch.setenv("MASK_DESK_FOLDER", str(tmp_path))
    return monkeypatch


def test_without_a_project_a_lead_is_led_to_the_samples() -> None:
    app = open_page("review")
    assert "No project yet" in texts(app)
    assert [button.label for button in app.button if "samples" in button.label]
    app = open_page("add")
    assert "No project yet" in texts(app)
    assert not app.exception


def test_the_queue_opens_at_the_first_picture_and_tells_the_bar_all_it_needs() -> None:
    project = make_project()
    app = open_page("review")
    state = read_bar(app)
    assert (state["seq"], state["project"], state["busy"]) == (0, project.id, "")
    assert state["may"]
    assert state["undoable"] is None
    assert state["can_forward"]
    assert not state["can_back"]
    progress = state["progress"]
    assert (progress["done"], progress["total"], progress["said"]) == (0, 3, "decided")
    card = state["card"]
    assert card["name"] == "street 0.jpg"
    assert card["mine"] == ""
    item = desk.find_item(ANA, card["subject"])
    assert item.project_id == project.id
    assert card["answer"] == f"{item.answer_id}@50"
    assert [one["name"] for one in card["classes"]] == ["object"]
    header = card["header"]
    assert (header["subject"], header["threshold"]) == (item.id, 50)
    assert (header["pins"], header["may_pin"]) == ([], True)
    assert desk.open_item(Person("Ben", "reviewer"), item.id)[1] == "Ana"
    # The two others come next, and slots are to hold all three.
    assert [desk.find_item(ANA, id_).name for id_ in state["next"]] == [
        "street 1.jpg",
        "street 2.jpg",
    ]
    wants = read_part(app, f"wants:{session.REVIEWER}")
    assert [name.split()[0] for _, name in wants] == [item.id, *state["next"]]
    assert len({slot for slot, _ in wants}) == 3


def test_remarks_are_in_the_header_that_the_browser_shows() -> None:
    project = make_project(1)
    item = desk.take_turn(ANA, project.id).item
    assert item is not None
    desk.add_pin(ANA, Pin(desk.make_id(), item.id, 2, 3, "<b>here</b>"))
    (pin,) = read_bar(open_page("review"))["card"]["header"]["pins"]
    assert (pin["number"], pin["text"], pin["author"]) == (1, "<b>here</b>", "Ana")
    assert (pin["x"], pin["y"], pin["is_open"], pin["replies"]) == (2, 3, True, [])


def test_a_link_opens_its_picture_and_one_that_is_gone_gives_way_with_a_sentence() -> None:
    project = make_project()
    turn = desk.take_turn(Person("Ben", "reviewer"), project.id)
    last = turn.ahead[-1]
    app = open_page("review", project=project.id, item=last.id)
    assert read_bar(app)["card"]["subject"] == last.id
    app = open_page("review", project=project.id, item="f" * 32)
    assert "Here is the next one." in texts(app)
    assert read_bar(app)["card"]["subject"]


def test_what_was_decided_is_shown_and_can_be_undone() -> None:
    project = make_project(1)
    item = desk.take_turn(ANA, project.id).item
    assert item is not None
    assert item.answer_id is not None
    decision = Decision(desk.make_id(), item.id, "rejected", 50, item.answer_id, ("ragged",))
    desk.decide(ANA, decision)
    app = open_page("review")
    assert "All done for you" in texts(app)
    assert "1 rejected" in texts(app)
    state = read_bar(app)
    assert state["card"] is None
    assert state["undoable"] == {
        "id": decision.id,
        "subject": item.id,
        "name": item.name,
        "move": "rejected",
    }
    app = open_page("review", project=project.id, item=item.id)
    assert "ragged edge" in texts(app)
    card = read_bar(app)["card"]
    assert card["mine"] == "rejected"
    assert ["rejected", "You: Rejected"] in card["pills"]


def test_whoever_is_done_is_told_that_somebody_else_decided_as_well() -> None:
    project = make_project(1)
    item = desk.take_turn(ANA, project.id).item
    assert item is not None
    assert item.answer_id is not None
    ben = Person("Ben", "reviewer")
    said: tuple[tuple[Person, Move], ...] = ((ANA, "rejected"), (ben, "approved"))
    for who, move in said:
        desk.decide(who, Decision(desk.make_id(), item.id, move, 50, item.answer_id))
    app = open_page("review")
    assert "All done for you" in texts(app)
    assert "1 picture waits for others to decide." in texts(app)
    assert f"Ben decided {item.name} as well: Approved; you: Rejected." in texts(app)
    next(button for button in app.button if button.label == "Understood").click().run()
    assert "as well" not in texts(app)


def test_a_picture_sent_back_shows_what_it_was_sent_for_beside_the_answer() -> None:
    project = make_project(1)
    item = desk.take_turn(ANA, project.id).item
    assert item is not None
    assert item.answer_id is not None
    decision = Decision(
        desk.make_id(), item.id, "needs_fix", 50, item.answer_id, ("missed",), note="the dog"
    )
    desk.decide(ANA, decision)
    desk.answer_item(Person("Ben", "reviewer"), desk.make_id(), item.id, "drawn now")
    said = texts(open_page("review", project=project.id))
    last = said[said.index("review-last") :]
    assert "missed something. “the dog”" in last[: last.index("drawn now")]


def test_others_verdicts_are_hidden_until_one_has_decided_oneself() -> None:
    project = make_project(1, needed=2)
    item = desk.take_turn(ANA, project.id).item
    assert item is not None
    assert item.answer_id is not None
    decision = Decision(desk.make_id(), item.id, "rejected", 50, item.answer_id, note="too rough")
    desk.decide(ANA, decision)
    ben = Person("Ben", "reviewer")
    reviews = desk.list_reviews(ben, item.id)
    now = desk.find_item(ben, item.id)
    assert not choose_visible(ben, now, reviews, None)
    # Whoever leads decides independently too; whoever only looks sees all.
    assert not choose_visible(LEAD, now, reviews, None)
    assert choose_visible(Person("Vera", "viewer"), now, reviews, None) == reviews
    assert choose_visible(ANA, now, reviews, reviews[0]) == reviews


def test_a_viewer_looks_and_neither_decides_nor_manages(own_data: pytest.MonkeyPatch) -> None:
    project = make_project()
    own_data.setenv(
        "MASK_DESK_VIEWER_PASSPHRASE_HASH",
        PasswordHasher(time_cost=1, memory_cost=32).hash("only look"),
    )
    desk.open_desk.clear()
    open_access.clear()
    app = open_app(project=project.id)
    app.switch_page("pages/review.py").run()
    app.text_input[0].set_value("Vera")
    app.text_input[1].set_value("only look")
    app.button[0].click().run()
    app.switch_page("pages/review.py").run()
    state = read_bar(app)
    assert state["card"]["subject"]
    assert not state["card"]["header"]["may_pin"]
    assert not state["may"]
    assert state["undoable"] is None
    app.switch_page("pages/add.py").run()
    assert "not for everybody" in texts(app)
    assert not app.tabs


def test_a_lead_renames_a_project_and_puts_it_away_and_takes_it_out_again() -> None:
    project = make_project(1)
    app = open_page("add")
    name = next(field for field in app.text_input if field.label == "Name" and field.value)
    name.set_value("Avenues")
    next(button for button in app.button if button.label == "Save").click()
    app.run()
    assert desk.find_project(LEAD, project.id).name == "Avenues"
    next(button for button in app.button if button.label == "Put it away").click()
    app.run()
    assert not desk.list_projects(LEAD)
    assert "No project yet" in texts(app)
    next(button for button in app.button if button.label == "Bring back").click()
    app.run()
    assert [one.name for one in desk.list_projects(LEAD)] == ["Avenues"]


def test_shares_that_are_none_are_refused_and_nothing_is_lost() -> None:
    project = make_project(1)
    app = open_page("add")
    next(radio for radio in app.radio if radio.label == "Who reviews").set_value(
        "Each person has a share"
    )
    shares = next(area for area in app.text_area if "Shares" in area.label)
    shares.set_value("Ana: 60 %\nBen")
    next(button for button in app.button if button.label == "Save").click()
    app.run()
    assert "This one is not: Ben" in texts(app)
    shares = next(area for area in app.text_area if "Shares" in area.label)
    assert str(shares.value).endswith("Ben")
    assert desk.find_project(LEAD, project.id).members == ()
    next(area for area in app.text_area if "Shares" in area.label).set_value("Ana: 60 %\nBen: 40")
    next(button for button in app.button if button.label == "Save").click()
    app.run()
    members = desk.find_project(LEAD, project.id).members
    assert [(member.name, member.share) for member in members] == [("Ana", 0.6), ("Ben", 0.4)]


@pytest.mark.parametrize("page", ["review", "add"])
def test_a_disk_that_forgets_is_said_to(page: str, own_data: pytest.MonkeyPatch) -> None:
    own_data.setenv("MASK_DESK_LASTS", "false")
    assert "does not last" in texts(open_page(page))
    own_data.setenv("MASK_DESK_LASTS", "true")
    desk.open_desk.clear()
    assert "does not last" not in texts(open_page(page))


def test_instructions_say_but_do_nothing() -> None:
    html = render_instructions(
        "# Rules\n\n- **bold** and `code`\n\n[click](javascript:alert(1)) ![x](http://evil.example/x)\n"
        "<script>alert(1)</script> <img src=x onerror=alert(1)> https://evil.example "
        "<https://evil.example> [ref]\n\n[ref]: http://evil.example\n\n"
        "| a | b |\n| - | - |\n| 1 | 2 |"
    )
    assert "<h1>Rules</h1>" in html
    assert "<strong>bold</strong>" in html
    assert "<table>" in html
    for tag in ("<a", "<img", "<script", "href", "src="):
        assert tag not in html.replace("&lt;", "").replace("src=x onerror", "")

"""Insights in Streamlit's own test runner: what is told to whom, and that the numbers are true."""

from __future__ import annotations

import io
import re
from collections import Counter, defaultdict
from datetime import UTC
from importlib import import_module
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from argon2 import PasswordHasher
from PIL import Image
from streamlit.testing.v1 import AppTest

from components import desk, session
from components.desk.access import open_access
from components.errors import AccessError, Conflict
from components.model.insights import Pick, Slice
from components.model.review import Item, Person, Project
from components.samples.drawing.canvas import CLASSES
from components.samples.drawing.scenes import draw_scene
from components.store.lists import Wish
from tests.measured import BEGIN, PEOPLE, SIZE_WH, decide, decide_all, list_all, make_project
from tests.pages.desk_app import open_app, read_part, texts
from tests.pages.reviewed import LEAD, open_page, read_bar

sklearn: Any = import_module("sklearn.metrics")
krippendorff: Any = import_module("krippendorff")
stats: Any = import_module("scipy.stats")

EVERYTHING = Slice()
HOUR = 3_600_000
DAY_MS = 24 * HOUR


@pytest.fixture(autouse=True)
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A desk with a database of the test's own."""
    monkeypatch.setenv("MASK_DESK_FOLDER", str(tmp_path))
    return monkeypatch


def open_insights(tab: str, name: str = "Lea") -> AppTest:
    """The page at a tab."""
    app = open_page("insights", name)
    app.session_state[session.INSIGHTS_TAB] = tab
    app.run()
    assert not app.exception
    return app


def figures(app: AppTest) -> dict[str, str]:
    """Numbers by what they count, all those on the page."""
    return dict(re.findall(r"<div><dt>([^<]*)</dt><dd>([^<]*)</dd></div>", texts(app)))


def mask_of(project: Project, item: Item, confidence: int) -> tuple[Any, dict[int, str]]:
    """What an answer shows at a confidence, pixel by pixel: class ids, and their names."""
    view = desk.see_item(LEAD, desk.open_desk().connection, item, confidence).view
    prediction = view.answer.prediction
    ids = np.asarray(Image.open(io.BytesIO(prediction.mask_png)))
    if view.cut_to is not None:
        assert prediction.confidence_png is not None
        sure = np.asarray(Image.open(io.BytesIO(prediction.confidence_png)))
        ids = np.where(sure / 255 >= confidence / 100, ids, view.cut_to)
    return ids, {at: name.strip() for at, name in prediction.class_map.items()}


# Numbers


def test_truth_is_what_scikit_learn_makes_of_the_pixels() -> None:
    project = make_project(5)
    true: list[str] = []
    said: list[str] = []
    for item in list_all(project):
        drawing = draw_scene(int(item.name[6:8]), SIZE_WH)
        ids, names = mask_of(project, item, project.confidence)
        true += [CLASSES[at].strip() for at in drawing.class_ids.ravel()]
        said += [names[at] for at in ids.ravel()]
    app = open_insights("Truth")
    labels = sorted({*true, *said})
    ious = sklearn.jaccard_score(true, said, labels=labels, average=None)
    precision, recall, f1, support = sklearn.precision_recall_fscore_support(
        true, said, labels=labels, zero_division=0
    )
    table = app.dataframe[0].value.set_index("Class")
    for at, name in enumerate(labels):
        assert table["IoU"][name] == pytest.approx(100 * ious[at], abs=1e-7)
        assert table["Recall"][name] == pytest.approx(100 * recall[at], abs=1e-7)
        assert table["Precision"][name] == pytest.approx(100 * precision[at], abs=1e-7)
        assert table["F1"][name] == pytest.approx(100 * f1[at], abs=1e-7)
        assert table["True pixels"][name] == support[at]
    shown = figures(app)
    assert shown["mean IoU"] == f"{100 * np.mean(ious):.1f} %"
    assert shown["frequency-weighted IoU"] == f"{100 * (ious @ support) / support.sum():.1f} %"
    accuracy = sklearn.accuracy_score(true, said)
    assert shown["pixel accuracy"] == f"{100 * accuracy:.1f} %"
    assert shown["pixels compared"] == f"{len(true):,}"
    assert f"mean IoU {100 * np.mean(ious):.1f} % over {len(labels)} classes" in texts(app)
    wrong = Counter(pair for pair in zip(true, said, strict=True) if pair[0] != pair[1])
    (row, column), most = wrong.most_common(1)[0]
    assert f"{row} answered as {column}, {most:,} pixels" in texts(app)


def test_agreement_is_what_others_packages_make_of_the_verdicts() -> None:
    project = make_project(12, needed=2)
    decide_all(project)
    spoken: dict[str, dict[str, str]] = defaultdict(dict)
    for review in desk.list_record(LEAD, project.id, limit=500):
        if review.is_standing:
            spoken[review.item_id][review.reviewer] = review.move
    codes = {"approved": 1, "needs_fix": 2, "rejected": 3}
    items = sorted(spoken)
    data = [[codes.get(spoken[item].get(name, ""), np.nan) for item in items] for name in PEOPLE]
    alpha = krippendorff.alpha(reliability_data=data, level_of_measurement="nominal")
    weighted = []
    for a, b in combinations(PEOPLE, 2):
        both = [(spoken[item][a], spoken[item][b]) for item in items if {a, b} <= {*spoken[item]}]
        weighted.append((sklearn.cohen_kappa_score(*zip(*both, strict=True)), len(both)))
    kappa = sum(value * n for value, n in weighted) / sum(n for _, n in weighted)
    shown = figures(open_insights("People"))
    assert shown["Krippendorff’s alpha"] == f"{alpha:.2f}"
    assert shown["Cohen’s kappa, mean of pairs"] == f"{kappa:.2f}"


def test_the_approval_rate_has_wilson_s_interval() -> None:
    project = make_project(8)
    pictures = list_all(project)
    for at, item in enumerate(pictures[:7]):
        decide(item, "Ana", "approved" if at < 5 else "rejected", at=BEGIN + at)
        decide(item, "Ben", "approved" if at < 5 else "rejected", at=BEGIN + at)
    bounds = stats.binomtest(5, 7).proportion_ci(method="wilson")
    app = open_insights("People")
    said = texts(app)
    assert "5 of 7 decided pictures are approved, 71.4 %" in said
    assert f"most likely {100 * bounds.low:.1f} % to {100 * bounds.high:.1f} %" in said
    more = int(figures(app)["more needed"].replace(",", ""))
    z = stats.norm.ppf(0.975)

    def halve(total: int) -> float:
        spread = (5 / 7) * (2 / 7) / total + z**2 / (4 * total**2)
        return float(z * spread**0.5 / (1 + z**2 / total))

    assert halve(7 + more) <= 0.05 < halve(6 + more)


def test_the_filter_is_over_all_numbers() -> None:
    project = make_project(12)
    decide_all(project, people=("Ana",))
    app = open_insights("Verdicts")
    assert figures(app)["pictures"] == "12"
    app.text_input(key="insight_name").set_value("scene 0").run()
    assert figures(app)["pictures"] == "10"
    app.selectbox(key="insight_status").set_value("Approved").run()
    approved = [
        item for item in list_all(project) if item.status == "approved" and "scene 0" in item.name
    ]
    shown = figures(app)
    assert (shown.get("pictures") or shown["picture"]) == str(len(approved))
    assert f"{len(approved)} verdict" in texts(app)


def test_what_is_new_is_measured_by_looking() -> None:
    project = make_project(3)
    assert desk.count_unmeasured(LEAD, project.id).pending == 0
    # Cut at another confidence they have other areas.
    desk.change_project(LEAD, project.id, confidence=project.confidence + 20)
    assert desk.count_unmeasured(LEAD, project.id).pending == 3
    open_insights("Truth")
    assert desk.count_unmeasured(LEAD, project.id).pending == 0


# Who sees what


def test_names_are_told_only_where_the_project_says_so() -> None:
    project = make_project(6, needed=2)
    decide_all(project)
    said = texts(open_insights("People"))
    assert "By person" not in said
    assert not any(name in said for name in PEOPLE)
    people = desk.measure_people(LEAD, project.id, EVERYTHING)
    assert people.named == ()
    assert not any(name in repr(people) for name in PEOPLE)
    desk.change_project(LEAD, project.id, shows_names=True)
    app = open_insights("People")
    assert "By person" in texts(app)
    table = next(one.value for one in app.dataframe if "Verdicts" in one.value.columns)
    standing = Counter(
        review.reviewer
        for review in desk.list_record(LEAD, project.id, limit=500)
        if review.is_standing
    )
    assert dict(zip(table["Name"], table["Verdicts"], strict=True)) == dict(standing)


def test_what_everybody_does_is_not_told_where_everybody_is_one() -> None:
    project = make_project(4)
    decide_all(project, people=("Ana",))
    said = texts(open_insights("People"))
    assert "Fewer than three people have decided about these pictures" in said
    assert "an hour in the middle" not in said
    people = desk.measure_people(LEAD, project.id, EVERYTHING)
    assert people.is_withheld
    assert people.hours == ()
    assert people.itself.repeats == 0
    # Nor is it told by the chart of verdicts, which anybody may look at: by days, not by hours.
    told = desk.count_verdicts_over_time(LEAD, project.id, EVERYTHING, bucket_ms=HOUR, zone=UTC)
    assert {one.start % (24 * HOUR) for one in told} == {0}
    own_hours = desk.count_verdicts_over_time(
        Person("Ana", "viewer"), project.id, EVERYTHING, bucket_ms=HOUR, zone=UTC
    )
    assert {one.start % (24 * HOUR) for one in own_hours} != {0}
    # One's own pace is no secret from oneself, nor from anybody where names are shown.
    own = desk.measure_people(Person("Ana", "lead"), project.id, EVERYTHING)
    assert not own.is_withheld
    assert own.hours
    desk.change_project(LEAD, project.id, shows_names=True)
    assert desk.measure_people(LEAD, project.id, EVERYTHING).hours


def test_a_long_title_is_cut() -> None:
    project = make_project(2)
    ids = [item.id for item in list_all(project)]
    kept = desk.keep_selection(LEAD, project.id, ids, title="a" * 300)
    assert kept.title == "a" * 199 + "…"


def test_a_filter_does_not_bring_out_one_person() -> None:
    project = make_project(4)
    own, shared, *_ = list_all(project)
    decide(own, "Ana", "approved", at=BEGIN)
    for place, name in enumerate(("Ana", "Ben", "Cem")):
        decide(shared, name, "approved", at=BEGIN + place * HOUR)
    assert not desk.measure_people(LEAD, project.id, EVERYTHING).is_withheld
    assert desk.find_shortest_stretch(LEAD, project.id, EVERYTHING) == HOUR
    only = Slice(name_part=own.name)
    withheld = desk.measure_people(LEAD, project.id, only)
    assert withheld.is_withheld
    assert withheld.hours == ()
    told = desk.count_verdicts_over_time(LEAD, project.id, only, bucket_ms=HOUR, zone=UTC)
    assert [one.start for one in told] == [BEGIN // DAY_MS * DAY_MS]
    assert not desk.measure_people(Person("Ana", "lead"), project.id, only).is_withheld


def test_of_two_people_each_could_take_off_the_own_part() -> None:
    project = make_project(2)
    for place, name in enumerate(("Lea", "Ben")):
        decide(list_all(project)[place], name, "approved", at=BEGIN + place * HOUR)
    assert desk.measure_people(Person("Lea", "lead"), project.id, EVERYTHING).is_withheld
    assert desk.find_shortest_stretch(LEAD, project.id, EVERYTHING) == DAY_MS
    desk.change_project(LEAD, project.id, shows_names=True)
    assert not desk.measure_people(LEAD, project.id, EVERYTHING).is_withheld


def test_people_are_for_leads(own_data: pytest.MonkeyPatch) -> None:
    project = make_project(2)
    for role in ("viewer", "reviewer"):
        with pytest.raises(AccessError):
            desk.measure_people(Person("Vera", role), project.id, EVERYTHING)
    own_data.setenv(
        "MASK_DESK_VIEWER_PASSPHRASE_HASH",
        PasswordHasher(time_cost=1, memory_cost=32).hash("only look"),
    )
    desk.open_desk.clear()
    open_access.clear()
    app = open_app(project=project.id)
    app.switch_page("pages/insights.py").run()
    app.text_input[0].set_value("Vera")
    app.text_input[1].set_value("only look")
    app.button[0].click().run()
    app.switch_page("pages/insights.py").run()
    assert [tab.label for tab in app.tabs] == [
        "Verdicts", "Classes", "Confidence", "Truth", "Compare"
    ]  # fmt: skip
    app.session_state[session.INSIGHTS_TAB] = "Classes"
    app.run()
    assert not app.exception
    assert "Share of the picture" in texts(app)


@pytest.mark.parametrize(
    ("tab", "says"),
    [
        ("Verdicts", "Nothing has been decided yet."),
        ("Classes", "No picture of this filter has a mask."),
        ("Confidence", "No picture of this filter has a confidence mask"),
        ("Truth", "No picture of this filter has a truth mask."),
        ("People", "Nothing has been decided yet."),
    ],
)
def test_each_tab_says_what_is_missing(tab: str, says: str) -> None:
    desk.create_project(LEAD, name="Bare", model="demo-scene/1")
    assert "No pictures yet" in texts(open_insights(tab))
    project = make_project(1, name="One", truths=False)
    desk.change_project(LEAD, project.id, confidence=50)
    if tab in ("Verdicts", "Truth", "People"):
        assert says in texts(open_insights(tab))


def test_names_of_classes_and_pictures_are_text() -> None:
    project = make_project(3)
    decide_all(project, people=("Ana", "Ben"))
    item = list_all(project)[0]
    decide(
        item, "Ana", "rejected", at=BEGIN + 9 * DAY_MS, reasons=("missed",),
        class_names=("<img src=x onerror=alert(1)>",),
    )  # fmt: skip
    said = texts(open_insights("Verdicts"))
    assert "<img src=x" not in said
    assert "&lt;img src=x onerror" in said


# Lists


def test_a_part_of_a_chart_is_a_list_that_review_shows() -> None:
    project = make_project(6)
    decide_all(project, people=("Ana",))
    pick = Pick("decided", move="approved")
    selection = desk.select_pictures(LEAD, project.id, EVERYTHING, pick, title="Approved <b>now")
    again = desk.select_pictures(LEAD, project.id, EVERYTHING, pick, title="Approved <b>now")
    assert again == selection
    approved = [item.id for item in list_all(project) if item.status == "approved"]
    page = desk.list_items(LEAD, project.id, Wish(selection=selection.id))
    assert [row.item.id for row in page.rows] == approved
    app = open_page("review", "Lea", project=project.id, list=selection.id)
    assert "Approved &lt;b&gt;now" in texts(app)
    assert app.session_state[session.REVIEW_MODE] == "sheet"
    tiles = read_part(app, "sheet:contact_sheet")["tiles"]
    assert [tile["id"] for tile in tiles] == approved
    # One by one goes through it in its order.
    app.session_state[session.REVIEW_MODE] = "queue"
    app.run()
    assert read_bar(app)["card"]["subject"] == approved[0]
    app.button(key="leave_selection").click().run()
    assert session.LIST not in app.session_state
    assert "Approved &lt;b&gt;now" not in texts(app)


def test_bars_and_hills_of_a_class_open_the_pictures_it_is_in() -> None:
    project = make_project(6)
    for name in desk.list_class_names(LEAD, project.id):
        pick = Pick("together", class_name=name, other=name)
        selection = desk.select_pictures(LEAD, project.id, EVERYTHING, pick, title=name)
        listed = desk.list_items(LEAD, project.id, Wish(selection=selection.id)).rows
        there = desk.list_items(LEAD, project.id, Wish(class_name=name)).rows
        assert [row.item.id for row in listed] == [row.item.id for row in there]


def test_a_list_keeps_the_order_it_was_ranked_in() -> None:
    project = make_project(5)
    ranked = desk.rank_items(LEAD, project.id, EVERYTHING, "low_confidence")
    order = [one.item_id for one in ranked]
    assert [one.value for one in ranked] == sorted(one.value for one in ranked)
    selection = desk.keep_selection(LEAD, project.id, order, title="Least sure first")
    app = open_page("review", "Lea", project=project.id, list=selection.id)
    tiles = read_part(app, "sheet:contact_sheet")["tiles"]
    assert [tile["id"] for tile in tiles] == order
    assert f"filter_sort_{selection.id}" in app.session_state
    with pytest.raises(Conflict):
        desk.keep_selection(LEAD, project.id, [], title="None")


def test_a_list_that_is_gone_or_of_another_project_gives_way() -> None:
    project = make_project(2)
    other = desk.create_project(LEAD, name="Other", model="demo-scene/1")
    selection = desk.keep_selection(
        LEAD, project.id, [item.id for item in list_all(project)], title="Both"
    )
    app = open_page("review", "Lea", project=project.id, list="0" * 32)
    assert not app.exception
    assert "Here are all pictures." in texts(app)
    app = open_page("review", "Lea", project=other.id, list=selection.id)
    assert not app.exception
    assert "desk-sub chosen-list" not in texts(app)


def test_a_second_look_hides_the_first_and_is_counted() -> None:
    project = make_project(6)
    for item in list_all(project):
        decide(item, "Ana", "approved", at=BEGIN)
    app = open_insights("People", "Ana")
    app.number_input(key="repeat_number").set_value(4).run()
    app.button(key="draw_repeat").click().run()
    (selection,) = desk.list_repeat_selections(LEAD, project.id)
    assert selection.items == 4
    app = open_page("review", "Ana", project=project.id, list=selection.id)
    tiles = read_part(app, "sheet:contact_sheet")["tiles"]
    assert [(tile["badge"], tile["mine"]) for tile in tiles] == [("", "")] * 4
    assert [box for box in app.selectbox if box.label == "Show"] == []
    app.session_state[session.REVIEW_MODE] = "queue"
    app.run()
    said = texts(app)
    assert "Approved" not in said
    state = read_bar(app)["card"]
    assert (state["mine"], state["pills"]) == ("", [])
    pictures = {item.id: item for item in list_all(project)}
    first, second = tiles[0]["id"], tiles[1]["id"]
    assert state["subject"] == first
    decide(pictures[first], "Ana", "approved", at=selection.created_at + 5)
    decide(pictures[second], "Ana", "rejected", at=selection.created_at + 6)
    itself = desk.measure_people(Person("Ana", "lead"), project.id, EVERYTHING).itself
    assert (itself.repeats, itself.same) == (2, 1)
    bounds = stats.binomtest(1, 2).proportion_ci(method="wilson")
    assert (itself.low, itself.high) == pytest.approx((bounds.low, bounds.high))
    app = open_insights("People", "Ana")
    assert "1 of 2 second looks came to the same verdict" in texts(app)
    # They are Ana's alone, and of others' business only where names are shown.
    withheld = desk.measure_people(LEAD, project.id, EVERYTHING)
    assert withheld.is_again_withheld
    assert withheld.itself.repeats == 0
    assert "have looked a second time" in texts(open_insights("People"))
    desk.change_project(LEAD, project.id, shows_names=True)
    assert desk.measure_people(LEAD, project.id, EVERYTHING).itself.repeats == 2


def test_a_lead_lets_names_be_shown_on_the_page_add() -> None:
    project = make_project(1)
    app = open_page("add", "Lea")
    box = next(box for box in app.checkbox if "Show names" in box.label)
    assert box.value is False
    box.check()
    next(button for button in app.button if button.label == "Save").click()
    app.run()
    assert desk.find_project(LEAD, project.id).shows_names
    changes = next(one.value for one in app.dataframe if "More" in one.value.columns)
    assert any("names on the page Insights" in more for more in changes["More"])

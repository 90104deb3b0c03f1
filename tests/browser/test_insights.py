"""Insights in a browser: what a click on a chart opens, lists, and how it all looks."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

import pytest
from PIL import Image
from playwright.sync_api import StorageState, expect

from components import desk as rooms
from components.model.review import Project
from tests.browser.charts import chart, click_at, expect_list, wait_drawn
from tests.browser.conftest import OpenPage
from tests.browser.desk_page import DeskPage
from tests.browser.looks import SCREENS, Scheme, expect_fine, keep_picture
from tests.browser.prepared import Prepared
from tests.browser.review_page import ReviewPage
from tests.browser.served import ServedDesk, serve_desk
from tests.browser.watch import Watch
from tests.display.contrast import contrast
from tests.measured import decide_all, make_project
from tests.page_pool import WIDE, PagePool

pytestmark = pytest.mark.browser

TABS = ("Verdicts", "Classes", "Confidence", "Truth", "People")


@pytest.fixture(scope="module")
def measured(
    page_pool: PagePool, prepared: Prepared, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[ServedDesk, StorageState, Project]]:
    """A desk with a project that three people decided about, and the browser of one who leads."""
    folder = tmp_path_factory.mktemp("measured")
    with pytest.MonkeyPatch.context() as environ:
        environ.setenv("MASK_DESK_FOLDER", str(folder / "data"))
        rooms.open_desk.clear()
        project = make_project(12, needed=2)
        decide_all(project)
        rooms.open_desk.clear()
    with (
        serve_desk(folder, prepared=prepared) as served,
        page_pool.lend(**WIDE) as opened,
    ):
        page = DeskPage(opened, served.address, Watch(served.address))
        page.page.goto(f"{served.address}/insights")
        ReviewPage(page).sign("Lea", page.page.get_by_role("tab", name="Verdicts"))
        page.wait_idle()
        yield served, opened.context.storage_state(), project


@pytest.fixture
def insights(open_page: OpenPage, measured: tuple[ServedDesk, StorageState, Project]) -> DeskPage:
    """The page, nothing chosen yet."""
    served, state, _ = measured
    return open_page(served, storage_state=state)


def open_tab(page: DeskPage, name: str) -> None:
    """Open the page at a tab, by its address."""
    page.open(f"/insights?tab={name}")
    expect(page.page.get_by_role("tab", name=name)).to_have_attribute("aria-selected", "true")


def test_a_number_of_classes_together_opens_these_pictures(
    insights: DeskPage, measured: tuple[ServedDesk, StorageState, Project]
) -> None:
    open_tab(insights, "Classes")
    figure = chart(insights, "classes_together")
    text = figure.locator(".heatmap-label text").first
    expect(text).to_be_visible()
    names = figure.evaluate("plot => plot.layout.xaxis.ticktext")
    shown = figure.evaluate("plot => plot.data[0].text")
    row, column = next(
        (row, column)
        for row in range(len(names))
        for column in range(row)
        if 0 < int(shown[row][column]) < 12
    )
    click_at(figure, column, row)
    title = f"With {names[row]} and {names[column]}"
    expect_list(insights, title, int(shown[row][column]))
    # One by one goes through this list, and the way out leads to one's own queue.
    page = insights.page
    page.get_by_text("One by one", exact=True).click()
    expect(page.locator(".review-name strong")).to_be_visible()
    expect(page.locator(".chosen-list")).to_contain_text(title)
    page.get_by_role("button", name="Leave this list").click()
    expect(page.locator(".chosen-list")).to_have_count(0)
    expect(page).not_to_have_url(re.compile("list="))


def test_a_link_to_a_list_opens_it_and_one_to_none_gives_way(insights: DeskPage) -> None:
    open_tab(insights, "Confidence")
    page = insights.page
    page.locator(".st-key-list_low_confidence button").click()
    expect_list(insights, "Least sure first", 12)
    first = page.locator(".sheet [role=option]").first.inner_text()
    page.reload()
    expect_list(insights, "Least sure first", 12)
    assert page.locator(".sheet [role=option]").first.inner_text() == first
    page.goto(re.sub("list=[0-9a-f]{32}", "list=" + "0" * 32, page.url))
    expect(insights.notices.first).to_contain_text("Here are all pictures.")
    expect(page.locator(".chosen-list")).to_have_count(0)


def test_a_point_beside_a_box_opens_its_picture(
    insights: DeskPage, measured: tuple[ServedDesk, StorageState, Project]
) -> None:
    open_tab(insights, "Classes")
    figure = chart(insights, "class_shares")
    points = figure.evaluate(
        """plot => plot.data.filter((one) => one.type === "scatter").slice(1)
             .map((one) => [one.x, one.y, one.customdata]).filter(([x]) => x.length)"""
    )
    assert points, "the pictures of this test have shares far from the others"
    (x, *_), (y, *_), (data, *_) = points[0]
    click_at(figure, x, y)
    named = insights.page.locator(".review-name strong")
    expect(named).to_have_text(data[0].split("<br>")[0])
    expect(insights.page).to_have_url(re.compile(r"item=[0-9a-f]{32}"))


def test_a_bar_of_verdicts_opens_what_was_decided_then(
    insights: DeskPage, measured: tuple[ServedDesk, StorageState, Project]
) -> None:
    open_tab(insights, "Verdicts")
    figure = chart(insights, "verdicts")
    number, x, width = figure.evaluate(
        """plot => {
          const bar = plot.data[0];
          const at = bar.y.findIndex((number) => number > 0);
          return [bar.y[at], plot._fullLayout.xaxis.d2c(bar.x[at]), bar.width[at]];
        }"""
    )
    click_at(figure, x + width / 2, number / 2)
    expect(insights.page.locator(".chosen-list")).to_contain_text("Approved from")
    tiles = insights.page.locator(".sheet [role=option]")
    expect(tiles.first).to_be_visible()
    assert 1 <= tiles.count() <= number


def test_mistakes_open_the_pictures_they_are_in(
    insights: DeskPage, measured: tuple[ServedDesk, StorageState, Project]
) -> None:
    open_tab(insights, "Truth")
    insights.page.get_by_text("Percent of what is true", exact=True).click()
    insights.wait_idle()
    figure = chart(insights, "confusion_matrix")
    expect(figure.locator(".heatmap-label text").first).to_contain_text(".")
    keys = figure.evaluate("plot => plot.data[1].customdata.map((one) => one[1])")
    names = figure.evaluate("plot => plot.layout.xaxis.ticktext")
    place = next(at for at, key in enumerate(keys) if key >= 0)
    row, column = divmod(place, len(names))
    click_at(figure, column, row)
    expect(insights.page.locator(".chosen-list")).to_contain_text(
        f"{names[row]} answered as {names[column]}"
    )


def test_a_chart_is_saved_as_png_and_as_csv(
    insights: DeskPage, measured: tuple[ServedDesk, StorageState, Project]
) -> None:
    open_tab(insights, "Classes")
    page = insights.page
    chart(insights, "class_presence")
    with page.expect_download() as saved:
        page.locator(".st-key-csv_class_presence button").click()
    assert saved.value.suggested_filename == "class-presence.csv"
    rows = list(csv.reader(io.StringIO(saved.value.path().read_text(encoding="utf-8-sig"))))
    assert rows[0] == ["Class", "Pictures", "Of all pictures %"]
    assert {row[0] for row in rows[1:]} >= {"sky", "tree", "building"}
    with page.expect_download() as drawn:
        page.locator(".st-key-chart_class_presence .modebar-btn").click()
    assert drawn.value.suggested_filename == "class-presence.png"
    with Image.open(drawn.value.path()) as picture:
        assert picture.width > 600
        assert len(picture.convert("RGB").getcolors(2**24) or ()) > 10


def test_a_second_look_does_not_show_the_first(
    insights: DeskPage, measured: tuple[ServedDesk, StorageState, Project]
) -> None:
    open_tab(insights, "People")
    page = insights.page
    page.get_by_role("button", name="decided pictures for a second blind look").click()
    expect(page.locator(".chosen-list")).to_contain_text("Second look")
    tiles = page.locator(".sheet [role=option]")
    expect(tiles.first).to_be_visible()
    for word in ("Approved", "Rejected", "Needs fix", "Disagreed"):
        expect(tiles.filter(has_text=word)).to_have_count(0)
    page.get_by_text("One by one", exact=True).click()
    expect(page.locator(".review-name strong")).to_be_visible()
    expect(page.locator(".review-state")).to_have_count(0)
    expect(page.locator(".review-said")).to_have_count(0)


def test_on_a_phone_nothing_lies_on_a_chart_and_no_number_is_a_dot(
    open_page: OpenPage, measured: tuple[ServedDesk, StorageState, Project]
) -> None:
    served, state, _ = measured
    page = open_page(served, storage_state=state, viewport={"width": 390, "height": 844})
    open_tab(page, "Verdicts")
    figure = chart(page, "verdicts")
    camera = figure.locator(".modebar-btn").bounding_box()
    legend = figure.locator(".legend").bounding_box()
    assert camera is not None
    assert legend is not None
    assert camera["y"] + camera["height"] <= legend["y"]
    open_tab(page, "Truth")
    numbers = chart(page, "confusion_matrix").locator(".heatmap-label text")
    sizes = numbers.evaluate_all("""all => all.filter(one => one.getClientRects().length)
      .map(one => parseFloat(getComputedStyle(one).fontSize))""")
    assert all(size >= 8 for size in sizes)
    if not sizes:
        hint = page.page.locator(".st-key-insight_confusion_matrix .insight-narrow")
        expect(hint).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_main_button_that_cannot_be_pressed_can_be_read(
    open_page: OpenPage, measured: tuple[ServedDesk, StorageState, Project], scheme: Scheme
) -> None:
    served, state, _ = measured
    page = open_page(served, color_scheme=scheme, storage_state=state)
    page.open("/exports")
    button = page.page.locator("button[kind=primary]").first
    expect(button).to_be_visible()
    page.wait_idle()
    colours = button.evaluate("""button => {
      button.disabled = true;
      button.style.transition = "none";
      const text = button.querySelector("p") ?? button;
      return [getComputedStyle(text).color, getComputedStyle(button).backgroundColor];
    }""")
    # Where it lets the page through, this would compare with what is not seen.
    assert all(colour.startswith("rgb(") for colour in colours)
    text, ground = (
        tuple(float(part) for part in re.findall(r"\d+", colour)[:3]) for colour in colours
    )
    assert contrast(text, ground) >= 4.5


@pytest.mark.parametrize(("screen", "scheme"), [("1400", "light"), ("390", "dark")])
def test_the_insights_page_fits_and_can_be_read(
    open_page: OpenPage,
    measured: tuple[ServedDesk, StorageState, Project],
    screen: str,
    scheme: Scheme,
) -> None:
    served, state, _ = measured
    page = open_page(served, color_scheme=scheme, storage_state=state, **SCREENS[screen])
    page.open("/insights")
    for tab in TABS:
        page.page.get_by_role("tab", name=tab).click()
        expect(page.page.locator(".insight-says").first).to_be_visible()
        page.wait_idle()
        wait_drawn(page)
        page.page.mouse.move(2, 2)
        keep_picture(page, f"insights-{screen}-{scheme}-{tab}", whole=True)
        expect_fine(page, screen, scheme)


def test_numbers_are_those_of_the_filter(
    insights: DeskPage, measured: tuple[ServedDesk, StorageState, Project]
) -> None:
    insights.open("/insights")
    page = insights.page
    page.get_by_role("textbox", name="File name or group").fill("scene 0")
    page.keyboard.press("Enter")
    expect(page.locator(".st-key-insight_totals dd").first).to_have_text("10")
    expect(page.locator(".insight-says").first).to_contain_text("verdicts:")

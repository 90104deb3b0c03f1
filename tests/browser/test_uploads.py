"""Giving the desk pictures of one's own, good and bad ones."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.desk_page import DeskPage
from tests.browser.files import (
    CORNERS,
    GREYS,
    make_bad_files,
    make_deep_png,
    make_heic,
    make_turned_jpeg,
    make_webp,
)
from tests.pictures import make_jpeg

pytestmark = pytest.mark.browser

COLOURS = list(CORNERS.values())


def test_a_file_is_shown_with_its_mask_and_stands_first_in_the_strip(desk_page: DeskPage) -> None:
    desk_page.open_inspect()
    samples = desk_page.page.locator(".strip button").count()
    desk_page.upload(("garden.jpg", make_jpeg((320, 200), seed=11)))
    desk_page.expect_shown("garden.jpg")
    expect(desk_page.page.locator(".strip button")).to_have_count(samples + 1)
    expect(desk_page.page.locator(".strip button").first).to_have_text("garden.jpg")
    expect(desk_page.chosen_tile).to_have_text("garden.jpg")
    assert sum(row.pixels for row in desk_page.table()) == 320 * 200
    assert desk_page.facts()["Picture as it came"] == "320 × 200 pixels, JPEG"


def test_bad_files_are_named_and_the_others_are_all_taken(desk_page: DeskPage) -> None:
    desk_page.open_inspect()
    bad = make_bad_files()
    good = {f"good {number}.jpg": make_jpeg((160, 120), seed=20 + number) for number in range(3)}
    mixed = [item for pair in zip(bad.items(), good.items(), strict=False) for item in pair]
    mixed += [item for item in bad.items() if item not in mixed]
    desk_page.upload(*mixed)

    desk_page.expect_shown("good 0.jpg")
    expect(desk_page.notices).to_have_count(len(bad))
    for notice, name in zip(desk_page.notices.all(), bad, strict=True):
        expect(notice).to_contain_text(name)
        expect(notice).to_have_role("alert")
    for number in range(3):
        expect(desk_page.page.locator(".strip button").nth(number)).to_have_text(
            f"good {number}.jpg"
        )
    expect(desk_page.notices.nth(0)).to_contain_text("picture")
    expect(desk_page.notices.nth(1)).to_contain_text("empty")
    expect(desk_page.notices.nth(2)).to_contain_text("cut short")
    expect(desk_page.notices.nth(3)).to_contain_text("100,000 × 100,000")

    desk_page.tile("good 2.jpg").click()
    desk_page.expect_shown("good 2.jpg")
    desk_page.page.get_by_role("button", name="Put away").click()
    expect(desk_page.notices).to_have_count(0)
    desk_page.expect_shown("good 2.jpg")


def test_a_sample_is_a_click_away_and_brings_the_model_that_suits_it(desk_page: DeskPage) -> None:
    desk_page.open_inspect()
    desk_page.upload(("garden.jpg", make_jpeg((320, 200), seed=11)))
    desk_page.expect_shown("garden.jpg")
    desk_page.tile("Cup of coffee").click()
    desk_page.expect_shown("coffee.jpg")
    expect(desk_page.page.get_by_role("combobox", name="Model")).to_have_value("demo-object/1")
    desk_page.tile("Mountain lake").press("Enter")
    desk_page.expect_shown("lake.jpg")
    expect(desk_page.page.get_by_role("combobox", name="Model")).to_have_value("demo-scene/1")


@pytest.mark.parametrize(
    ("name", "make", "colours", "slack"),
    [
        ("turned.jpg", make_turned_jpeg, COLOURS, 12),
        ("deep.png", make_deep_png, [(grey, grey, grey) for grey in GREYS], 2),
        ("quarters.webp", make_webp, COLOURS, 2),
        ("phone.heic", make_heic, COLOURS, 25),
    ],
)
def test_every_kind_of_picture_is_shown_upright_and_in_its_colours(
    desk_page: DeskPage,
    name: str,
    make: Callable[[], bytes],
    colours: list[tuple[int, int, int]],
    slack: int,
) -> None:
    desk_page.open_inspect()
    desk_page.upload((name, make()))
    desk_page.expect_shown(name)
    assert desk_page.facts()["Picture shown"].startswith("96 × 64 pixels")
    for place, colour in zip(CORNERS, colours, strict=True):
        shown = desk_page.colour_at(*place)
        assert max(abs(a - b) for a, b in zip(shown, (*colour, 255), strict=True)) <= slack

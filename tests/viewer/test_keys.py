"""Every key does what the list of keys says, and none does anything to who types."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.viewer.conftest import OpenDesk
from tests.viewer.desk_page import DeskPage
from tests.viewer.packets import build_packet
from tests.viewer.scene import CLASSES, draw_harbour

pytestmark = pytest.mark.browser

RGB, IDS, SURE = draw_harbour(480, 320)
LIVE = build_packet(RGB, IDS, confidence=SURE, classes=CLASSES, cut_to=0, name="harbour.png")


def state(desk: DeskPage) -> dict[str, object]:
    """All that a key may change."""
    found: dict[str, object] = desk.desk.evaluate(
        """desk => {
          const { scale, x, y } = desk.maskDesk.transform();
          const read = selector => desk.querySelector(selector);
          const pressed = selector => read(selector).getAttribute("aria-pressed");
          return {
            scale, x, y,
            layout: desk.dataset.layout,
            style: desk.dataset.style,
            patterns: pressed(".patterns-toggle"),
            heat: pressed(".heat-toggle"),
            flips: pressed(".flips-toggle"),
            opacity: Number(read(".opacity input").value),
            confidence: Number(read(".confidence input").value),
            hidden: desk.querySelectorAll(".row.off").length,
            full: desk.matches(":fullscreen"),
            help: read("dialog").open,
            blink: desk.hasAttribute("data-blink"),
          };
        }"""
    )
    return found


def test_every_key_of_the_list_does_what_it_says(open_desk: OpenDesk) -> None:
    desk = open_desk(LIVE)
    desk.eye("hills").click()
    desk.focus()
    desk.press("?")
    listed = [" ".join(row.inner_text().split()) for row in desk.page.locator(".help dl div").all()]
    desk.press("Escape")
    before = state(desk)
    scale, opacity = before["scale"], before["opacity"]
    assert isinstance(scale, float)
    assert isinstance(opacity, int)
    changes: dict[str, tuple[str, str, Callable[[object], bool] | object]] = {
        "+ Zoom in": ("+", "scale", lambda now: now > scale),  # type: ignore[operator]
        "- Zoom out": ("-", "scale", scale),
        "1 Show at 100 %": ("1", "scale", 1),
        "0 Fit the picture": ("0", "scale", scale),
        "L Next layout": ("l", "layout", "overlay"),
        "D Areas, outlines, or both": ("d", "style", "outline"),
        "P Patterns on or off": ("p", "patterns", "true"),
        "H How sure the model was": ("h", "heat", "true"),
        "W What changes with the confidence": ("w", "flips", "true"),
        "[ Mask more transparent": ("[", "opacity", opacity - 10),
        "] Mask stronger": ("]", "opacity", opacity),
        ", Confidence down": (",", "confidence", 49),
        ". Confidence up": (".", "confidence", 50),
        "N Show all classes": ("n", "hidden", 0),
        "Z Full screen": ("z", "full", True),
        "? This list": ("?", "help", True),
    }
    told = {
        "Space Hold: hide the mask",
        "Arrows Move the picture (once it is clicked)",
        "Double-click Fit the picture",
        "Ctrl + wheel Zoom to the pointer",
    }
    assert set(listed) == set(changes) | told, "a key without a test, or a test without a key"
    # In the list's own order: a key may take back what the one before it did.
    for words in [line for line in listed if line in changes]:
        key, name, wanted = changes[words]
        # Outlines, drawn a moment ago, have no room for a pattern.
        also = {"p": ["style"]}
        last = state(desk)
        desk.press(key)
        if key == "z":
            expect(desk.desk).to_have_attribute("data-full", "")
        now = state(desk)
        assert wanted(now[name]) if callable(wanted) else now[name] == wanted, words
        moved = {other for other in now if now[other] != last[other]}
        assert moved - {"x", "y"} <= {name, *also.get(key, ())} or key in "lz", (words, moved)
    desk.press("Escape")
    expect(desk.page.locator("dialog")).to_be_hidden()
    # Capital letters and the keys beside + and - do as well.
    desk.press("L")
    assert state(desk)["layout"] == "swipe"
    desk.press("0", "=")
    zoomed = state(desk)
    desk.press("_")
    assert state(desk)["scale"] < zoomed["scale"]  # type: ignore[operator]


TYPED = "+=-_01ldphw[],.nz? LDPHWNZ"


def test_no_key_reaches_the_viewer_while_someone_types(open_desk: OpenDesk) -> None:
    desk = open_desk(LIVE)
    desk.eye("hills").click()
    before = state(desk)
    field = desk.page.get_by_label("Packet")
    field.click()
    for key in TYPED:
        desk.page.keyboard.press("Space" if key == " " else key)
    desk.settle()
    assert state(desk) == before
    assert field.input_value().endswith(TYPED)
    # A list of keys that is open keeps them to itself. Left with other words in it, the field would
    # ask for a packet that there is not.
    field.fill(desk.name)
    desk.page.evaluate("document.activeElement.blur()")
    desk.focus()
    desk.press("?")
    for key in TYPED.replace("?", "").replace(" ", ""):
        desk.page.keyboard.press(key)
    desk.settle()
    assert state(desk) == before | {"help": True}
    desk.press("Escape")
    assert state(desk) == before


def test_no_key_fires_with_ctrl_alt_or_meta(open_desk: OpenDesk) -> None:
    desk = open_desk(LIVE)
    desk.eye("hills").click()
    before = state(desk)
    desk.focus()
    # As events, so that the browser's own shortcuts stay out of it.
    desk.page.locator(".panes").evaluate(
        """(panes, typed) => {
          for (const held of ["ctrlKey", "metaKey", "altKey", "isComposing"])
            for (const key of [...typed, "ArrowLeft", "Escape"])
              panes.dispatchEvent(new KeyboardEvent("keydown", {
                key, [held]: true, bubbles: true, composed: true, cancelable: true,
              }));
        }""",
        TYPED,
    )
    desk.settle()
    assert state(desk) == before


def test_keys_reach_it_from_its_controls_and_from_the_bare_page(open_desk: OpenDesk) -> None:
    desk = open_desk(LIVE)
    desk.page.get_by_label("Opacity of the mask").focus()
    desk.press("l")
    assert state(desk)["layout"] == "overlay"
    # The slider keeps its own keys.
    desk.press("ArrowRight", "Home")
    assert state(desk)["opacity"] == 0
    desk.eye("sky").focus()
    desk.press("d")
    assert state(desk)["style"] == "outline"
    before = state(desk)
    desk.press(" ")
    assert state(desk) == before | {"hidden": 1}
    # Arrows move the picture only once it is in focus.
    desk.page.evaluate("document.activeElement.blur()")
    desk.press("1", "ArrowRight")
    at = state(desk)
    assert at["scale"] == 1
    desk.focus()
    desk.press("ArrowRight")
    assert state(desk)["x"] != at["x"]


def test_the_list_of_keys_opens_and_closes(open_desk: OpenDesk) -> None:
    desk = open_desk(LIVE)
    page = desk.page
    sheet = page.get_by_role("dialog", name="Keys and help")
    expect(sheet).to_be_hidden()
    page.get_by_role("button", name="Keys and help").click()
    expect(sheet).to_be_visible()
    sheet.get_by_role("button", name="Close").click()
    expect(sheet).to_be_hidden()
    desk.focus()
    desk.press("?")
    expect(sheet).to_be_visible()
    # A click beside it closes it too.
    page.mouse.click(5, 5)
    expect(sheet).to_be_hidden()
    # It can be had also before there is a mask.
    desk.show(build_packet(RGB, classes=CLASSES))
    desk.focus()
    desk.press("?")
    expect(sheet).to_be_visible()
    desk.press("Escape")
    expect(sheet).to_be_hidden()

"""Loading, waiting, empty; narrow and wide; light and dark."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, expect

from tests.viewer.conftest import OpenDesk
from tests.viewer.held import hold_worker
from tests.viewer.packets import build_packet, cut, edited
from tests.viewer.scene import CLASSES, draw_harbour

pytestmark = pytest.mark.browser

OUT = Path(__file__).parent.parent / "out"
RGB, IDS, SURE = draw_harbour(480, 320)
SIZE_WH = (480, 320)
GOOD = build_packet(
    RGB, IDS, confidence=SURE, classes=CLASSES, name="harbour.jpg", image_kind="JPEG"
)
LIVE = build_packet(
    RGB,
    IDS,
    confidence=SURE,
    classes=CLASSES,
    name="harbour.jpg",
    image_kind="JPEG",
    cut_to=0,
    note="Each value is a call.",
)


def test_a_picture_without_a_mask_stands_alone(open_desk: OpenDesk) -> None:
    desk = open_desk(build_packet(RGB, classes=CLASSES, name="harbour.png"))
    assert desk.state == "empty"
    expect(desk.page.locator(".pane.mask")).to_be_hidden()
    expect(desk.page.locator(".legend")).to_be_hidden()
    expect(desk.page.get_by_label("Opacity of the mask")).to_be_hidden()
    np.testing.assert_allclose(desk.canvas(".image .picture")[..., 3].max(), 255)
    desk.point_at(100, 50, ".pane.image")
    assert desk.readout() == "x 100 y 50"
    # The answer arrives: the mask joins the picture.
    desk.show(build_packet(RGB, IDS, classes=CLASSES, name="harbour.png"))
    assert desk.state == "ready"
    np.testing.assert_array_equal(desk.colours(), desk.expected_colours(IDS, SIZE_WH, {0}))


def test_a_mask_on_its_way_keeps_its_place_until_it_comes_or_does_not(open_desk: OpenDesk) -> None:
    alone = build_packet(RGB, classes=CLASSES, name="harbour.png")
    waiting = edited(alone, {"pending": True})
    desk = open_desk(waiting)
    assert desk.state == "waiting"
    expect(desk.page.locator(".mask .caption.over")).to_contain_text("on its way")
    place = desk.page.locator(".pane.mask").bounding_box()
    assert place is not None
    assert not desk.colours().any()
    desk.show(build_packet(RGB, IDS, classes=CLASSES, name="harbour.png"))
    assert desk.state == "ready"
    expect(desk.page.locator(".mask .caption.over")).to_have_text("Mask")
    assert desk.page.locator(".pane.mask").bounding_box() == place
    desk.show(waiting)
    assert desk.state == "waiting"
    assert not desk.colours().any()
    desk.show(alone)
    expect(desk.desk).to_have_attribute("data-state", "empty")
    expect(desk.page.locator(".pane.mask")).to_be_hidden()


def test_while_a_new_picture_loads_nothing_of_the_old_one_is_left(open_desk: OpenDesk) -> None:
    desk = open_desk(GOOD)
    held = hold_worker(desk.page, "blob")
    field = desk.page.get_by_label("Packet")
    other = build_packet(255 - RGB, IDS[::-1].copy(), classes=CLASSES)
    (desk.folder / "held.bin").write_bytes(other)
    field.fill("held")
    field.press("Enter")
    held.wait()
    assert desk.state == "loading"
    assert not desk.canvas(".image .picture").any()
    assert not desk.colours().any()
    expect(desk.page.locator(".present .row")).to_have_count(0)
    held.let_go()
    desk.page.locator('.desk[data-state="ready"]').wait_for()
    desk.settle()
    np.testing.assert_array_equal(desk.colours(), desk.expected_colours(IDS[::-1], SIZE_WH, {0}))


def test_an_unchanged_rerun_decodes_and_paints_nothing(open_desk: OpenDesk) -> None:
    desk = open_desk(GOOD)
    desk.page.evaluate(
        """() => {
          globalThis.count = { pictures: 0, answers: 0, paint: 0 };
          const post = Worker.prototype.postMessage;
          Worker.prototype.postMessage = function (...given) {
            if ("blob" in given[0]) count.pictures++;
            if ("sizes" in given[0]) count.answers++;
            return post.apply(this, given);
          };
          const put = CanvasRenderingContext2D.prototype.putImageData;
          CanvasRenderingContext2D.prototype.putImageData = function (...given) {
            count.paint++;
            return put.apply(this, given);
          };
        }"""
    )

    def decoded() -> list[int]:
        found: list[int] = desk.page.evaluate("[count.pictures, count.answers]")
        return found

    desk.show(GOOD)
    desk.run_again()
    assert decoded() == [0, 0]
    assert desk.page.evaluate("count.paint") == 0
    # A new answer for the same picture decodes its mask and confidence, not the picture.
    desk.show(
        build_packet(
            RGB,
            IDS[::-1].copy(),
            confidence=SURE,
            classes=CLASSES,
            name="harbour.jpg",
            image_kind="JPEG",
        )
    )
    assert decoded() == [0, 1]
    desk.show(build_packet(255 - RGB, IDS, classes=CLASSES))
    assert decoded() == [1, 2]
    # What was seen before is still at hand.
    desk.show(GOOD)
    assert decoded() == [1, 2]
    assert desk.desk.evaluate("desk => desk.maskDesk.decodes()") == 2


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1400, 800, 390])
def test_it_can_be_read_in_both_themes_at_each_width(
    open_desk: OpenDesk, scheme: str, width: int
) -> None:
    phone = {"device_scale_factor": 2, "has_touch": True, "is_mobile": True} if width == 390 else {}
    desk = open_desk(LIVE, viewport={"width": width, "height": 900}, color_scheme=scheme, **phone)
    page = desk.page
    shown = cut(IDS, SURE, 50, 0, SIZE_WH)
    np.testing.assert_array_equal(desk.colours(), desk.expected_colours(shown, SIZE_WH, {0}))
    desk.eye("hills").click()
    page.locator(".absent summary").click()
    for toggle in ("What changes", "How sure"):
        page.get_by_role("button", name=toggle).click()
    words = page.locator(
        ".desk :is(.caption, .what, .where, .slider span, output, .zoom .text, h2, .count,"
        " .show-all, .name, .share, .solo, summary, .quiet span, .group span, .ends span, .top,"
        " .changes, .note, .heat-legend span):visible"
    )
    assert words.count() > 40
    for element in words.all():
        ratio = contrast_of(element)
        assert ratio >= 4.5, (element.inner_text(), ratio)
    wide = page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert wide
    OUT.mkdir(exist_ok=True)
    for toggle in ("What changes", "How sure"):
        page.get_by_role("button", name=toggle).click()
    desk.eye("hills").click()
    page.locator(".absent summary").click()
    desk.settle()
    page.screenshot(path=OUT / f"viewer-{width}-{scheme}.png")


def contrast_of(element: Locator) -> float:
    """WCAG 2.2 contrast of an element's text against what is painted behind it.

    Colours are resolved by drawing them, nearest background last, on a canvas.
    """
    ratio: float = element.evaluate(
        """element => {
          const canvas = document.createElement("canvas");
          const ctx = canvas.getContext("2d", { willReadFrequently: true });
          const grounds = [];
          for (let at = element; at; at = at.parentElement ?? at.getRootNode().host)
            grounds.unshift(getComputedStyle(at).backgroundColor);
          const draw = colours => {
            ctx.fillStyle = "#fff";
            ctx.fillRect(0, 0, 1, 1);
            for (const colour of colours) { ctx.fillStyle = colour; ctx.fillRect(0, 0, 1, 1); }
            const [r, g, b] = [...ctx.getImageData(0, 0, 1, 1).data]
              .map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
          };
          const behind = draw(grounds);
          const text = draw([...grounds, getComputedStyle(element).color]);
          return (Math.max(behind, text) + 0.05) / (Math.min(behind, text) + 0.05);
        }"""
    )
    return ratio


def test_on_a_phone_there_is_one_pane_and_room_for_thumbs(open_desk: OpenDesk) -> None:
    desk = open_desk(
        LIVE,
        viewport={"width": 390, "height": 844},
        has_touch=True,
        is_mobile=True,
        device_scale_factor=3,
    )
    page = desk.page
    image, mask = page.locator(".pane.image"), page.locator(".pane.mask")
    expect(mask).to_be_visible()
    expect(image).to_be_hidden()
    desk.page.get_by_role("button", name="Show at 100 %").tap()
    desk.settle()
    before = desk.transform
    assert before["scale"] == 1
    switch = page.locator(".layouts")
    switch.get_by_role("radio", name="Image").tap()
    expect(image).to_be_visible()
    expect(mask).to_be_hidden()
    desk.settle()
    assert desk.transform == before
    assert desk.canvas(".image .picture").any()
    switch.get_by_role("radio", name="Stacked").tap()
    desk.settle()
    above, below = image.bounding_box(), mask.bounding_box()
    assert above is not None
    assert below is not None
    assert above["y"] + above["height"] <= below["y"]
    switch.get_by_role("radio", name="Swipe").tap()
    expect(page.get_by_role("slider", name="Border between picture and mask")).to_be_visible()
    switch.get_by_role("radio", name="Mask").tap()
    desk.settle()
    shown = cut(IDS, SURE, 50, 0, SIZE_WH)
    np.testing.assert_array_equal(desk.colours(), desk.expected_colours(shown, SIZE_WH, {0}))

    targets = page.locator(
        ".desk :is(button:not([disabled]), summary, label:not(.swatch), input):visible"
    )
    assert targets.count() > 40
    for target in targets.all():
        box = target.bounding_box()
        if box is None:
            continue
        assert min(box["width"], box["height"]) >= 44, target.inner_text()
    picture, legend = page.locator(".panes").bounding_box(), page.locator(".legend").bounding_box()
    assert picture is not None
    assert legend is not None
    assert legend["y"] >= picture["y"] + picture["height"]


def test_every_control_is_reached_by_tab_and_shows_it(open_desk: OpenDesk) -> None:
    desk = open_desk(LIVE)
    desk.layout("Swipe")
    desk.eye("hills").click()
    desk.page.get_by_label("Packet").focus()
    seen = []
    for _ in range(60):
        desk.page.keyboard.press("Tab")
        seen.append(
            desk.page.evaluate(
                """() => {
                  const focused = document.activeElement.shadowRoot?.activeElement;
                  if (!focused) return null;
                  const name = focused.getAttribute("aria-label") ?? focused.innerText;
                  // The frame is drawn by the element or by what stands for it.
                  const [label, i] = [focused.closest("label"), focused.querySelector("i")];
                  const drawn = [focused, i, label, label?.querySelector("span")].filter(Boolean);
                  const shown = drawn.some(element => {
                    const own = getComputedStyle(element);
                    return parseFloat(own.outlineWidth) >= 2 && own.outlineStyle !== "none";
                  });
                  const after = getComputedStyle(focused, "::after").boxShadow !== "none";
                  const words = name || label?.innerText || "";
                  return [words.split(/[,.]/)[0].trim(), shown || after];
                }"""
            )
        )
    found = [entry for entry in seen if entry]
    controls = [
        *("Swipe", "Hold to hide", "Areas", "Patterns", "Opacity of the mask"),
        *("Copy a link to this view", "Save what is seen as a picture", "Full screen"),
        "Keys and help",
        *("harbour", "Border between picture and mask"),
        *("Zoom out", "Zoom in", "Fit the picture", "Show at 100 %"),
        *("Confidence", "Curve", "What changes", "How sure"),
        "Show all",
    ]
    for name in ("sky", "water", "sand", "hills", "boat", "sun"):
        controls += [f"Colour of {name}", f"Show only {name}", f"Find {name}", name]
    controls.append("2 not in this image")
    # Then the page goes on behind it.
    assert [entry[0] if entry else None for entry in seen][: len(controls) + 1] == [*controls, None]
    assert all(shown for _, shown in found), found

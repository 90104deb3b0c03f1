"""Loading, waiting, empty; narrow and wide; light and dark."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, expect

from tests.viewer.conftest import OpenDesk
from tests.viewer.packets import build_packet, edited
from tests.viewer.scene import CLASSES, draw_harbour

pytestmark = pytest.mark.browser

OUT = Path(__file__).parent.parent / "out"
RGB, IDS, SURE = draw_harbour(480, 320)
SIZE_WH = (480, 320)
GOOD = build_packet(
    RGB, IDS, confidence=SURE, classes=CLASSES, name="harbour.jpg", image_kind="JPEG"
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
    expect(desk.page.locator(".mask .caption")).to_contain_text("on its way")
    place = desk.page.locator(".pane.mask").bounding_box()
    assert place is not None
    assert not desk.colours().any()
    desk.show(build_packet(RGB, IDS, classes=CLASSES, name="harbour.png"))
    assert desk.state == "ready"
    expect(desk.page.locator(".mask .caption")).to_have_text("Mask")
    assert desk.page.locator(".pane.mask").bounding_box() == place
    desk.show(waiting)
    assert desk.state == "waiting"
    assert not desk.colours().any()
    desk.show(alone)
    expect(desk.desk).to_have_attribute("data-state", "empty")
    expect(desk.page.locator(".pane.mask")).to_be_hidden()


def test_while_a_new_picture_loads_nothing_of_the_old_one_is_left(open_desk: OpenDesk) -> None:
    desk = open_desk(GOOD)
    # The new picture's decoding is held back until the test lets it go.
    desk.page.evaluate(
        """() => {
          const real = createImageBitmap;
          globalThis.createImageBitmap = async (...given) => {
            await new Promise(go => { globalThis.letGo = go; });
            return real(...given);
          };
        }"""
    )
    field = desk.page.get_by_label("Packet")
    other = build_packet(255 - RGB, IDS[::-1].copy(), classes=CLASSES)
    (desk.folder / "held.bin").write_bytes(other)
    field.fill("held")
    field.press("Enter")
    desk.page.wait_for_function("() => globalThis.letGo")
    assert desk.state == "loading"
    assert not desk.canvas(".image .picture").any()
    assert not desk.colours().any()
    expect(desk.page.locator(".present .row")).to_have_count(0)
    desk.page.evaluate("letGo()")
    desk.page.locator('.desk[data-state="ready"]').wait_for()
    desk.settle()
    np.testing.assert_array_equal(desk.colours(), desk.expected_colours(IDS[::-1], SIZE_WH, {0}))


def test_an_unchanged_rerun_decodes_and_paints_nothing(open_desk: OpenDesk) -> None:
    desk = open_desk(GOOD)
    desk.page.evaluate(
        """() => {
          globalThis.count = { decode: 0, paint: 0 };
          const real = createImageBitmap;
          globalThis.createImageBitmap = (...given) => { count.decode++; return real(...given); };
          const post = Worker.prototype.postMessage;
          Worker.prototype.postMessage = function (...given) {
            count.decode++;
            return post.apply(this, given);
          };
          const put = CanvasRenderingContext2D.prototype.putImageData;
          CanvasRenderingContext2D.prototype.putImageData = function (...given) {
            count.paint++;
            return put.apply(this, given);
          };
        }"""
    )
    desk.show(GOOD)
    desk.page.wait_for_timeout(200)
    assert desk.page.evaluate("count") == {"decode": 0, "paint": 0}
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
    assert desk.page.evaluate("count.decode") == 2
    # The one before is still at hand.
    desk.show(build_packet(255 - RGB, IDS, classes=CLASSES))
    assert desk.page.evaluate("count.decode") == 4
    desk.show(GOOD)
    assert desk.page.evaluate("count.decode") == 6


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1400, 800, 390])
def test_it_can_be_read_in_both_themes_at_each_width(
    open_desk: OpenDesk, scheme: str, width: int
) -> None:
    phone = {"device_scale_factor": 2, "has_touch": True, "is_mobile": True} if width == 390 else {}
    desk = open_desk(GOOD, viewport={"width": width, "height": 900}, color_scheme=scheme, **phone)
    page = desk.page
    np.testing.assert_array_equal(desk.colours(), desk.expected_colours(IDS, SIZE_WH, {0}))
    page.get_by_role("button", name="hills").click()
    page.locator(".absent summary").click()
    words = page.locator(
        ".desk :is(.caption, .what, .where, .opacity, .opacity output, .scale, .zoom .text, h2,"
        " .count, .show-all, .row .name, .row .share, summary):visible"
    )
    assert words.count() > 15
    for element in words.all():
        ratio = contrast_of(element)
        assert ratio >= 4.5, (element.inner_text(), ratio)
    wide = page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert wide
    OUT.mkdir(exist_ok=True)
    page.get_by_role("button", name="hills").click()
    page.locator(".absent summary").click()
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
        GOOD,
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
    page.get_by_role("radio", name="Image").tap()
    expect(image).to_be_visible()
    expect(mask).to_be_hidden()
    desk.settle()
    assert desk.transform == before
    assert desk.canvas(".image .picture").any()
    page.get_by_role("radio", name="Mask").tap()
    desk.settle()
    np.testing.assert_array_equal(desk.colours(), desk.expected_colours(IDS, SIZE_WH, {0}))

    targets = page.locator(".desk :is(button:not([disabled]), summary, label)")
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
    desk = open_desk(GOOD)
    desk.page.get_by_label("Packet").focus()
    seen = []
    for _ in range(14):
        desk.page.keyboard.press("Tab")
        seen.append(
            desk.page.evaluate(
                """() => {
                  const focused = document.activeElement.shadowRoot?.activeElement;
                  if (!focused) return null;
                  const own = getComputedStyle(focused);
                  const after = getComputedStyle(focused, "::after");
                  const name = focused.getAttribute("aria-label") ?? focused.innerText;
                  const shown = parseFloat(own.outlineWidth) >= 2 && own.outlineStyle !== "none";
                  return [
                    name.split(/[,.]/)[0].trim(),
                    shown || after.boxShadow !== "none",
                  ];
                }"""
            )
        )
    found = [entry for entry in seen if entry]
    assert [name for name, _ in found] == [
        "harbour",
        "Opacity of the mask",
        "Zoom out",
        "Zoom in",
        "Fit the picture",
        "Show at 100 %",
        "sky",
        "water",
        "sand",
        "hills",
        "boat",
        "sun",
        "2 not in this image",
    ]
    assert all(shown for _, shown in found), found

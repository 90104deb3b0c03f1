"""What is wrong with how a page looks, found by measuring it in the browser."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final, Literal

from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.desk_page import DeskPage

OUT: Final = Path(__file__).parent.parent / "out"
MAX_SCREENSHOT_BYTES: Final = 350_000

SCREENS: Final[dict[str, dict[str, Any]]] = {
    "1400": {"viewport": {"width": 1400, "height": 900}},
    "390": {
        "viewport": {"width": 390, "height": 844},
        "is_mobile": True,
        "has_touch": True,
        "device_scale_factor": 2,
    },
}
Scheme = Literal["light", "dark"]
BOTH: Final[tuple[tuple[str, tuple[Scheme, Scheme]], ...]] = (
    ("1400", ("light", "dark")),
    ("390", ("dark", "light")),
)
"""Each screen with both schemes; a page opens in the first, and changes to the other."""

# Walks shadow roots too. Text is measured against the nearest backgrounds beneath it, blended;
# what lies over a picture is left out, since a picture has no one colour.
_MEASURE = """() => {
  const paint = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    paint.clearRect(0, 0, 1, 1);
    paint.fillStyle = colour;
    paint.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = paint.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top, under) => [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3]));
  const light = (colour) => {
    const [r, g, b] = colour.slice(0, 3).map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const parentOf = (node) => node.parentElement ?? node.getRootNode().host ?? null;
  const beneath = (element) => {
    const layers = [];
    for (let at = element; at; at = parentOf(at)) {
      // The slider's value hangs above its thumb and does not lie on the thumb's colour.
      if (at.querySelector(':scope > [data-testid="stSliderThumbValue"]')) continue;
      layers.push(rgba(getComputedStyle(at).backgroundColor));
    }
    return layers.reverse().reduce((under, layer) => over(layer, under), [255, 255, 255]);
  };
  const isSeen = (element) => {
    const { width, height } = element.getBoundingClientRect();
    const how = { opacityProperty: true, visibilityProperty: true };
    return width > 1 && height > 1 && element.checkVisibility(how);
  };
  const scrolls = (element) => {
    for (let at = element; at; at = parentOf(at)) {
      const style = getComputedStyle(at);
      if (at.matches?.("[inert], .js-plotly-plot, .stDataFrame, .pane")) return true;
      const wide = at.scrollWidth > at.clientWidth + 1;
      if (wide && /auto|scroll|hidden/.test(style.overflowX)) return true;
    }
    return false;
  };
  const main = document.querySelector('[data-testid="stMain"]');
  const found = { wide: [], outside: [], faint: [], small: [] };
  for (const box of [document.documentElement, main])
    if (box.scrollWidth > box.clientWidth) found.wide.push(`${box.tagName} ${box.scrollWidth}`);
  const all = [];
  const collect = (root) => {
    for (const element of root.querySelectorAll("*")) {
      all.push(element);
      if (element.shadowRoot) collect(element.shadowRoot);
    }
  };
  collect(document.querySelector('[data-testid="stApp"]'));
  for (const element of all.filter(isSeen)) {
    const own = [...element.childNodes].filter((node) => node.nodeType === 3)
      .map((node) => node.textContent.trim()).join("");
    const control = element.matches("button, input, a, summary, [role=radio], [role=tab]");
    if (!own && !control) continue;
    const box = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    const name = `${element.tagName} "${(own || element.ariaLabel || "").slice(0, 40)}"`;
    if ((box.left < -1 || box.right > innerWidth + 1) && !scrolls(element))
      found.outside.push(`${name} ${Math.round(box.left)}–${Math.round(box.right)}`);
    const icon = element.closest('[data-testid="stIconMaterial"]');
    const isIn = (place) => {
      for (let at = element; at; at = parentOf(at)) if (at.matches(place)) return true;
      return false;
    };
    const disabled = isIn(":disabled, [aria-disabled=true]");
    if (own && !icon && !disabled && !isIn(".pane, .js-plotly-plot, canvas, code, .hint")) {
      const under = beneath(element);
      const [a, b] = [light(over(rgba(style.color), under)), light(under)];
      const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      if (ratio < 4.5) found.faint.push(`${name} ${ratio.toFixed(2)}`);
    }
    const isText = own && !isIn(".stDataFrame, .js-plotly-plot, .pane");
    if (isText && parseFloat(style.fontSize) < 12) found.small.push(`${name} ${style.fontSize}`);
  }
  return found;
}"""

# Controls of the desk's own; Streamlit's help signs and menus are its own affair.
_TARGETS = """() => {
  const found = [];
  const controls = "button, summary, input[type=text], input[type=password]";
  const foreign = '.stTooltipIcon, [data-testid="stHeader"], .stElementToolbar, [tabindex="-1"], '
    + '[data-testid^="stTabsScroll"]';
  // What is drawn small may still be hit from further off; what is covered is not hit at all.
  const reaches = (element, { left, top, width, height }) => {
    const hits = (step) => {
      const hit = element.getRootNode().elementFromPoint(left + width / 2, top + height / 2 + step);
      return hit === element || element.contains(hit);
    };
    return !hits(0) || (hits(-21) && hits(21));
  };
  const look = (root) => {
    for (const element of root.querySelectorAll("*")) {
      if (element.shadowRoot) look(element.shadowRoot);
      if (!element.matches(controls) || element.closest(foreign)) continue;
      const field = element.closest('[data-testid="stTextInputRootElement"], .react-aria-ComboBox');
      const box = (field ?? element).getBoundingClientRect();
      const { width, height } = box;
      const seen = width > 1 && element.checkVisibility({ visibilityProperty: true });
      const name = element.ariaLabel || element.textContent;
      if (!seen || height >= 43.5 || reaches(element, box)) continue;
      found.push(`${element.tagName} "${name}" ${Math.round(height)}`);
    }
  };
  look(document.querySelector('[data-testid="stMain"]'));
  return found;
}"""


def find_faults(page: Page) -> dict[str, list[str]]:
    """Measure the page as it stands.

    Returns:
        By kind of fault, what shows it: "wide" (the page scrolls sideways), "outside" (text or a
        control beyond the window), "faint" (contrast below 4.5:1), "small" (text below 12 pixels).
        Kinds without a fault are left out.
    """
    found: dict[str, list[Any]] = page.evaluate(_MEASURE)
    return {kind: list(dict.fromkeys(places)) for kind, places in found.items() if places}


def find_small_targets(page: Page) -> list[str]:
    """Controls that are less than 44 pixels high, too low for a thumb."""
    found: list[str] = page.evaluate(_TARGETS)
    return found


def expect_fine(page: DeskPage, screen: str, scheme: Scheme) -> None:
    """Nothing is cut off, too faint, too small, or in the other theme's colours."""
    # First, since a page takes a moment to change its theme.
    ground = "rgb(255, 255, 255)" if scheme == "light" else "rgb(20, 23, 28)"
    expect(page.page.get_by_test_id("stApp")).to_have_css("background-color", ground)
    faults = find_faults(page.page)
    assert not faults, faults
    if screen == "390":
        small = find_small_targets(page.page)
        assert not small, small


def expect_fine_in(page: DeskPage, screen: str, schemes: tuple[Scheme, Scheme], name: str) -> None:
    """The same in one scheme after the other, each kept as a picture."""
    for scheme in schemes:
        page.page.emulate_media(color_scheme=scheme)
        expect_fine(page, screen, scheme)
        keep_picture(page, f"{name}-{scheme}", whole=True)


def keep_picture(page: DeskPage, name: str, *, whole: bool = False) -> None:
    """Keep a screenshot in tests/out; whole: as high as all that the page holds."""
    OUT.mkdir(exist_ok=True)
    size = page.page.viewport_size
    assert size is not None
    main = page.page.get_by_test_id("stMain")
    # What a taller window shows may itself be taller.
    for _ in range(2 * whole):
        height = main.evaluate("main => main.scrollHeight")
        page.page.set_viewport_size({"width": size["width"], "height": height})
    main.evaluate("main => main.scrollTo(0, 0)")
    page.page.screenshot(path=OUT / f"{name}.png")
    page.page.set_viewport_size(size)


def read_swatches(page: DeskPage) -> list[tuple[int, int, int]]:
    """The colours of the classes, which a smaller palette must not bend."""
    found: list[str] = page.page.locator(
        ".legend .present .row:not(.background) .swatch"
    ).evaluate_all("all => all.map((one) => getComputedStyle(one).backgroundColor)")
    triples = [re.findall(r"\d+", colour) for colour in found]
    return [(int(red), int(green), int(blue)) for red, green, blue in triples]


def draw_small(shot: Image.Image, kept: list[tuple[int, int, int]]) -> Image.Image:
    """The picture in 256 colours, `kept` among them."""
    # Median cut alone spends its colours on large areas and loses the small ones.
    coverage = Image.Quantize.MAXCOVERAGE
    chosen = shot.quantize(256 - len(kept), coverage, kmeans=3).getpalette() or []
    table = Image.new("P", (1, 1))
    table.putpalette([*chosen, *(part for colour in kept for part in colour)])
    return shot.quantize(palette=table, dither=Image.Dither.NONE)

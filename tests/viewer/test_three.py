"""A, B and what differs between them: pixels on screen against pixels counted by hand."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import io
import itertools
import pickle
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Page, expect

from components.model.classes import list_classes
from components.model.image import SourceImage
from components.model.png import encode_gray
from components.model.prediction import Prediction
from components.viewer.three import PaneSide
from tests.chromium import streamlit_server
from tests.viewer.quiet_pages import QuietPages

pytestmark = pytest.mark.browser

WIDE: dict[str, Any] = {"viewport": {"width": 1400, "height": 900}, "reduced_motion": "reduce"}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "reduced_motion": "reduce",
    "has_touch": True,
}
CLASSES = {0: "background", 1: "road", 2: "tree"}
OTHERS = {5: " ROAD", 6: "sky", 9: "bg"}
SIZE = (60, 40)
Gray = NDArray[np.uint8]
Open = Callable[..., Page]
_cases = itertools.count()


def make_image(seed: int = 1, size_wh: tuple[int, int] = SIZE) -> SourceImage:
    out = io.BytesIO()
    pixels = np.random.default_rng(seed).integers(0, 256, (*size_wh[::-1], 3), np.uint8)
    Image.fromarray(pixels).save(out, "PNG")
    data = out.getvalue()
    sha = hashlib.sha256(data).hexdigest()
    return SourceImage(
        f"photo {seed}.png", data, "image/png", size_wh, size_wh, len(data), "PNG", sha
    )


def make_side(
    ids: Gray, class_map: dict[int, str], *, sure: Gray | None = None, confidence: int = 50
) -> PaneSide:
    mask = encode_gray(ids)
    confidences = None if sure is None else encode_gray(sure)
    prediction = Prediction(
        mask,
        (ids.shape[1], ids.shape[0]),
        confidences,
        None if sure is None else (sure.shape[1], sure.shape[0]),
        class_map,
        None,
        "",
        None,
        hashlib.sha256(mask + (confidences or b"")).hexdigest(),
    )
    return PaneSide("my-data/3 at 50 %", prediction, confidence, None if sure is None else 0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("threes")


@pytest.fixture(scope="module")
def three_address(folder: Path) -> Iterator[str]:
    script = Path(__file__).parent / "three_app.py"
    with streamlit_server(script, env={"MASK_DESK_TEST_THREES": str(folder)}) as found:
        yield found


def store(folder: Path, image: SourceImage, a: PaneSide, b: PaneSide) -> str:
    name = f"case{next(_cases)}"
    (folder / f"{name}.pickle").write_bytes(pickle.dumps((image, a, b)))
    return name


def settle(page: Page) -> None:
    """Wait until what was asked for is painted."""
    page.evaluate(
        "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )


def wait_ready(page: Page, image: SourceImage) -> None:
    ready = f'.three[data-state="ready"][data-image-id="{image.sha256}"]'
    expect(page.locator(ready)).to_be_visible()


def read_canvas(page: Page, pane: str, part: str = "colours") -> NDArray[np.uint8]:
    """Pixels of a canvas as (height, width, 4)."""
    canvas = page.locator(f".three .pane.{pane} .{part}")
    url: str = canvas.evaluate('canvas => canvas.toDataURL("image/png")')
    with Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))) as picture:
        return np.asarray(picture.convert("RGBA"))


def find_pixels(page: Page, shape: tuple[int, ...]) -> tuple[NDArray[Any], NDArray[Any]]:
    """For each pixel of a fitted pane the picture's column and row, -1 beside the picture."""
    scale = float(page.locator(".three").get_attribute("data-scale") or "nan")
    height, width = shape[:2]
    axes = []
    for length, size in ((width, SIZE[0]), (height, SIZE[1])):
        # As `View.offset` rounds it: halves go up.
        offset = np.floor(length / 2 - size / 2 * scale + 0.5)
        at = np.floor((np.arange(length) + 0.5 - offset) / scale).astype(int)
        axes.append(np.where((at >= 0) & (at < size), at, -1))
    return axes[0], axes[1]


def spread(page: Page, values: NDArray[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    """A picture's values on the screen; -1 beside the picture."""
    columns, rows = find_pixels(page, shape)
    found: NDArray[Any] = values[np.maximum(rows, 0)][:, np.maximum(columns, 0)].astype(int)
    found[rows < 0] = -1
    found[:, columns < 0] = -1
    return found


def stretch(values: Gray) -> NDArray[Any]:
    height, width = values.shape
    rows = [y * height // SIZE[1] for y in range(SIZE[1])]
    columns = [x * width // SIZE[0] for x in range(SIZE[0])]
    return values[rows][:, columns]


def colour_of(class_map: dict[int, str], class_id: int) -> tuple[int, ...]:
    colour = list_classes(class_map)[class_id].colour
    return (*(int(colour[at : at + 2], 16) for at in (1, 3, 5)), 255)


def expect_pixels(page: Page, a: Gray, b: Gray, maps: tuple[dict[int, str], dict[int, str]]) -> int:
    """The three panes show these masks of the picture's size; returns pixels that differ."""
    background = {0: {0}, 1: {0}} if maps[0] is maps[1] else {0: {0}, 1: {9}}
    shapes = [read_canvas(page, pane).shape for pane in ("a", "b", "difference")]
    assert shapes[0] == shapes[1] == shapes[2]
    for at, (pane, ids) in enumerate((("a", a), ("b", b))):
        shown = read_canvas(page, pane)
        wanted = spread(page, ids, shown.shape)
        for class_id in {int(one) for one in np.unique(wanted)}:
            here = shown[wanted == class_id]
            if class_id == -1 or class_id in background[at]:
                assert not here[:, 3].any()
            else:
                assert (here == colour_of(maps[at], class_id)).all()
    names = [
        np.vectorize(
            lambda one, known=known: {"bg": "background"}.get(
                known[one].strip().casefold(), known[one].strip().casefold()
            )
        )(ids)
        for known, ids in zip(maps, (a, b), strict=True)
    ]
    differs = names[0] != names[1]
    shown = read_canvas(page, "difference")
    changed = spread(page, differs, shown.shape)
    assert not shown[changed != 1][:, 3].any()
    assert (shown[changed == 1][:, 3] > 0).all()
    after, before = spread(page, b, shown.shape), spread(page, a, shown.shape)
    for class_id in {int(one) for one in np.unique(after[changed == 1])} - background[1]:
        here = shown[(changed == 1) & (after == class_id)]
        assert (here == colour_of(maps[1], class_id)).all()
    lost = (changed == 1) & np.isin(after, list(background[1]))
    for class_id in {int(one) for one in np.unique(before[lost])}:
        # Striped: mostly in the colour it had.
        here = shown[lost & (before == class_id)]
        share = float((here == colour_of(maps[0], class_id)).all(axis=1).mean())
        assert 0.6 < share < 0.9
    return int(differs.sum())


@pytest.fixture
def open_three(page_pool: QuietPages, three_address: str, folder: Path) -> Iterator[Open]:
    with ExitStack() as stack:

        def open_with(
            image: SourceImage, a: PaneSide, b: PaneSide, *, narrow: bool = False
        ) -> Page:
            page = stack.enter_context(page_pool.lend(**(PHONE if narrow else WIDE)))
            page.goto(f"{three_address}/?case={store(folder, image, a, b)}")
            wait_ready(page, image)
            return page

        yield open_with


def test_two_models_with_ids_and_sizes_of_their_own(open_three: Open) -> None:
    random = np.random.default_rng(7)
    a = random.choice([0, 1, 2], (20, 30)).astype(np.uint8)
    b = random.choice([5, 6, 9], (13, 17)).astype(np.uint8)
    page = open_three(make_image(), make_side(a, CLASSES), make_side(b, OTHERS))
    assert expect_pixels(page, stretch(a), stretch(b), (CLASSES, OTHERS)) > 0
    for pane in ("a", "b", "difference"):
        assert read_canvas(page, pane, "picture")[..., 3].any()


def test_one_answer_at_two_confidences_goes_over_once(open_three: Open) -> None:
    random = np.random.default_rng(8)
    ids = random.choice([0, 1, 2], (20, 30)).astype(np.uint8)
    sure = random.integers(0, 256, (40, 60), np.uint8)
    low = make_side(ids, CLASSES, sure=sure, confidence=30)
    high = dataclasses.replace(low, confidence=70)
    page = open_three(make_image(), low, high)
    shown = [
        np.where(sure.astype(int) * 100 >= percent * 255, stretch(ids), 0).astype(np.uint8)
        for percent in (30, 70)
    ]
    assert expect_pixels(page, shown[0], shown[1], (CLASSES, CLASSES)) > 0


def test_all_panes_move_together_and_tell_what_became_of_a_place(open_three: Open) -> None:
    a = np.full((40, 60), 1, np.uint8)
    b = a.copy()
    a[:, :30], b[:, 30:] = 2, 2
    b[:10] = a[:10]
    page = open_three(make_image(), make_side(a, CLASSES), make_side(b, CLASSES))
    box: Any = page.locator(".pane.b").bounding_box()

    def point(x: float, y: float) -> str:
        page.mouse.move(box["x"] + box["width"] * x, box["y"] + box["height"] * y)
        readout = page.locator(".three .readout")
        expect(readout).not_to_contain_text("Point at the picture")
        return readout.inner_text().replace("\n", " ")

    middle = 0.5
    assert "tree became road" in " ".join(point(0.25, middle).split())
    assert "road became tree" in " ".join(point(0.75, middle).split())
    page.locator(".three .panes").click(position={"x": 30, "y": 30})
    before = page.locator(".three").get_attribute("data-scale")
    page.keyboard.press("+")
    expect(page.locator(".three")).not_to_have_attribute("data-scale", before or "")
    page.keyboard.press("ArrowRight")
    settle(page)
    first, second, third = (read_canvas(page, pane, "picture") for pane in ["a", "b", "difference"])
    assert (first == second).all()
    assert (first == third).all()
    page.keyboard.press("0")
    expect(page.locator(".three")).to_have_attribute("data-scale", before or "")
    assert point(0.25, 0.03)
    assert "The same in both: tree" in " ".join(point(0.25, 0.1).split())
    twins = page.locator(".three .twin:not([hidden])")
    expect(twins).to_have_count(2)


def test_only_what_changed_clears_the_rest(open_three: Open) -> None:
    a = np.full((40, 60), 1, np.uint8)
    b = a.copy()
    b[:, 30:] = 2
    page = open_three(make_image(), make_side(a, CLASSES), make_side(b, CLASSES))
    whole = (read_canvas(page, "a")[..., 3] > 0).sum()
    button = page.get_by_role("button", name="Only what changed")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    settle(page)
    half = (read_canvas(page, "a")[..., 3] > 0).sum()
    assert half == pytest.approx(whole / 2, rel=0.02)
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")


def test_another_picture_takes_the_place_of_the_one_before(open_three: Open, folder: Path) -> None:
    a, b = np.full((40, 60), 1, np.uint8), np.full((40, 60), 2, np.uint8)
    page = open_three(make_image(1), make_side(a, CLASSES), make_side(b, CLASSES))
    other = make_image(2)
    name = store(folder, other, make_side(b, CLASSES), make_side(a[:20], CLASSES))
    field = page.get_by_role("textbox", name="Case")
    field.fill(name)
    field.press("Enter")
    wait_ready(page, other)
    assert expect_pixels(page, b, a, (CLASSES, CLASSES)) == 2400
    expect(page.locator(".pane.a .picture")).to_have_attribute(
        "aria-label", "photo 2.png: A, my-data/3 at 50 %"
    )


def test_a_mask_that_cannot_be_read_is_said(
    page_pool: QuietPages, three_address: str, folder: Path
) -> None:
    ids = np.full((40, 60), 1, np.uint8)
    good = make_side(ids, CLASSES)
    broken = dataclasses.replace(good.prediction, mask_png=b"no PNG", sha256="0" * 64)
    bad = dataclasses.replace(good, prediction=broken)
    with page_pool.lend(**WIDE) as page:
        page.goto(f"{three_address}/?case={store(folder, make_image(3), good, bad)}")
        notice = page.locator(".three .whole-notice")
        expect(notice).to_contain_text("This picture cannot be compared here: it is not a PNG")


def test_a_phone_shows_one_pane_at_a_time(open_three: Open) -> None:
    a, b = np.full((40, 60), 1, np.uint8), np.full((40, 60), 2, np.uint8)
    page = open_three(make_image(), make_side(a, CLASSES), make_side(b, CLASSES), narrow=True)
    for label, pane, class_id in (("A", "a", 1), ("B", "b", 2), ("Difference", "difference", 2)):
        page.get_by_role("radio", name=label, exact=True).check()
        for other in ("a", "b", "difference"):
            shown = page.locator(f".pane.{other}")
            expect(shown).to_be_visible() if other == pane else expect(shown).to_be_hidden()
        settle(page)
        found = read_canvas(page, pane)
        inside = spread(page, np.ones((40, 60)), found.shape) == 1
        assert (found[inside] == colour_of(CLASSES, class_id)).all()

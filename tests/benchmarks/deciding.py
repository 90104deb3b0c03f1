"""From a decision to the next picture, in a real browser, against a bare button of Streamlit's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from playwright.sync_api import BrowserContext, Page, ViewportSize

from components import store
from components.display.thumbnails import draw_thumbnail
from components.model.areas import count_stretched, list_areas
from components.model.classes import list_classes
from components.model.prediction import Answer
from components.store.database import open_database
from tests.benchmarks.material import (
    SIZE_WH,
    make_class_ids,
    make_confidences,
    make_pictures,
    make_source_image,
)
from tests.benchmarks.measuring import Row, compare_delay
from tests.benchmarks.showing import PEERS, make_prediction
from tests.chromium import ROOT, open_browser, streamlit_server

_DECISIONS: Final = 21
_WARM_UP: Final = 3
_VIEWPORT: Final[ViewportSize] = {"width": 1400, "height": 900}
_PATIENCE_MS: Final = 120_000
_MODEL: Final = "demo-scene/1"

# From the key to the end of the frame that has what comes next; looked at once a frame, for both
# alike, since the desk's picture stands in a shadow tree.
_WATCH: Final = """(read) => {
    const look = new Function(`return ${read}`)();
    let pressed = null, before = null;
    window.waits = [];
    addEventListener("keydown", (event) => {
        if (event.key !== "a") return;
        [pressed, before] = [performance.now(), look()];
    }, true);
    const step = () => {
        const now = look();
        if (pressed !== null && now && now !== before) {
            const began = pressed;
            pressed = null;
            setTimeout(() => window.waits.push(performance.now() - began));
        }
        requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
}"""
DESK: Final = """() => {
    for (const host of document.querySelectorAll('[data-testid="stBidiComponentIsolated"]')) {
        const desk = host.shadowRoot?.querySelector(".desk");
        if (desk) return desk.dataset.state === "ready" ? desk.dataset.imageId : "";
    }
    return "";
}"""
_BUTTON: Final = '() => document.querySelector("#count")?.textContent ?? ""'


def measure_deciding() -> Iterator[Row]:
    """Approve by key until the next picture and its mask are painted; 12 MP, 21 classes."""
    with TemporaryDirectory(prefix="mask-desk-bench-") as folder:
        project = fill_desk(Path(folder), _DECISIONS + _WARM_UP + 3)
        with (
            streamlit_server(ROOT / "app.py", env={"MASK_DESK_FOLDER": folder}) as desk_address,
            streamlit_server(PEERS / "one_button.py") as peer_address,
            open_browser() as browser,
            browser.new_context(viewport=_VIEWPORT) as context,
        ):
            desk, peer = open_review(context, desk_address, project), context.new_page()
            peer.goto(peer_address)
            peer.wait_for_selector("#count", timeout=_PATIENCE_MS)
            desk.evaluate(_WATCH, DESK)
            peer.evaluate(_WATCH, _BUTTON)
            for _ in range(_DECISIONS + _WARM_UP):
                for page in (desk, peer):
                    _press(page)
            ours, others = (page.evaluate("window.waits")[_WARM_UP:] for page in (desk, peer))
    yield compare_delay(
        "deciding: Approve to the next picture with its mask, 12 MP",
        [milliseconds / 1000 for milliseconds in ours],
        [milliseconds / 1000 for milliseconds in others],
        "one bare button of Streamlit's",
        1.5,
    )


def fill_desk(folder: Path, count: int, size_wh: tuple[int, int] = SIZE_WH) -> str:
    """A desk's database with one project of pictures and their answers, 12 MP where nothing else is
    said; the project's id.
    """
    database = open_database(f"sqlite:///{folder.as_posix()}/desk.sqlite3")
    project = store.projects.create_project(
        database, name="Large pictures", model=_MODEL, confidence=50, by="Lead", now=1
    )
    class_ids, confidences = make_class_ids(size_wh), make_confidences(size_wh)
    prediction = make_prediction(class_ids, confidences)
    classes = list_classes(prediction.class_map)
    for at, jpeg in enumerate(make_pictures(count, size_wh)):
        image = make_source_image(jpeg)
        item, _ = store.items.add_item(
            database, project.id, image, draw_thumbnail(image), name=f"{at}.jpg", by="Lead", now=1
        )
        store.items.keep_answer(
            database,
            item.id,
            Answer(prediction, "http://127.0.0.1", _MODEL, 1, 0.1, 1000, 1000, 1),
            cut_to=0,
            areas=list_areas(count_stretched(class_ids, image.size_wh), classes),
            mean_confidence=0.5,
            now=1,
        )
    database.close()
    return project.id


def open_review(context: BrowserContext, address: str, project: str) -> Page:
    """The Review page with its first picture, under a name."""
    context.add_cookies(
        [{"name": f"mask_desk_name_{address.rpartition(':')[2]}", "value": "Ana", "url": address}]
    )
    page = context.new_page()
    page.goto(f"{address}/review?project={project}")
    page.wait_for_selector('.desk[data-state="ready"]', timeout=_PATIENCE_MS)
    return page


def _press(page: Page) -> None:
    page.bring_to_front()
    # As long as anybody looks at a picture at the very least; what comes next is fetched meanwhile.
    page.wait_for_timeout(1500)
    before = page.evaluate("window.waits.length")
    page.keyboard.press("a")
    page.wait_for_function(
        "before => window.waits.length > before", arg=before, timeout=_PATIENCE_MS
    )

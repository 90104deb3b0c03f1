"""From the key press to a large picture with its mask on screen, against the photo alone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from statistics import median
from typing import Final

from plotly.graph_objects import Figure, Heatmap
from plotly.offline import get_plotlyjs

from components.model.prediction import Prediction
from tests.benchmarks.devtools import Chromium, Page, open_chromium, wait
from tests.benchmarks.material import make_class_ids, make_confidences, make_pictures
from tests.benchmarks.measuring import Row, compare_delay, compare_speed, format_seconds
from tests.benchmarks.showing import (
    make_packet,
    make_prediction,
    number_jpeg,
    open_peer,
    open_tab,
    press_enter,
)

_ROUNDS: Final = 7
_PEER: Final = "the photo alone on a bare HTML page"
_STEPS: Final = {
    "arrived": "Streamlit to the bytes in the browser",
    "called": "to the viewer called",
    "shown": "to decoded and drawn",
    "painted": "to the frame on screen",
}


def measure_first() -> Iterator[Row]:
    """12 MP with 21 classes, without and with a confidence mask, and 48 MP.

    Both sides show another file each round, in turns, and start with a key press. Ours goes through
    a rerun of Streamlit and a WebSocket, the peer's is an image element whose source is set.
    """
    class_ids = make_class_ids()
    photo = next(make_pictures(1))
    with open_chromium() as browser:
        yield from _compare(
            browser, "12 MP, 21 classes", photo, make_prediction(class_ids), _ROUNDS, 1.25
        )
        yield from _compare(
            browser,
            "12 MP, 21 classes and a confidence mask, cut live",
            photo,
            make_prediction(class_ids, make_confidences()),
            _ROUNDS,
            1.25,
        )
        # Every pixel of the mask twice in both directions: as large as the picture, soon made.
        large = make_prediction(class_ids.repeat(2, 0).repeat(2, 1))
        photo = next(make_pictures(1, (8000, 6000)))
        yield from _compare(browser, "48 MP, 21 classes", photo, large, 5, 2)


def measure_heatmap() -> Iterator[Row]:
    """From the bytes in the browser to the first pixels, against plotly's heatmap of the same mask.

    The peer gets the figure as its Python package writes it, ids base64-encoded, and no picture.
    """
    class_ids = make_class_ids()
    photo, prediction = next(make_pictures(1)), make_prediction(class_ids)
    packets = {
        f"p{at}": make_packet(number_jpeg(photo, at), prediction) for at in range(_ROUNDS + 2)
    }
    figures = {
        f"{way}.json": Figure(Heatmap(z=class_ids, zsmooth=smoothing)).to_json().encode()
        for way, smoothing in (("default", False), ("fast", "fast"))
    }
    files = {"plotly.js": get_plotlyjs().encode(), **figures}
    ours: list[float] = []
    peers: dict[str, list[float]] = {"default": [], "fast": []}
    with (
        open_chromium() as browser,
        open_tab(browser, packets) as tab,
        open_peer(browser, "heatmap.html", files) as peer,
    ):
        for at in range(1, _ROUNDS + 2):
            marks = tab.show(f"p{at}")
            tab.settle()
            ours.append((marks["painted"] - marks["arrived"]) / 1000)
            # Seconds each: five rounds and one to warm up are enough for these.
            if at > 6:
                continue
            for way, taken in peers.items():
                peer.call("Page.bringToFront")
                marks = peer.evaluate(f"draw('{way}.json')")
                taken.append((marks["painted"] - marks["pressed"]) / 1000)
    for way, at_least in (("default", 10), ("fast", None)):
        note = "" if way == "default" else ", zsmooth = fast"
        yield compare_speed(
            f"heatmap: 12 MP, 21 classes, bytes to first pixels (n = {len(peers[way]) - 1})",
            median(ours[1:]),
            median(peers[way][1:]),
            f"plotly's heatmap{note}",
            at_least,
        )


def _compare(
    browser: Chromium, name: str, photo: bytes, prediction: Prediction, rounds: int, at_most: float
) -> Iterator[Row]:
    # Two rounds warm up: the scripts are compiled, the worker is there.
    photos = [number_jpeg(photo, at) for at in range(2 * (2 + rounds))]
    packets = {f"p{at}": make_packet(photos[at], prediction) for at in range(2 + rounds)}
    files = {f"p{at}.jpg": jpeg for at, jpeg in enumerate(photos)}
    ours: list[Mapping[str, float]] = []
    plain: list[float] = []
    ahead: list[float] = []
    with open_tab(browser, packets) as tab, open_peer(browser, "photo.html", files) as peer:
        for at in range(1, 2 + rounds):
            mine = tab.show(f"p{at}")
            tab.settle()
            others = [_show_alone(peer, f"p{2 * at + way}.jpg", bool(way)) for way in (0, 1)]
            if at > 1:
                ours.append(mine)
                plain.append(others[0])
                ahead.append(others[1])
    whole = _seconds(ours, "painted")
    name = f"first: {name}"
    yield compare_delay(f"{name}, key press to painted", whole, plain, _PEER, at_most)
    # To be known: what a page can reach that decodes before it shows, and what is not Streamlit's.
    yield compare_delay(f"{name}, the same", whole, ahead, f"{_PEER}, decoded ahead", None)
    since = _seconds(ours, "painted", "arrived")
    yield compare_delay(f"{name}, from the bytes in the browser", since, plain, _PEER, None)
    yield Row(f"{name}: {' · '.join(_STEPS.values())}", _list_steps(ours), "", "")


def _show_alone(peer: Page, file: str, ahead: bool) -> float:
    """Seconds from the key press to the photo on screen."""
    peer.call("Page.bringToFront")
    peer.evaluate("document.querySelector('button').focus()")
    peer.evaluate(f"next = {json.dumps(file)}; ahead = {json.dumps(ahead)}")
    seconds = press_enter(peer)["painted"] / 1000
    wait(0.25)
    return seconds


def _seconds(taken: Sequence[Mapping[str, float]], to: str, since: str = "") -> list[float]:
    return [(marks[to] - (marks[since] if since else 0)) / 1000 for marks in taken]


def _list_steps(taken: Sequence[Mapping[str, float]]) -> str:
    names = ["pressed", *_STEPS]
    return " · ".join(
        format_seconds(median(_seconds(taken, to, since))) for since, to in pairwise(names)
    )

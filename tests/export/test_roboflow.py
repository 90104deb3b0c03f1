"""The two requests to Roboflow, over a real socket: what is sent, what its answers mean."""

from __future__ import annotations

import json
import logging
import threading
import time
import traceback
from collections.abc import Iterator
from email.utils import formatdate

import numpy as np
import pytest

from components.errors import ExportError
from components.export.roboflow import Declined, Roboflow, Stopped
from components.export.roboflow_annotation import write_annotation
from components.settings import RoboflowSettings, Secret
from tests.export.exhibits import CLASS_MAP, draw, make_mask
from tests.export.roboflow_server import KEY, RoboflowServer, serve_roboflow
from tests.pictures import make_jpeg

JPEG = make_jpeg()
UNKNOWN = "another" + "-key"


@pytest.fixture
def server() -> Iterator[RoboflowServer]:
    with serve_roboflow() as running:
        yield running


def connect(
    server: RoboflowServer,
    project: str = "streets",
    key: str = KEY,
    stop: threading.Event | None = None,
) -> Roboflow:
    settings = RoboflowSettings(api_key=Secret(key), address=server.address)
    return Roboflow(settings, project, stop=stop, pause_seconds=0.01)


def upload(client: Roboflow, data: bytes = JPEG, name: str = "straße 1.jpg") -> str:
    return client.upload_image(name, data, "image/jpeg", batch="Desk: Streets & more").image_id


def annotate(client: Roboflow, image_id: str, *, overwrite: bool = False) -> bool:
    return client.save_annotation(
        image_id, "straße 1.coco.json", "{}", job="Desk", overwrite=overwrite
    )


def test_a_picture_and_its_mask_are_sent_as_the_api_takes_them(server: RoboflowServer) -> None:
    client = connect(server)
    image_id = upload(client)
    assert annotate(client, image_id)
    assert server.images[image_id] == ("straße 1.jpg", JPEG)
    assert server.annotations[image_id] == ("straße 1.coco.json", "{}")
    picture, mask = server.asked
    assert (picture.path, picture.query) == (
        "/dataset/streets/upload",
        {"batch": "Desk: Streets & more"},
    )
    assert picture.parts == {
        "name": ("", "", "straße 1.jpg".encode()),
        "split": ("", "", b"train"),
        "file": ("straße 1.jpg", "image/jpeg", JPEG),
    }
    assert mask.path == f"/dataset/streets/annotate/{image_id}"
    assert mask.query == {"name": "straße 1.coco.json", "jobName": "Desk"}
    assert mask.json == {"annotationFile": "{}", "labelmap": None}
    client.close()


def test_the_key_travels_in_a_header_only(server: RoboflowServer) -> None:
    upload(connect(server))
    assert server.asked[0].headers["authorization"] == f"Bearer {KEY}"
    assert KEY not in server.addresses
    assert KEY not in repr(connect(server))


def test_a_picture_that_is_there_is_found_again(server: RoboflowServer) -> None:
    client = connect(server)
    first = client.upload_image("a.jpg", JPEG, "image/jpeg", batch="b")
    again = client.upload_image("b.jpg", JPEG, "image/jpeg", batch="b")
    assert (first.was_there, again.was_there) == (False, True)
    assert first.image_id == again.image_id
    server.forgets_ids = True
    with pytest.raises(Declined, match=r"b\.jpg is in the project already, but Roboflow did not"):
        client.upload_image("b.jpg", JPEG, "image/jpeg", batch="b")


def test_annotations_that_are_there_stay_unless_told(server: RoboflowServer) -> None:
    client = connect(server)
    image_id = upload(client)
    assert annotate(client, image_id)
    assert not annotate(client, image_id)
    assert annotate(client, image_id, overwrite=True)
    assert server.asked[-1].query["overwrite"] == "true"
    server.script = [(409, {}, b'{"error": {"message": "something else"}}')]
    with pytest.raises(Declined, match="something else"):
        annotate(client, image_id)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 0])
def test_what_passes_is_sent_again(server: RoboflowServer, status: int) -> None:
    server.script = [(status, {}, b"{}"), (status, {}, b"not JSON")]
    assert upload(connect(server))
    assert len(server.asked) == 3


def test_retry_after_is_kept_to(server: RoboflowServer) -> None:
    server.script = [(429, {"retry-after": "1"}, b"{}")]
    began = time.monotonic()
    upload(connect(server))
    assert time.monotonic() - began >= 1
    # A date is taken too; this one is over.
    server.script = [(503, {"retry-after": formatdate(time.time() - 60, usegmt=True)}, b"{}")]
    upload(connect(server))
    server.script = [(503, {"retry-after": "soon"}, b"{}")]
    upload(connect(server))


def test_what_does_not_pass_ends_it(server: RoboflowServer) -> None:
    server.script = [(503, {}, b"{}")] * 5
    with pytest.raises(Stopped, match=r"is not ready just now.*begin again later"):
        upload(connect(server))
    assert len(server.asked) == 5
    # One that is asked for is not waited for where it is long.
    server.script = [(429, {"retry-after": "900"}, b"{}")]
    with pytest.raises(Stopped, match=r"too many requests.*begin again in 15 minutes"):
        upload(connect(server))
    assert len(server.asked) == 6


def test_nobody_there_is_said_without_an_address(server: RoboflowServer) -> None:
    settings = RoboflowSettings(api_key=Secret(KEY), address="http://127.0.0.1:9")
    with pytest.raises(Stopped, match="could not be reached") as caught:
        upload(Roboflow(settings, "streets", retries=1, pause_seconds=0.01))
    assert KEY not in show(caught.value)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "does not know this key"),
        (402, "no credits"),
        (403, "may not write into"),
        (404, "no such project"),
        (405, "not Roboflow’s API"),
        (307, "does not follow with your key"),
    ],
)
def test_what_is_refused_for_all_stops_at_once(
    server: RoboflowServer, status: int, words: str
) -> None:
    where = {"location": f"{server.address}/elsewhere"}
    server.script = [(status, where, json.dumps({"error": f"no {KEY}"}).encode())]
    with pytest.raises(Stopped, match=words) as caught:
        upload(connect(server))
    assert len(server.asked) == 1
    assert KEY not in show(caught.value)


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (400, {"message": "not an image"}, "could not read .* It says: “not an image.”"),
        (413, {}, "too large"),
        (422, {"error": "bad split"}, "did not accept.*bad split"),
        (418, {"error": {"message": "teapot"}}, r"did not take .*status 418.*teapot"),
        (200, {"hello": "there"}, "did not say that it took it"),
        (200, {"error": KEY}, "did not say that it took it"),
    ],
)
def test_what_is_refused_for_one_picture_says_so(
    server: RoboflowServer, status: int, body: dict[str, object], words: str
) -> None:
    server.script = [(status, {}, json.dumps(body).encode())]
    with pytest.raises(Declined, match=words) as caught:
        upload(connect(server))
    assert "straße 1.jpg" in caught.value.message
    assert KEY not in show(caught.value)


def test_a_wrong_key_and_project_are_refused_by_the_server_itself(server: RoboflowServer) -> None:
    with pytest.raises(Stopped, match="key") as caught:
        upload(connect(server, key=UNKNOWN))
    assert UNKNOWN not in show(caught.value)
    with pytest.raises(Stopped, match="no such project"):
        upload(connect(server, project="elsewhere"))


def test_an_answer_without_an_end_is_not_read_on(server: RoboflowServer) -> None:
    server.script = [(200, {}, b" " * 2_000_000)] * 2
    client = Roboflow(
        RoboflowSettings(api_key=Secret(KEY), address=server.address),
        "streets",
        retries=1,
        pause_seconds=0.01,
    )
    with pytest.raises(Stopped, match="could not be reached"):
        upload(client)


def test_a_stop_ends_the_waiting(server: RoboflowServer) -> None:
    stop = threading.Event()
    server.script = [(429, {"retry-after": "50"}, b"{}")] * 3
    threading.Timer(0.3, stop.set).start()
    with pytest.raises(Stopped, match="was stopped"):
        upload(connect(server, stop=stop))
    assert len(server.asked) == 1


def test_nothing_of_the_key_is_logged(
    server: RoboflowServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.script = [(503, {}, b"{}"), (0, {}, b"")]
    upload(connect(server))
    assert caplog.text
    assert KEY not in caplog.text


def test_the_mask_is_coco_with_every_pixel() -> None:
    class_ids = make_mask(7)
    said = json.loads(write_annotation("straße 1.jpg", class_ids, CLASS_MAP))
    assert said["images"] == [{"id": 1, "file_name": "straße 1.jpg", "width": 64, "height": 48}]
    # Names as they came; the background is no class there.
    assert [(one["id"], one["name"]) for one in said["categories"]] == [(1, " road"), (2, "tree")]
    assert [one["category_id"] for one in said["annotations"]] == [1, 2]
    for one in said["annotations"]:
        drawn = draw(one["segmentation"])
        np.testing.assert_array_equal(drawn, class_ids == one["category_id"])
        assert one["area"] == drawn.sum()
        rows, columns = np.nonzero(drawn)
        x, y, width, height = one["bbox"]
        assert (x, y) == (columns.min(), rows.min())
        assert (x + width - 1, y + height - 1) == (columns.max(), rows.max())
        assert (one["image_id"], one["iscrowd"]) == (1, 0)


def test_a_mask_of_background_alone_is_still_seen_to_be_coco() -> None:
    said = json.loads(write_annotation("a.jpg", np.zeros((4, 6), np.uint8), CLASS_MAP))
    (only,) = said["annotations"]
    assert only["image_id"] not in [image["id"] for image in said["images"]]
    # Ids that no name belongs to are no class of the project's either.
    unnamed = write_annotation("a.jpg", np.full((4, 6), 9, np.uint8), {**CLASS_MAP, 9: " "})
    assert [one["image_id"] for one in json.loads(unnamed)["annotations"]] == [only["image_id"]]


def show(error: ExportError) -> str:
    """All that could be shown or logged of an error, its causes with it."""
    return "".join(traceback.format_exception(error)) + error.message + error.detail

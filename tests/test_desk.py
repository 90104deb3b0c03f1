"""The wiring: who answers, what is kept, whose answer is whose; and testing a connection."""

from __future__ import annotations

import base64
import dataclasses
import io
import json
import subprocess
import sys
import zlib
from typing import Any

import numpy as np
import pytest
from PIL import Image

from components import desk
from components.diagnosis import Finding, try_connection
from components.errors import InferenceError
from components.model.image import SourceImage
from components.model.png import encode_gray
from components.settings import Secret, Settings
from components.store import Kept
from tests.pictures import make_answer, make_image, make_jpeg
from tests.replay import WIRE, Replay, replay, respond

pytestmark = pytest.mark.usefixtures("fresh_desk")


def connect(server: Replay, key: str = "", **options: Any) -> desk.Connection:
    settings = Settings(
        address=server.address, models=("my-data/3",), api_key=Secret(key), **options
    )
    return desk.open_desk().connect(settings)


def states(findings: tuple[Finding, ...]) -> dict[str, str]:
    return {finding.title: finding.state for finding in findings}


def test_nothing_set_gives_the_built_in_server_and_its_models() -> None:
    connection = desk.open_desk().connection
    assert connection.kind == "built-in"
    assert [choice.id for choice in connection.models] == ["demo-scene/1", "demo-object/1"]
    assert all("demonstration" in choice.about for choice in connection.models)
    view = desk.predict(connection, desk.load_sample("harbour"), "demo-scene/1", 50)
    areas = desk.measure_areas(view)
    assert sum(area.pixels for area in areas) == view.image.size_wh[0] * view.image.size_wh[1]
    assert areas[-1].info.is_background


def test_kinds_of_servers_are_told_apart_by_their_host() -> None:
    opened = desk.open_desk()
    for address, kind in [
        ("https://segment.roboflow.com", "hosted"),
        ("https://serverless.roboflow.com", "hosted"),
        ("https://roboflow.com.evil.example", "own"),
        ("http://localhost:9001", "own"),
    ]:
        assert opened.connect(Settings(address=address, models=("a/1",))).kind == kind


def test_a_question_is_asked_once_and_a_failure_is_not_kept() -> None:
    answer = respond("200 OK", make_answer())
    with replay(respond("400 No", b"{}"), answer) as server:
        connection = connect(server)
        image = make_image()
        with pytest.raises(InferenceError):
            desk.predict(connection, image, "my-data/3", 40)
        assert not desk.is_kept(connection, image, "my-data/3", 40)
        assert not desk.predict(connection, image, "my-data/3", 40).was_kept
        assert desk.is_kept(connection, image, "my-data/3", 40)
        assert desk.predict(connection, image, "my-data/3", 40).was_kept
        assert not desk.predict(connection, image, "my-data/3", 41).was_kept
        assert len(server.requests) == 3


def test_an_answer_had_with_one_key_is_not_given_for_another() -> None:
    with replay(respond("200 OK", make_answer())) as server:
        for key in ("one", "two"):
            view = desk.predict(connect(server, key), make_image(), "my-data/3", 40)
            assert not view.was_kept
        assert "one" not in repr(connect(server, "one"))
        assert len({connect(server, key).fingerprint for key in ("one", "two", "one")}) == 2


def test_a_picture_is_made_smaller_for_a_server_with_a_smaller_limit() -> None:
    noise = np.random.default_rng(3).integers(0, 256, (700, 900, 3), np.uint8)
    with replay(respond("200 OK", make_answer())) as server:
        connection = connect(server, max_request_bytes=150_000)
        buffer = io.BytesIO()
        Image.fromarray(noise).save(buffer, "JPEG", quality=95)
        ((_, kept),) = desk.add_files([("noise.jpg", buffer.getvalue())], connect(server))
        assert isinstance(kept, Kept)
        image = desk.load_picture(kept.key)
        assert image.size_wh == (900, 700)
        view = desk.predict(connection, image, "my-data/3", 40)
        assert view.image.size_wh[0] < 900
        assert view.image.original_size_wh == (900, 700)
        assert view.image.notes
        assert view.answer.sent_bytes <= 150_000


def test_a_mask_of_another_size_is_counted_over_the_picture() -> None:
    ids = np.array([[1, 1, 0]], np.uint8)
    with replay(respond("200 OK", make_answer(ids))) as server:
        view = desk.predict(connect(server), make_image((10, 4)), "my-data/3", 40)
    areas = {area.info.name: area.pixels for area in desk.measure_areas(view)}
    assert areas == {"object": 28, "background": 12}


def test_files_are_kept_one_by_one() -> None:
    with replay() as server:
        results = dict(
            desk.add_files([("a.jpg", make_jpeg()), ("b.jpg", b"text")], connect(server))
        )
    assert isinstance(results["a.jpg"], Kept)
    assert "b.jpg" in str(results["b.jpg"])


def test_a_server_as_it_should_be() -> None:
    findings = try_connection(desk.open_desk().connection, "demo-scene/1")
    assert set(states(findings).values()) == {"ok"}


def test_a_server_that_ignores_the_confidence() -> None:
    recorded = (WIRE / "legacy" / "conf_50.resp").read_bytes()
    with replay(recorded) as server:
        said = states(try_connection(connect(server), "my-data/3"))
        assert len(server.requests) == 2
    assert said["The server answers."] == "ok"
    assert said["The confidence slider changes nothing on the test picture."] == "note"
    assert said["The mask is smaller or larger than the picture."] == "note"


def test_a_flat_answer_without_confidences_or_background() -> None:
    low = make_answer(class_map={"0": "crack", "1": "rust"})
    high = make_answer(np.zeros((2, 2), np.uint8), class_map={"0": "crack", "1": "rust"})
    with replay(respond("200 OK", low), respond("200 OK", high)) as server:
        said = states(try_connection(connect(server), "my-data/3"))
    assert said["It does not say how sure it is of each pixel."] == "note"
    assert said["No class is called background."] == "note"
    assert said["The confidence slider works."] == "ok"


@pytest.mark.parametrize(
    ("response", "title", "state"),
    [
        (respond("401 No", b'{"message": "bad key"}'), "It refuses the request.", "bad"),
        (respond("503 Wait", b"{}"), "It is not ready.", "note"),
        (respond("200 OK", b"<html>"), "Its answer is not a mask.", "bad"),
        (None, "The server does not answer.", "bad"),
    ],
)
def test_what_does_not_work_is_said(response: bytes | None, title: str, state: str) -> None:
    with replay(response) as server:
        assert states(try_connection(connect(server), "my-data/3"))[title] == state


def test_a_mask_that_cannot_be_decoded_is_found_by_the_test() -> None:
    png = bytearray(encode_gray(np.zeros((2, 2), np.uint8)))
    at = png.index(b"IDAT")
    body = b"no zlib stream"
    chunk = len(body).to_bytes(4, "big") + b"IDAT" + body
    chunk += zlib.crc32(b"IDAT" + body).to_bytes(4, "big")
    broken = bytes(png[: at - 4]) + chunk + bytes(png[png.index(b"IEND") - 4 :])
    answer = json.loads(make_answer())
    answer["segmentation_mask"] = base64.b64encode(broken).decode()
    with replay(respond("200 OK", json.dumps(answer).encode())) as server:
        said = states(try_connection(connect(server), "my-data/3"))
    assert said["Its answer is not a mask."] == "bad"


def test_a_picture_by_address_is_not_shrunk_and_its_address_is_sent() -> None:
    image = dataclasses.replace(make_image(), url="https://x.example/1.jpg")
    with replay(respond("200 OK", make_answer())) as server:
        view = desk.predict(connect(server, max_request_bytes=2000), image, "my-data/3", 40)
    assert isinstance(view.image, SourceImage)
    assert view.image == image
    assert view.answer.sent_bytes == 0


def test_the_first_picture_waits_for_no_library_it_does_not_need() -> None:
    program = (
        "import sys, components.desk, components.ui.access, components.ui.answer\n"
        "late = {'sqlalchemy', 'psycopg', 'argon2', 'authlib', 'markdown_it'}\n"
        "print(sorted(late & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr

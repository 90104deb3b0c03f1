"""Masks on their way back to Roboflow: what would be sent, what is, and going on after a stop."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from components.errors import ExportError
from components.export.roboflow import Roboflow
from components.export.roboflow_ledger import Entry, Ledger, name_ledger, sign_mask
from components.export.roboflow_upload import (
    CHANGED,
    KEPT,
    NO_MASK,
    SENT,
    Manner,
    Sending,
    plan_upload,
    send,
)
from components.model.exhibit import Exhibit
from components.model.png import encode_gray
from components.settings import RoboflowSettings, Secret
from tests.export.exhibits import Bytes, Shelf, draw, make_exhibit, make_mask
from tests.export.roboflow_server import HANGS, KEY, RoboflowServer, serve_roboflow

MANNER = Manner(batch="Streets, from Mask Desk")
PATIENCE_SECONDS = 20


@pytest.fixture
def server() -> Iterator[RoboflowServer]:
    with serve_roboflow() as running:
        yield running


@pytest.fixture
def ledger_path(tmp_path: Path) -> Path:
    return tmp_path / "handed_back" / "one.jsonl"


class Upload:
    """An upload, and all it told on its way."""

    def __init__(self, server: RoboflowServer, path: Path) -> None:
        self.server, self.path = server, path
        self.told: list[Sending] = []
        self.stop = threading.Event()
        self.before_all: Callable[[], object] | None = None

    def run(
        self, listed: list[Exhibit], *, manner: Manner = MANNER, workers: int = 2, stop_at: int = 0
    ) -> Sending:
        def tell(sending: Sending) -> None:
            self.told.append(sending)
            if stop_at and sending.done >= stop_at:
                self.stop.set()

        settings = RoboflowSettings(api_key=Secret(KEY), address=self.server.address)
        client = Roboflow(settings, "streets", stop=self.stop, retries=1, pause_seconds=0.01)
        ledger = Ledger(self.path)
        if self.before_all is not None:
            self.before_all()
        return send(
            Shelf(listed), client, ledger, manner, stop=self.stop, tell=tell, workers=workers
        )


def test_a_dry_run_sends_nothing_and_says_what_would_be(
    server: RoboflowServer, ledger_path: Path
) -> None:
    listed = [make_exhibit(number) for number in (1, 2, 3, 4)] + [make_exhibit(5, has_answer=False)]
    ledger = Ledger(ledger_path)
    plan = plan_upload(listed, ledger)
    assert (plan.images, plan.masks, plan.left_out) == (4, 4, {NO_MASK: 1})
    assert plan.image_bytes == sum(one.image.size_bytes for one in listed[:4])
    assert plan.names == ("street 1.jpg", "street 2.jpg", "street 3.jpg", "street 4.jpg")
    assert not server.asked
    assert not ledger_path.exists()


def test_all_pictures_and_masks_arrive(server: RoboflowServer, ledger_path: Path) -> None:
    listed = [make_exhibit(number) for number in range(1, 8)]
    upload = Upload(server, ledger_path)
    sending = upload.run(listed)
    assert sending == Sending(total=7, images=7, masks=7)
    assert sorted(name for name, _ in server.images.values()) == [
        f"street {number}.jpg" for number in range(1, 8)
    ]
    for image_id, (name, _) in server.images.items():
        number = int(name.split()[1].split(".")[0])
        file_name, text = server.annotations[image_id]
        assert file_name == f"street {number}.coco.json"
        for one in json.loads(text)["annotations"]:
            np.testing.assert_array_equal(
                draw(one["segmentation"]), make_mask(number) == one["category_id"]
            )
    # Two that end at the same time may both be told of at once.
    done = [told.done for told in upload.told]
    assert (len(done), done[0], done[-1], done) == (8, 0, 7, sorted(done))
    assert {told.total for told in upload.told} == {7}


def test_a_stretched_and_cut_mask_is_sent_as_it_was_decided_on(
    server: RoboflowServer, ledger_path: Path
) -> None:
    source = Bytes()
    small = np.array([[1, 2], [2, 1]], np.uint8)
    exhibit = make_exhibit(1, class_ids=small, source=source, confidence=50)
    assert exhibit.answer is not None
    sure = np.array([[255, 127], [128, 0]], np.uint8)
    answer = replace(exhibit.answer, cut_to=0, confidence_sha256=source.keep(encode_gray(sure)))
    Upload(server, ledger_path).run([replace(exhibit, answer=answer)])
    ((_, text),) = server.annotations.values()
    drawn = {
        one["category_id"]: draw(one["segmentation"]) for one in json.loads(text)["annotations"]
    }
    assert drawn[1].shape == (48, 64)
    assert drawn[1][:24, :32].all()
    assert drawn[1].sum() == drawn[2].sum() == 24 * 32
    assert drawn[2][24:, :32].all()


def test_a_second_upload_goes_on(server: RoboflowServer, ledger_path: Path) -> None:
    listed = [make_exhibit(number) for number in range(1, 11)]
    first = Upload(server, ledger_path).run(listed, workers=1, stop_at=4)
    assert "was stopped" in first.stopped
    assert 4 <= first.masks < 10
    asked = len(server.asked)
    plan = plan_upload(listed, Ledger(ledger_path))
    assert (plan.masks, plan.left_out) == (10 - first.masks, {SENT: first.masks})
    second = Upload(server, ledger_path).run(listed)
    assert second == Sending(total=10 - first.masks, images=plan.images, masks=plan.masks)
    assert len(server.asked) - asked == plan.images + plan.masks
    assert len(server.annotations) == 10
    third = Upload(server, ledger_path).run(listed)
    assert (third.total, third.done) == (0, 0)


def test_a_picture_whose_mask_did_not_arrive_is_not_sent_again(
    server: RoboflowServer, ledger_path: Path
) -> None:
    server.script = [(200, {}, b'{"success": true, "id": "one"}'), (401, {}, b"{}")]
    broken = Upload(server, ledger_path).run([make_exhibit(1)])
    assert (broken.images, broken.masks) == (1, 0)
    assert "does not know this key" in broken.stopped
    plan = plan_upload([make_exhibit(1)], Ledger(ledger_path))
    assert (plan.images, plan.masks, plan.image_bytes) == (0, 1, 0)
    server.script = [(200, {}, b'{"success": true}')]
    assert Upload(server, ledger_path).run([make_exhibit(1)]) == Sending(total=1, masks=1)
    assert server.asked[-1].path == "/dataset/streets/annotate/one"


def test_what_is_there_already_counts_as_done(server: RoboflowServer, ledger_path: Path) -> None:
    listed = [make_exhibit(number) for number in (1, 2)]
    Upload(server, ledger_path).run(listed)
    # As on a machine that forgot its disk.
    ledger_path.unlink()
    again = Upload(server, ledger_path).run(listed)
    assert again == Sending(total=2, were_there=2, kept=2)
    assert not again.problems
    asked = len(server.asked)
    assert plan_upload(listed, Ledger(ledger_path)).left_out == {KEPT: 2}
    assert Upload(server, ledger_path).run(listed) == Sending(total=0)
    assert len(server.asked) == asked
    replacing = replace(MANNER, overwrite=True)
    assert Upload(server, ledger_path).run(listed, manner=replacing) == Sending(total=2, masks=2)
    assert plan_upload(listed, Ledger(ledger_path)).left_out == {SENT: 2}


def test_what_cannot_be_noted_ends_it_at_once(server: RoboflowServer, ledger_path: Path) -> None:
    upload = Upload(server, ledger_path)

    upload.before_all = lambda: ledger_path.parent.write_text("in the way")
    with pytest.raises(ExportError, match="cannot keep what it sent"):
        upload.run([make_exhibit(number) for number in range(1, 20)], workers=2)
    assert 1 <= len(server.images) <= 2
    assert not server.annotations
    assert len(server.asked) == len(server.images)


def test_a_stop_does_not_wait_for_an_answer_that_hangs(
    server: RoboflowServer, ledger_path: Path
) -> None:
    server.script = [(HANGS, {}, b"")] * 2
    upload, ended = Upload(server, ledger_path), []
    listed = [make_exhibit(number) for number in range(1, 9)]
    running = threading.Thread(target=lambda: ended.append(upload.run(listed)), daemon=True)
    running.start()
    until = time.monotonic() + PATIENCE_SECONDS
    while len(server.asked) < 2:
        assert time.monotonic() < until
        time.sleep(0.01)
    workers = [one for one in threading.enumerate() if one.name.startswith("roboflow")]
    assert workers
    assert all(one.daemon for one in workers)
    upload.stop.set()
    running.join(PATIENCE_SECONDS)
    assert not running.is_alive()
    assert "was stopped" in ended[0].stopped
    assert (ended[0].total, ended[0].done, len(server.asked)) == (8, 0, 2)


def test_another_mask_is_sent_where_replacing_is_chosen(
    server: RoboflowServer, ledger_path: Path
) -> None:
    Upload(server, ledger_path).run([make_exhibit(1)])
    changed = [make_exhibit(1, class_ids=make_mask(99))]
    assert plan_upload(changed, Ledger(ledger_path)).left_out == {CHANGED: 1}
    assert Upload(server, ledger_path).run(changed).total == 0
    plan = plan_upload(changed, Ledger(ledger_path), overwrite=True)
    assert (plan.images, plan.masks) == (0, 1)
    before = dict(server.annotations)
    replacing = replace(MANNER, overwrite=True)
    assert Upload(server, ledger_path).run(changed, manner=replacing).masks == 1
    assert server.annotations != before


def test_one_that_is_refused_does_not_keep_the_others(
    server: RoboflowServer, ledger_path: Path
) -> None:
    source = Bytes()
    lost = make_exhibit(3, source=source)
    source.held.clear()
    damaged = make_exhibit(4, source=(broken := Bytes()))
    assert damaged.answer is not None
    broken.held[damaged.answer.mask_sha256] = b"no PNG"
    server.script = [(422, {}, b'{"error": {"message": "no such split"}}')]
    listed = [make_exhibit(1), make_exhibit(2), lost, damaged]
    sending = Upload(server, ledger_path).run(listed, workers=1)
    assert (sending.total, sending.masks, sending.failed) == (4, 1, 3)
    assert not sending.stopped
    assert "no such split" in sending.problems[0]
    assert sending.problems[1] == "street 3.jpg: These bytes are lost."
    assert "street 4.jpg is damaged" in sending.problems[2]
    # A picture whose mask cannot be made is not left there alone.
    assert [name for name, _ in server.images.values()] == ["street 2.jpg"]


def test_the_first_refusal_for_all_ends_it(server: RoboflowServer, ledger_path: Path) -> None:
    server.projects = ()
    sending = Upload(server, ledger_path).run([make_exhibit(number) for number in range(1, 30)])
    assert "no such project" in sending.stopped
    assert len(server.asked) <= 4
    assert (sending.total, sending.done) == (29, 0)


def test_a_picture_that_is_twice_in_the_list_is_sent_once(
    server: RoboflowServer, ledger_path: Path
) -> None:
    listed = [make_exhibit(1), make_exhibit(1, name="copies/again.jpg")]
    sending = Upload(server, ledger_path).run(listed)
    assert (sending.images, sending.masks) == (1, 1)
    assert len(server.annotations) == 1


def test_a_folder_in_a_name_is_left_out(server: RoboflowServer, ledger_path: Path) -> None:
    Upload(server, ledger_path).run([make_exhibit(1, name="2026/a\\b.c.jpg")])
    ((name, _),) = server.images.values()
    ((file_name, _),) = server.annotations.values()
    assert (name, file_name) == ("b.c.jpg", "b.c.coco.json")


def test_a_name_without_a_suffix_gets_one(server: RoboflowServer, ledger_path: Path) -> None:
    Upload(server, ledger_path).run([make_exhibit(1, name="Harbour at dusk")])
    ((name, _),) = server.images.values()
    ((file_name, text),) = server.annotations.values()
    assert (name, file_name) == ("Harbour at dusk.jpg", "Harbour at dusk.coco.json")
    assert json.loads(text)["images"][0]["file_name"] == name


def test_a_ledger_is_read_again_whatever_broke_off(tmp_path: Path) -> None:
    path = tmp_path / "a" / "ledger.jsonl"
    ledger = Ledger(path)
    ledger.note(Entry("s" * 64, "one"))
    ledger.note(Entry("s" * 64, "one", sign_mask("m" * 64, 40)))
    with path.open("a") as file:
        file.write('{"image_sha256": "t')
    again = Ledger(path)
    assert again.find("s" * 64) == Entry("s" * 64, "one", "m" * 64 + "@40")
    assert again.find("t" * 64) is None
    again.note(Entry("u" * 64, "two"))
    assert Ledger(path).find("u" * 64) == Entry("u" * 64, "two")
    assert KEY not in path.read_text()
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(ExportError, match="cannot read what it sent"):
        Ledger(path)
    unwritable = Ledger(tmp_path / "file" / "ledger.jsonl")
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ExportError, match="cannot keep what it sent"):
        unwritable.note(Entry("s", "one"))


def test_each_project_has_a_ledger_of_its_own() -> None:
    names = {name_ledger(at, project) for at in ("https://a", "https://b") for project in "ab"}
    assert len(names) == 4

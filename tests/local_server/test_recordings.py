"""What real servers were sent is sent to ours, byte for byte but for the model's name."""

from __future__ import annotations

from pathlib import Path

import pytest

from components.local_server import LocalServer
from tests.local_server.http import exchange, parse

WIRE = Path(__file__).parents[1] / "wire"
REQUESTS = sorted([*(WIRE / "new").glob("*.req"), *(WIRE / "legacy").glob("*.req")])

# Words that tell what kind of refusal a message is, ours or theirs.
KINDS = {
    "b64_form_plus_as_space": ("base64", "malformed"),
    "garbage_text": ("base64", "malformed"),
    "missing_body": ("empty", "image payload"),
    "b64_no_content_type": ("content-type", "header"),
    "raw_jpeg_octet": ("raw bytes", "base64", "encode the image"),
    "multipart_wrong_field": ("part", "named 'file'", "multipart"),
    "unknown_model": ("not found", "model"),
    "unknown_model_no_key": ("not found", "model"),
}


@pytest.mark.parametrize("path", REQUESTS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_same_status_envelope_and_kind_as_the_recording(server: LocalServer, path: Path) -> None:
    request = path.read_bytes().replace(b"/colour-seg/1", b"/demo-scene/1")
    recorded = parse(path.with_suffix(".resp").read_bytes())
    if path.stem.startswith("unknown_model"):
        # The recorded server could not reach its platform; this is the platform's word passed on.
        recorded = parse((WIRE / "hosted-errors" / "unknown_key_GOOD.resp").read_bytes())
    reply = exchange(server.address, request)
    assert reply.status == recorded.status
    assert reply.headers["content-type"] == recorded.headers["content-type"] == "application/json"
    if recorded.status == 200:
        flat = {**recorded.json, **recorded.json["predictions"]}
        missing = flat.keys() - reply.json.keys() - {"predictions", "resolved_model"}
        assert not missing
        assert reply.json["image"] == recorded.json["image"]
        assert reply.pixels().shape == (64, 64)
        return
    assert reply.json.keys() == recorded.json.keys()
    for word in KINDS.get(path.stem, ()):
        assert word in recorded.json["message"].lower()
        assert word in reply.json["message"].lower()


def test_every_recorded_refusal_is_compared() -> None:
    refused = {p.stem for p in REQUESTS if parse(p.with_suffix(".resp").read_bytes()).status >= 400}
    assert refused == KINDS.keys() | {"conf_abc"}


def test_a_bad_confidence_is_described_like_the_recorded_one(server: LocalServer) -> None:
    path = WIRE / "new" / "conf_abc.req"
    request = path.read_bytes().replace(b"/colour-seg/1", b"/demo-scene/1")
    ours = exchange(server.address, request).json["detail"]
    theirs = parse(path.with_suffix(".resp").read_bytes()).json["detail"]
    assert len(ours) == len(theirs) == 2
    for our, their in zip(ours, theirs, strict=True):
        assert our.keys() == their.keys()
        assert [our[k] for k in ("type", "loc", "input")] == [
            their[k] for k in ("type", "loc", "input")
        ]


def test_a_refusal_never_repeats_the_key(server: LocalServer) -> None:
    for path in REQUESTS:
        request = path.read_bytes().replace(b"api_key=KEY", b"api_key=sEcReT123")
        assert b"sEcReT123" not in exchange(server.address, request).body

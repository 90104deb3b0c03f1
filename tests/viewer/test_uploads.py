"""What travels in packs comes out as it went in; what is no whole pack stays a file."""

from __future__ import annotations

import io
import json
import struct

import pytest

from components.viewer.uploads import unpack


def make_pack(files: list[tuple[str, bytes]], *, more: int = 0) -> bytes:
    listed = [[name, len(data) + more] for name, data in files]
    header = json.dumps({"total": len(files), "files": listed}).encode()
    body = b"".join(data for _, data in files)
    return b"MDPACK1\n" + struct.pack("<I", len(header)) + header + body


def test_files_come_out_with_their_names_and_bytes() -> None:
    pack = make_pack([("a/one.jpg", b"one"), ("a/empty.txt", b""), ("a/ü.jpg", b"three")])
    sent = unpack([("1-2.mdpack", io.BytesIO(pack)), ("large.zip", io.BytesIO(b"PK"))])
    assert [(one.name, one.open().read()) for one in sent] == [
        ("a/one.jpg", b"one"),
        ("a/empty.txt", b""),
        ("a/ü.jpg", b"three"),
        ("large.zip", b"PK"),
    ]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"MDPACK1\n",
        b"MDPACK1\n\xff\xff\xff\xff{}",
        b"MDPACK1\n" + struct.pack("<I", 4) + b"null",
        make_pack([("a", b"one")])[:-1],
        make_pack([("a", b"one"), ("b", b"two")], more=-4),
        make_pack([("a", b"one")], more=1),
    ],
)
def test_what_is_no_whole_pack_is_a_file_as_it_came(data: bytes) -> None:
    (sent,) = unpack([("1-2.mdpack", io.BytesIO(data))])
    assert (sent.name, sent.open().read()) == ("1-2.mdpack", data)

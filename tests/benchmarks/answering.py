"""A segmentation server in its own process that takes 200 ms for an answer of 100 KB.

python -m tests.benchmarks.answering SECONDS BYTES
"""

from __future__ import annotations

import asyncio
import base64
import json
import struct
import subprocess
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Final

from components.model.png import encode_gray
from tests.benchmarks.material import CLASS_NAMES, make_class_ids

SECONDS: Final = 0.2
BYTES: Final = 100_000
MASK_WH: Final = (1024, 768)
MODEL: Final = "some-model/1"

_END_BYTES: Final = 12  # of a PNG: the chunk IEND


@contextmanager
def answer_slowly(seconds: float = SECONDS, size: int = BYTES) -> Iterator[str]:
    """The address of a server for as long as the block runs."""
    command = [sys.executable, "-m", "tests.benchmarks.answering", str(seconds), str(size)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        try:
            yield child.stdout.readline().strip()
        finally:
            child.kill()


class _Answers:
    """Bodies of one size, no two alike: the same mask with another remark in it."""

    def __init__(self, size: int) -> None:
        whole = encode_gray(make_class_ids(MASK_WH))
        self._start, self._end = whole[:-_END_BYTES], whole[-_END_BYTES:]
        self._numbers = count()
        self._frame = json.dumps(
            {
                "segmentation_mask": "@",
                "class_map": {str(at): name for at, name in enumerate(CLASS_NAMES)},
                "image": {"width": MASK_WH[0], "height": MASK_WH[1]},
            }
        ).encode()
        short = len(self._frame) - 1 + len(base64.b64encode(self._make_png(0)))
        if short > size:
            raise SystemExit(f"The mask alone makes {short} bytes.")
        self._padding = (size - short) * 3 // 4

    def make(self) -> bytes:
        """The next one."""
        mask = base64.b64encode(self._make_png(self._padding))
        return self._frame.replace(b"@", mask)

    def _make_png(self, padding: int) -> bytes:
        # A chunk of text (PNG specification, 11.3.3.3), which decoders pass over.
        text = b"tEXtComment\0" + f"{next(self._numbers):09}".encode() + b"." * padding
        chunk = struct.pack(">I", len(text) - 4) + text + struct.pack(">I", zlib.crc32(text))
        return self._start + chunk + self._end


async def _serve(seconds: float, size: int) -> None:
    answers = _Answers(size)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = next(
                    int(line.partition(b":")[2])
                    for line in head.split(b"\r\n")
                    if line.lower().startswith(b"content-length:")
                )
                while length:
                    length -= len(await reader.read(min(length, 1 << 18)))
                await asyncio.sleep(seconds)
                body = answers.make()
                writer.write(
                    b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
                    b"content-length: %d\r\n\r\n" % len(body)
                )
                writer.write(body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, limit=1 << 18, backlog=200)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(float(sys.argv[1]), int(sys.argv[2])))

"""A segmentation server that fails in every way a server can, by a script or by chance.

Its answers tell which picture they are about: the bits of the picture's sha256 are the mask. So an
answer that is kept for another picture is noticed.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final
from typing import Literal as L

import numpy as np

from components.model.png import decode_gray, encode_gray

Mood = L[
    "fine",
    "stretched",  # the mask has another size, which is allowed
    "stray",  # fine, and right after it a second answer that nobody asked for
    "late stray",  # the same once the connection is idle
    "429",
    "429 after",  # with Retry-After
    "500",
    "502",
    "503",
    "503 after",
    "504",
    "400",
    "401",
    "402",
    "403",
    "404",
    "408",
    "413",
    "423",
    "reset",  # before the answer
    "cut",  # in the middle of its body
    "hang",
    "drip",  # a byte now and then, for ever
    "noise",  # no HTTP at all
    "garbage",  # 200, and no JSON
    "truncated",  # JSON that ends too early
    "no png",
    "boxes",  # of a model that finds no areas
]

FAULTS: Final[tuple[Mood, ...]] = (
    "429",
    "500",
    "502",
    "503",
    "504",
    "reset",
    "cut",
    "hang",
    "drip",
    "noise",
    "garbage",
    "truncated",
    "no png",
)
"""What passes by itself, and gives no usable answer."""
WAITS: Final[tuple[Mood, ...]] = ("429 after", "503 after")
"""The same, a fifth as often in a mixture, since everybody waits then."""

CLASS_MAP: Final = {"0": " background", "1": " object"}
RETRY_AFTER_SECONDS: Final = 1

_STATUS: Final[Mapping[str, tuple[str, str]]] = {
    "429": ("429 Too Many Requests", "too many requests"),
    "500": ("500 Internal Server Error", "internal error"),
    "502": ("502 Bad Gateway", "bad gateway"),
    "503": ("503 Service Unavailable", "model is temporarily not ready"),
    "504": ("504 Gateway Timeout", "timed out"),
    "400": ("400 Bad Request", "cannot read the image"),
    "401": ("401 Unauthorized", "unknown key"),
    "402": ("402 Payment Required", "no credits left"),
    "403": ("403 Forbidden", "not your model"),
    "404": ("404 Not Found", "no such model"),
    "408": ("408 Request Timeout", "too slow"),
    "413": ("413 Content Too Large", "too large"),
    "423": ("423 Locked", "the model is paused"),
}
_NOBODY: Final = hashlib.sha256(b"a picture that nobody sent").hexdigest()


class Moody:
    """A server on loopback; safe to look at and to change from any thread.

    Attributes:
        address: "http://127.0.0.1:PORT".
        calls: whole requests by the sha256 of the picture.
        given: how often each mood was met.
        times: when each request was there, in seconds of `time.monotonic`.
        answered: usable answers by the sha256 of the picture.
        now: requests that are being answered.
        together: most requests at once so far.
        tell: the mood of a request, by its number, counted from 0, and the picture's sha256.
        seconds: that each answer takes.
    """

    def __init__(self, tell: Callable[[int, str], Mood], seconds: float) -> None:
        self.address = ""
        self.calls: Counter[str] = Counter()
        self.given: Counter[Mood] = Counter()
        self.times: list[float] = []
        self.answered: Counter[str] = Counter()
        self.now = 0
        self.together = 0
        self.tell = tell
        self.seconds = seconds
        self._number = 0
        self._port = 0
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    @property
    def total(self) -> int:
        """Requests so far."""
        return sum(self.calls.values())

    @property
    def faults(self) -> int:
        """Requests so far that were given no usable answer."""
        return self.total - sum(self.answered.values())

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()
        self.come_back()

    def stop(self) -> None:
        """End for good."""
        self.go_away()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def go_away(self) -> None:
        """Close the socket and break all connections; what comes is refused by the system."""
        asyncio.run_coroutine_threadsafe(self._go_away(), self._loop).result(10)

    def come_back(self) -> None:
        """Listen again, on the same port."""
        asyncio.run_coroutine_threadsafe(self._come_back(), self._loop).result(10)

    async def _go_away(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in list(self._open):
            writer.transport.abort()
        tasks = [one for one in asyncio.all_tasks() if one is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _come_back(self) -> None:
        self._server = await asyncio.start_server(
            self._serve, "127.0.0.1", self._port, limit=1 << 20, backlog=200
        )
        self._port = self._server.sockets[0].getsockname()[1]
        self.address = f"http://127.0.0.1:{self._port}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            while (body := await _read_body(reader)) is not None:
                self.now += 1
                self.together = max(self.together, self.now)
                try:
                    is_over = await self._answer(body, writer)
                finally:
                    self.now -= 1
                if is_over:
                    return
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            return
        finally:
            self._open.discard(writer)
            writer.transport.abort()

    async def _answer(self, body: bytes, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; whether the connection ends with it."""
        sha256 = hashlib.sha256(base64.b64decode(body)).hexdigest()
        number, self._number = self._number, self._number + 1
        self.calls[sha256] += 1
        self.times.append(time.monotonic())
        mood = self.tell(number, sha256)
        self.given[mood] += 1
        if self.seconds:
            await asyncio.sleep(self.seconds)
        good = make_answer(sha256, is_wide=mood == "stretched")
        if mood in ("fine", "stretched", "stray", "late stray"):
            self.answered[sha256] += 1
            writer.write(respond("200 OK", good))
            if mood == "stray":
                # In the same packet, or in one of its own.
                if number % 2:
                    await writer.drain()
                writer.write(respond("200 OK", make_answer(_NOBODY)))
            elif mood == "late stray":
                await writer.drain()
                await asyncio.sleep(0.1)
                writer.write(respond(_STATUS["408"][0], b"{}"))
                return True
            await writer.drain()
            return False
        if mood == "reset":
            writer.transport.abort()
            return True
        if mood == "hang":
            await asyncio.sleep(3600)
        if mood == "drip":
            for byte in respond("200 OK", good):
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(0.05)
            return False
        if mood == "cut":
            whole = respond("200 OK", good)
            writer.write(whole[: len(whole) - len(good) // 2])
            await writer.drain()
            await asyncio.sleep(0.01)
            return True
        if mood == "noise":
            writer.write(random.Random(number).randbytes(300) + b"\r\n\r\n")
            await writer.drain()
            await asyncio.sleep(0.01)
            return True
        writer.write(_refuse(mood, good, number))
        await writer.drain()
        return False


def respond(status: str, body: bytes, **headers: str) -> bytes:
    """A whole HTTP response on a connection that stays open."""
    lines = [f"HTTP/1.1 {status}", f"content-length: {len(body)}", "content-type: application/json"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def make_answer(sha256: str, *, is_wide: bool = False) -> bytes:
    """The answer about the picture of this sha256: 256 pixels of class 0 or 1."""
    bits = np.unpackbits(np.frombuffer(bytes.fromhex(sha256), np.uint8))
    class_ids = bits.reshape((8, 32) if is_wide else (16, 16))
    answer = {
        "segmentation_mask": base64.b64encode(encode_gray(class_ids)).decode(),
        "class_map": CLASS_MAP,
        "image": {"width": class_ids.shape[1], "height": class_ids.shape[0]},
    }
    return json.dumps(answer).encode()


def read_subject(mask_png: bytes) -> str:
    """The sha256 of the picture that a stored mask is about."""
    return np.packbits(decode_gray(mask_png, what="mask").ravel()).tobytes().hex()


def mix(rate: float, seed: int) -> Callable[[int, str], Mood]:
    """Moods by chance: so many of all requests meet a fault; some others are fine and odd."""
    draw = random.Random(seed)
    kinds: tuple[Mood, ...] = ("stretched", "stray", "fine")
    faults = FAULTS * 5 + WAITS

    def tell(_number: int, _sha256: str) -> Mood:
        if draw.random() < rate:
            return draw.choice(faults)
        return draw.choices(kinds, (0.1, 0.05, 0.85))[0]

    return tell


@contextmanager
def open_moody(
    tell: Callable[[int, str], Mood] | Mood = "fine", *, seconds: float = 0.0
) -> Iterator[Moody]:
    """A server for as long as the block runs; a mood alone is met by all."""
    server = Moody(always(tell) if isinstance(tell, str) else tell, seconds)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def always(mood: Mood) -> Callable[[int, str], Mood]:
    """The same for everybody."""
    return lambda _number, _sha256: mood


def _refuse(mood: Mood, good: bytes, number: int) -> bytes:
    name, _, has_wait = mood.partition(" ")
    if name in _STATUS:
        status, words = _STATUS[name]
        wait = {"retry_after": str(RETRY_AFTER_SECONDS)} if has_wait == "after" else {}
        return respond(status, json.dumps({"message": words}).encode(), **wait)
    if mood == "garbage":
        return respond("200 OK", random.Random(number).randbytes(500))
    if mood == "truncated":
        return respond("200 OK", good[: len(good) * 2 // 3])
    answer = json.loads(good)
    if mood == "no png":
        answer["segmentation_mask"] = base64.b64encode(b"GIF89a and no more").decode()
    else:
        answer = {"predictions": [{"x": 1, "y": 2, "width": 3, "height": 4, "class": "cat"}]}
    return respond("200 OK", json.dumps(answer).encode())


async def _read_body(reader: asyncio.StreamReader) -> bytes | None:
    """The body of the next request; None where no more comes."""
    with contextlib.suppress(asyncio.IncompleteReadError):
        head = await reader.readexactly(1)
        if head != b"P":  # of POST; TLS, for one, is refused at once
            return None
        head += await reader.readuntil(b"\r\n\r\n")
        length = 0
        for line in head.split(b"\r\n")[1:]:
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        return await reader.readexactly(length)
    return None

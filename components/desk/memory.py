"""How this process keeps and gives back memory."""

from __future__ import annotations

import ctypes
import sys

# Names and numbers of glibc's malloc.h; see mallopt(3).
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8
_LARGE_BYTES = 1 << 20


def bound_memory() -> None:
    """Have the C library give large blocks back to the system as soon as they are freed.

    By itself glibc keeps a heap for each thread, up to eight a core, and stops returning blocks of
    up to 32 MB once one was freed. Every run of a page is a new thread that holds pictures for a
    moment, so a desk used by three people kept three times what it needs. Does nothing where the
    C library is another one.
    """
    if not sys.platform.startswith("linux"):
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return
    mallopt(_M_ARENA_MAX, 2)
    mallopt(_M_MMAP_THRESHOLD, _LARGE_BYTES)
    mallopt(_M_TRIM_THRESHOLD, _LARGE_BYTES)

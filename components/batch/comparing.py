"""Comparisons counted in the background, picture by picture, whoever looks or does not."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from components.batch.patience import keep_at_it
from components.batch.yielding import give_way
from components.errors import DeskError, InferenceError, StoreError, StoreUnavailable
from components.model.clock import read_clock
from components.model.comparison import (
    Comparison,
    ItemChange,
    ShownMask,
    Side,
    count_changes,
    count_errors,
)
from components.model.comparison_summary import Summary, summarise
from components.model.png import decode_gray
from components.model.prediction import Prediction

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from components.store.comparison_sides import Pending
    from components.store.database import Database
    from components.store.loading import StoredAnswer

T = TypeVar("T")

LOG = logging.getLogger("mask_desk")

_PAGE: Final = 50
_KEPT_SECONDS: Final = 1.0


class Comparer:
    """Works on comparisons, one after the other, in a thread of its own."""

    def __init__(self, open_database: Callable[[], Database], *, gives_way: bool = True) -> None:
        """Begin; nothing happens before `take`.

        Args:
            open_database: gives the database.
            gives_way: whether there are pages to be answered beside it.
        """
        self._open_database = open_database
        self._gives_way = gives_way
        self._waiting: list[str] = []
        self._troubles: dict[str, str] = {}
        self._lock = threading.Lock()
        self._is_stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def take(self, comparison_id: str) -> None:
        """Count what is to be counted of a comparison, once more where that goes on already."""
        with self._lock:
            if self._is_stopped.is_set() or comparison_id in self._waiting:
                return
            self._waiting.append(comparison_id)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="comparing", daemon=True)
                self._thread.start()

    def find_trouble(self, comparison_id: str) -> str:
        """Why it does not get on just now, in plain words; "" where it does."""
        return self._troubles.get(comparison_id, "")

    def stop(self, seconds: float = 10.0) -> None:
        """End after the picture that is being counted."""
        self._is_stopped.set()
        thread = self._thread
        if thread is not None:
            thread.join(seconds)

    def _work(self) -> None:
        if self._gives_way:
            give_way()
        while True:
            with self._lock:
                if not self._waiting or self._is_stopped.is_set():
                    self._thread = None
                    return
                comparison_id = self._waiting.pop(0)
            try:
                self._count_all(comparison_id)
            except DeskError as error:
                LOG.warning("A comparison stopped: %s", error.detail or error.message)
                self._note_problem(comparison_id, error.message)
            except Exception:  # whoever waits for it would wait for ever, without a word
                LOG.exception("A comparison failed")
                self._note_problem(
                    comparison_id,
                    "The desk itself failed while it compared; its log says more. Reload the page "
                    "to try once more.",
                )
            finally:
                self._troubles.pop(comparison_id, None)

    def _count_all(self, comparison_id: str) -> None:
        # What needs the database is imported once there is something to be done: see `store`.
        from components.store import comparison_sides, comparisons

        database = self._open_database()
        comparison = comparisons.find_comparison(database, comparison_id)
        after = 0
        while not self._is_stopped.is_set():
            take = partial(
                comparison_sides.take_pending, database, comparison_id, after=after, limit=_PAGE
            )
            page = self._keep_at_it(comparison_id, take)
            if not page:
                break
            if comparison.state == "done" and not after:
                # Whoever looks is to be told that it is being counted anew.
                self._keep_at_it(
                    comparison_id,
                    partial(comparisons.note_state, database, comparison_id, is_done=False, now=0),
                )
            self._count_page(database, comparison, page)
            after = page[-1].position
        if comparison.state == "done" and not after:
            return  # nothing came since it was counted last
        if not self._is_stopped.is_set():
            # Here nobody waits for it; the first who looks would.
            self._keep_at_it(comparison_id, partial(sum_up, database, comparison_id))
            self._keep_at_it(
                comparison_id,
                lambda: comparisons.note_state(
                    database, comparison_id, is_done=True, now=read_clock()
                ),
            )

    def _count_page(
        self, database: Database, comparison: Comparison, page: Collection[Pending]
    ) -> None:
        from components.store import comparisons

        found: list[tuple[Pending, ItemChange | str]] = []
        kept = time.monotonic()

        def keep() -> None:
            if found:
                comparisons.keep_changes(database, comparison.id, found)
                found.clear()

        for pending in page:
            if self._is_stopped.is_set():
                break
            found.append((pending, self._count(database, comparison, pending)))
            if time.monotonic() - kept >= _KEPT_SECONDS:
                self._keep_at_it(comparison.id, keep)
                kept = time.monotonic()
        self._keep_at_it(comparison.id, keep)

    def _count(
        self, database: Database, comparison: Comparison, pending: Pending
    ) -> ItemChange | str:
        try:
            return self._keep_at_it(
                comparison.id, lambda: compare_item(database, comparison, pending)
            )
        except StoreUnavailable:
            raise
        except (StoreError, InferenceError) as error:
            return error.message

    def _keep_at_it(self, comparison_id: str, do: Callable[[], T]) -> T:
        def tell(trouble: str) -> None:
            self._troubles[comparison_id] = trouble

        return keep_at_it(do, tell, stopped=self._is_stopped)

    def _note_problem(self, comparison_id: str, problem: str) -> None:
        from components.store import comparisons

        try:
            comparisons.note_state(
                self._open_database(), comparison_id, is_done=False, now=0, problem=problem
            )
        except DeskError as error:
            LOG.warning("What went wrong cannot be kept: %s", error.detail or error.message)


def sum_up(database: Database, comparison_id: str) -> Summary:
    """A comparison over all its pictures counted so far, written down for whoever looks next.

    Raises:
        StoreUnavailable: the database cannot be asked now.
    """
    from components.store import comparison_lists, comparison_totals

    stamp = comparison_totals.stamp_rows(database, comparison_id)
    changes, failed = comparison_lists.load_changes(database, comparison_id)
    summary = summarise(changes, failed=failed)
    with suppress(StoreUnavailable):  # it is summed up once more then
        comparison_totals.keep_summary(database, comparison_id, summary, stamp)
    return summary


def compare_item(database: Database, comparison: Comparison, pending: Pending) -> ItemChange:
    """What changed in one picture, and how both sides do against its truth mask, if it has one.

    Raises:
        Conflict: an answer is not on this desk any more.
        MalformedAnswer: a mask of an answer cannot be decoded.
        StoreError: a mask of an answer is lost.
        StoreUnavailable: the database cannot be asked now.
    """
    from components.store import items

    size_wh = pending.size_wh
    first = items.load_answer(database, pending.a_answer_id)
    a = show_side(first, comparison.a)
    if pending.b_answer_id == pending.a_answer_id:
        b = _show(first, a, comparison.b)
    else:
        b = show_side(items.load_answer(database, pending.b_answer_id), comparison.b)
    pairs = count_changes(a, b, size_wh)
    pixels = size_wh[0] * size_wh[1]
    truth_a = truth_b = None
    truth = _load_truth(database, pending.truth_sha256) if pending.truth_sha256 else None
    if truth is not None:
        # Where it came without names, its ids are those of the model that was asked first.
        names = pending.truth_map or a.class_map
        truth_a = count_errors(truth, names, a, size_wh)
        truth_b = count_errors(truth, names, b, size_wh)
    changed = sum(pair.pixels for pair in pairs) / pixels
    is_unread = truth is None and bool(pending.truth_sha256)
    return ItemChange(pending.item_id, pixels, changed, pairs, truth_a, truth_b, is_unread)


def _load_truth(database: Database, sha256: str) -> NDArray[np.uint8] | None:
    """A truth mask; None where it is lost or damaged: A against B needs none."""
    from components.store import comparisons

    try:
        return decode_gray(comparisons.load_truth(database, sha256), what="truth mask")
    except StoreUnavailable:
        raise
    except (StoreError, InferenceError) as error:
        LOG.warning("A truth mask cannot be read: %s", error.detail or error.message)
        return None


def show_side(stored: StoredAnswer, side: Side) -> ShownMask:
    """A stored answer as one side shows it, decoded.

    Raises:
        MalformedAnswer: a mask cannot be decoded.
    """
    prediction: Prediction = stored.answer.prediction
    class_ids = decode_gray(prediction.mask_png, what="mask")
    if stored.cut_to is None or prediction.confidence_png is None:
        return ShownMask(class_ids, prediction.class_map)
    confidence_map = decode_gray(prediction.confidence_png, what="confidence mask")
    return ShownMask(
        class_ids, prediction.class_map, confidence_map, side.confidence, stored.cut_to
    )


def _show(stored: StoredAnswer, shown: ShownMask, side: Side) -> ShownMask:
    """The same answer at another confidence, without decoding it once more."""
    return ShownMask(
        shown.class_ids, shown.class_map, shown.confidence_map, side.confidence, stored.cut_to
    )

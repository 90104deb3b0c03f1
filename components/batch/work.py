"""Working off one run: hands its pictures to workers, keeps what they bring, stops when told."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final, ParamSpec, TypeVar

from components import store
from components.batch.asking import Asker, Question
from components.batch.judgement import Judgement, draw_delay, judge
from components.batch.outage import GIVING_UP_SECONDS, Outage
from components.batch.pace import LONGEST_HOLD_SECONDS, Pace
from components.batch.patience import keep_at_it
from components.batch.server import Server
from components.batch.yielding import give_way
from components.errors import (
    Conflict,
    DeskError,
    InferenceError,
    Refused,
    SettingsError,
    StoreError,
    StoreUnavailable,
)
from components.model.clock import read_clock
from components.model.run import Run, Task
from components.store.database import Database
from components.store.finishing import Found

P = ParamSpec("P")
T = TypeVar("T")

LOG = logging.getLogger("mask_desk")

LEASE_SECONDS: Final = 20.0
"""What a worker that died had claimed is asked about by another one after this."""
ALL_REFUSED: Final = 20
"""So many refusals one after the other mean that the server refuses everything."""

_LOOK_SECONDS: Final = 1.0
_RENEW_SECONDS: Final = LEASE_SECONDS / 4


class Work:
    """One desk's part in a run."""

    def __init__(
        self,
        db: Database,
        run: Run,
        server: Server,
        worker: str,
        *,
        giving_up_seconds: float = GIVING_UP_SECONDS,
        gives_way: bool = True,
    ) -> None:
        """Begin; nothing happens before `go`.

        Args:
            db: where the run is.
            run: that is running.
            server: it is asked of.
            worker: who works; no two processes have the same name.
            giving_up_seconds: the run is paused once the server was away for so long.
            gives_way: whether there are pages to be answered beside it.
        """
        self.run: Final = run
        self.trouble = ""
        """Why nothing can be kept just now, in plain words; "" where it can."""
        self._db = db
        self._worker = worker
        self._gives_way = gives_way
        self._asker = Asker(db, run, server)
        self._pace = Pace(run.workers)
        self._outage = Outage(giving_up_seconds)
        self._tasks: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
        self._held: set[int] = set()  # handed out and not ended
        self._lock = threading.Lock()
        self._is_wanted = threading.Event()
        self._is_closing = threading.Event()
        self._counting = threading.Lock()
        self._refused = 0
        self._last_problem = ""
        self._may_have_more = False
        self._troubled_at = float("-inf")

    def go(self, is_stopped: Callable[[], bool]) -> None:
        """Work until the run is over, paused or cancelled, or `is_stopped` says so.

        What is being asked when it ends is waited for and kept.
        """
        threads = [
            threading.Thread(target=self._serve, name=f"run worker {at}", daemon=True)
            for at in range(self.run.workers)
        ]
        for thread in threads:
            thread.start()
        try:
            self._hand_out(is_stopped)
        finally:
            self._is_closing.set()
            self._pace.release()
            for _ in threads:
                self._tasks.put(None)
            while any(thread.is_alive() for thread in threads):
                self._keep_at_it(self._renew)
                for thread in threads:
                    thread.join(_RENEW_SECONDS / len(threads))

    def _hand_out(self, is_stopped: Callable[[], bool]) -> None:
        looked = renewed = time.monotonic()
        idle = 0.05
        while not is_stopped() and not self._is_closing.is_set():
            now = time.monotonic()
            try:
                if now - looked >= _LOOK_SECONDS:
                    looked = now
                    if store.runs.find_run(self._db, self.run.id).state != "running":
                        return
                if now - renewed >= _RENEW_SECONDS:
                    self._renew()
                    renewed = now
                if self._outage.is_hopeless:
                    self._pause(
                        "The model server has given no answer for a quarter of an hour. Check it, "
                        f"then go on. The last problem was: {self._last_problem}"
                    )
                    return
                taken = self._take()
                if not taken and not self._held and self._end():
                    return
                if taken is not None:
                    self.trouble = ""
            except StoreUnavailable as error:
                self.trouble = error.message
                self._may_have_more = True
                self._troubled_at = time.monotonic()
                renewed = float("-inf")  # claims ran out meanwhile, and nobody else is to take them
                time.sleep(_LOOK_SECONDS)
                continue
            idle = 0.05 if taken else min(idle * 2, _LOOK_SECONDS / 2)
            self._is_wanted.wait(idle)
            self._is_wanted.clear()

    def _take(self) -> int | None:
        """How many pictures were claimed; None where enough are in hand to look for none."""
        room = self._pace.room
        if len(self._held) >= room + max(2, room // 2):
            return None
        now = self._db.read_clock()
        # Whoever else could not reach the database either renews claims first.
        is_settled = time.monotonic() - self._troubled_at >= _RENEW_SECONDS
        with self._lock:
            held = set(self._held)
        taken = store.tasks.take_tasks(
            self._db,
            self.run.id,
            self._worker,
            2 * room - len(held),
            now=now,
            until=now + int(LEASE_SECONDS * 1000),
            expired=now if is_settled else 0,
            held=held if self._may_have_more else None,
        )
        self._may_have_more = False
        with self._lock:
            self._held.update(task.seq for task in taken)
        for task in taken:
            self._tasks.put(task)
        return len(taken)

    def _end(self) -> bool:
        return store.runs.end_if_over(self._db, self.run.id, now=read_clock())

    def _renew(self) -> None:
        until = self._db.read_clock() + int(LEASE_SECONDS * 1000)
        store.tasks.renew_claims(self._db, self._worker, until=until)

    def _pause(self, reason: str) -> None:
        with suppress(Conflict):  # somebody was quicker, with this or another wish
            store.runs.pause_run(self._db, self.run.id, reason=reason)
        self._is_closing.set()

    def _serve(self) -> None:
        if self._gives_way:
            give_way()
        while (task := self._tasks.get()) is not None:
            try:
                self._answer(task)
            except (StoreError, SettingsError) as error:
                # The project was taken away, a rule of the tables broken, or the object storage
                # is not there any more: nothing to go on with.
                LOG.error("A run cannot go on: %s", error.detail or error.message)
                self._give_back(task, problem=error.message)
                self._keep_at_it(self._pause, error.message)
            except Exception:  # a worker that died would leave the run hanging without a word
                LOG.exception("A picture of a run failed")
                self._fail(task, "The desk itself failed on this picture; its log says more.", 0)
            finally:
                with self._lock:
                    self._held.discard(task.seq)
                self._is_wanted.set()

    def _answer(self, task: Task) -> None:
        if self._is_closing.is_set():
            self._give_back(task)
            return
        is_gone = self.run.kind == "again" and self._keep_at_it(
            store.finishing.is_taken_out, self._db, task
        )
        if is_gone:
            self._fail(task, "", 0)
            return
        question: Question | None = None
        try:
            ready = self._keep_at_it(self._asker.prepare, task)
            if isinstance(ready, Question):
                question = ready
                found = self._ask(task, question)
            else:
                found = ready
        except (StoreError, SettingsError):
            raise
        except DeskError as error:
            self._judge(task, error, question)
            return
        if found is None:
            return
        seconds = question.seconds if question is not None else None
        self._keep_at_it(self._finish, task, found, seconds)

    def _ask(self, task: Task, question: Question) -> Found | None:
        while not self._pace.enter(0.5):
            if self._is_closing.is_set():
                self._give_back(task)
                return None
        if self._is_closing.is_set():
            self._pace.leave()
            self._give_back(task)
            return None
        try:
            answer = self._asker.ask(question)
        except DeskError as error:
            judged = judge(error, task.failures)
            if judged.is_crowded:
                self._pace.push_back(judged.retry_after)
            else:
                self._pace.leave()
            raise
        except BaseException:
            self._pace.leave()
            raise
        self._pace.succeed(answer.seconds)
        self._outage.note_success()
        self._refused = 0
        # One at a time: it is work for a processor, and the desk's pages want some of them too.
        with self._counting:
            return self._asker.count(question, answer)

    def _judge(self, task: Task, error: DeskError, question: Question | None) -> None:
        judged = judge(error, task.failures)
        calls = question.calls if question is not None else 0
        if judged.what == "stop":
            self._give_back(task, problem=error.message, calls=calls)
            self._keep_at_it(self._pause, error.message)
            return
        failures = self._note(error, judged)
        if judged.what == "fail" and not self._outage.is_on:
            self._fail(task, error.message, calls)
            return
        wait = min(judged.retry_after or 0.0, LONGEST_HOLD_SECONDS)
        delay = wait or draw_delay(min(task.failures + failures, 6))
        self._give_back(
            task,
            problem=error.message,
            calls=calls,
            failures=failures,
            not_before=self._db.read_clock() + int(delay * 1000),
        )

    def _note(self, error: DeskError, judged: Judgement) -> int:
        """Let all workers learn from it; returns what it adds to the picture's own failures."""
        if isinstance(error, Refused):
            # It spoke about this picture, so it is there.
            if self._outage.is_on:
                self._pace.release()
            self._outage.note_success()
            with self._lock:
                self._refused += 1
            if self._refused >= ALL_REFUSED:
                self._keep_at_it(
                    self._pause,
                    f"The last {ALL_REFUSED} calls were refused or failed at the server, with no "
                    f"answer between them. The last one: {error.message}",
                )
            return judged.failures
        if not isinstance(error, InferenceError):
            return judged.failures
        self._last_problem = error.message
        pause = self._outage.note_failure()
        if pause:
            self._pace.hold(pause)
        return 0 if self._outage.is_on else judged.failures

    def _finish(self, task: Task, found: Found, seconds: float | None) -> None:
        store.finishing.finish_task(
            self._db, task, found, by=self.run.created_by, now=read_clock(), seconds=seconds
        )

    def _fail(self, task: Task, problem: str, calls: int) -> None:
        self._keep_at_it(
            lambda: store.finishing.fail_task(
                self._db,
                task,
                self._worker,
                problem=problem,
                calls=calls,
                by=self.run.created_by,
                now=read_clock(),
            )
        )

    def _give_back(
        self,
        task: Task,
        *,
        problem: str = "",
        calls: int = 0,
        failures: int = 0,
        not_before: int = 0,
    ) -> None:
        self._keep_at_it(
            lambda: store.tasks.give_back(
                self._db,
                task,
                self._worker,
                problem=problem,
                calls=calls,
                failures=failures,
                not_before=not_before,
            )
        )

    def _keep_at_it(self, do: Callable[P, T], *values: P.args, **named: P.kwargs) -> T:
        return keep_at_it(lambda: do(*values, **named), self._tell)

    def _tell(self, trouble: str) -> None:
        self.trouble = trouble

"""Desks that start in a moment: forked from a process that has imported all that they need.

Importing takes a desk three seconds of a processor, and a run of all tests starts dozens. All else
is as `streamlit run` does it: the child has a command line, an environment and a log of its own.
Tests of how a desk starts run it plainly.
"""

from __future__ import annotations

import json
import os
import pkgutil
import select
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

import pytest

from tests.chromium import ROOT
from tests.remembered import remember_answers


class Forked:
    """A child of the prepared process."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        # A number may be another process's by and by; this stays this one's.
        self._handle = os.pidfd_open(pid)

    def poll(self) -> int | None:
        """0 once it has ended, whatever its status was, which only its parent knows."""
        return 0 if select.select([self._handle], [], [], 0)[0] else None

    def terminate(self) -> None:
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        self._send(signal.SIGKILL)

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it has ended.

        Raises:
            subprocess.TimeoutExpired: it has not.
        """
        if not select.select([self._handle], [], [], timeout)[0]:
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
        return 0

    def close(self) -> None:
        """Let go of it."""
        os.close(self._handle)

    def _send(self, sign: signal.Signals) -> None:
        if self.poll() is None:
            signal.pidfd_send_signal(self._handle, sign)


class Prepared:
    """The process to fork from."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    @contextmanager
    def run(
        self, arguments: Sequence[str], environ: Mapping[str, str], log: Path
    ) -> Iterator[Forked]:
        """Run `streamlit` in the project's folder; whoever asks for it ends it.

        Args:
            arguments: its command line, without its own name.
            environ: the whole environment.
            log: the file that takes what it writes.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        asked = {"arguments": list(arguments), "environ": dict(environ), "log": str(log)}
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        child = Forked(int(self._process.stdout.readline()))
        try:
            yield child
        finally:
            child.close()


@contextmanager
def prepare(answers: Path | None = None) -> Iterator[Prepared]:
    """Import everything, once, for as long as the context lasts.

    Args:
        answers: the folder of `remember_answers`; None lets the built-in models compute each.
    """
    # Neither this machine's settings nor the tests' own are to be seen by what is imported.
    environ = {name: text for name, text in os.environ.items() if not name.startswith("MASK_DESK_")}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.browser.prepared", *([str(answers)] if answers else [])],
        cwd=ROOT, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdin is not None
        try:
            yield Prepared(process)
        finally:
            process.stdin.close()


def main() -> None:
    """Fork whenever a line asks for it, and say the child's number; end with the input."""
    import components

    if sys.argv[1:]:
        remember_answers(Path(sys.argv[1]), pytest.MonkeyPatch())
    for module in pkgutil.walk_packages(components.__path__, "components."):
        if not module.name.endswith("__main__"):
            import_module(module.name)
    import_module("streamlit.web.cli")
    # Only the thread that forks is there in the child.
    assert threading.active_count() == 1, threading.enumerate()
    # Children that have ended are nobody's concern here.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in iter(sys.stdin.readline, ""):
        pid = os.fork()
        if not pid:
            _serve(json.loads(line))
        print(pid, flush=True)


def _serve(asked: dict[str, Any]) -> NoReturn:
    """Become what `python -m streamlit` would be."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    nothing = os.open(os.devnull, os.O_RDONLY)
    log = os.open(asked["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    for one, stream in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(one, stream)
    os.environ.clear()
    os.environ.update(asked["environ"])
    tempfile.tempdir = None
    sys.argv = ["streamlit", *asked["arguments"]]
    import_module("streamlit.web.cli").main(prog_name="streamlit")
    raise SystemExit


if __name__ == "__main__":
    main()

"""Pictures into a project without a browser: python -m components.batch --project NAME FOLDER …

Takes folders, ZIP files, lists of addresses (CSV or text) and single pictures; asks the model that
the desk asks, and keeps all in the database that the desk uses. Stopped by Ctrl-C or a kill, the
same command goes on where it stood; so does the desk, from the page Add. Ctrl-C and SIGTERM wait
for the calls that are out; a second one does not.

Exit status: 0 all pictures have an answer; 1 some have none; 2 nothing could be begun; 3 the run
was paused, since the server refuses or is away; 130 stopped by Ctrl-C or SIGTERM.
"""

from __future__ import annotations

import argparse
import getpass
import os
import signal
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from tqdm import tqdm

from components import local_server, store
from components.batch.catching_up import measure_next
from components.batch.runner import Runner
from components.batch.server import BUILT_IN, Server, open_server
from components.errors import Conflict, DeskError, SettingsError
from components.model.clock import read_clock
from components.model.review import Project
from components.model.run import LEFT, Run, RunCounts
from components.settings import Settings, check_model
from components.settings.deployed import read_deployed_settings
from components.store.database import Database

DONE, SOME_FAILED, NOT_BEGUN, PAUSED, STOPPED = 0, 1, 2, 3, 130
_LOOK_SECONDS: Final = 0.5
_MEASURED_AT_ONCE: Final = 10
_STOPPED: Final = "Stopped from outside. The same command goes on where it stood."


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit status."""
    asked = _make_parser().parse_args(arguments)
    try:
        settings, kept = read_deployed_settings(os.environ)
        server, models = _find_server(settings, asked.workers)
        database = store.open_database(kept.url, store.open_objects(kept.pictures))
    except DeskError as error:
        print(error.message, file=sys.stderr)
        return NOT_BEGUN
    try:
        paths = [_find_path(source) for source in asked.sources]
        project = _find_project(database, asked, models[0])
        runs = [_begin(database, project, server, asked, path) for path in paths]
    except DeskError as error:
        database.close()
        print(error.message, file=sys.stderr)
        return NOT_BEGUN
    is_stopped = threading.Event()

    def stop(*_: object) -> None:
        if is_stopped.is_set():
            os._exit(STOPPED)  # whoever asks twice does not want to wait for a server that hangs
        is_stopped.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    status = DONE
    for run in runs:
        try:
            status = max(status, _work(database, run, server, settings, is_stopped))
        except DeskError as error:
            print(error.message, file=sys.stderr)
            status = max(status, STOPPED if is_stopped.is_set() else PAUSED)
    database.close()
    return status


def _make_parser() -> argparse.ArgumentParser:
    about, _, more = (__doc__ or "").partition("\n\n")
    parser = argparse.ArgumentParser(
        prog="python -m components.batch",
        description=about,
        epilog=more,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("sources", nargs="+", metavar="SOURCE", help="folder, ZIP, list or picture")
    parser.add_argument("--project", required=True, help="its name; made where there is none")
    parser.add_argument("--model", help='"dataset/version"; the project\'s own by default')
    parser.add_argument("--confidence", type=int, help="percent, 0-100; the project's by default")
    parser.add_argument("--workers", type=int, default=8, help="calls at once, at most (8)")
    parser.add_argument("--by", default=_find_user(), help="who adds them (you)")
    return parser


def _find_user() -> str:
    with suppress(Exception):  # each system has a way of its own not to know
        return getpass.getuser()
    return "command"


def _find_server(settings: Settings, workers: int) -> tuple[Server, Sequence[str]]:
    """Who is asked, and the models it offers."""
    if settings.address:
        return open_server(settings.address, settings, workers), settings.models
    built_in = local_server.start(allow_hosts=settings.allow_hosts)
    at = replace(settings, address=built_in.address, is_trusted=True)
    return open_server(BUILT_IN, at, workers), [card.id for card in built_in.models]


def _find_project(database: Database, asked: argparse.Namespace, model: str) -> Project:
    name = asked.project.strip()
    named = [one for one in store.projects.list_projects(database) if one.name == name]
    if len(named) > 1:
        raise Conflict(
            f"There are {len(named)} projects called “{name}”. Rename all but one on the page Add."
        )
    if named:
        return named[0]
    return store.projects.create_project(
        database,
        name=name,
        model=check_model(asked.model) if asked.model else model,
        confidence=50 if asked.confidence is None else asked.confidence,
        by=asked.by,
        now=read_clock(),
    )


def _find_path(source: str) -> Path:
    if not source.strip():
        raise SettingsError(
            "An empty name was given as a source. Name a folder, a ZIP file, a list or a picture."
        )
    path = Path(source).expanduser().absolute()
    if not path.exists():
        raise SettingsError(
            f"There is no {source}. Name a folder, a ZIP file, a list of addresses or a picture."
        )
    return path


def _begin(
    database: Database, project: Project, server: Server, asked: argparse.Namespace, path: Path
) -> Run:
    """A new run, or the one that this very command began and did not end."""
    model = check_model(asked.model) if asked.model else project.model
    confidence = project.confidence if asked.confidence is None else asked.confidence
    for run in store.runs.list_runs(database, project.id):
        same = (run.path, run.model, run.confidence, run.server)
        if run.is_open and same == (str(path), model, confidence, server.name):
            if run.state == "preview":
                return store.runs.start_run(database, run.id, by=asked.by, now=read_clock())
            return store.runs.resume_run(database, run.id) if run.state == "paused" else run
    return store.runs.create_run(
        database,
        project.id,
        model=model,
        confidence=confidence,
        server=server.name,
        ask_at=None,
        workers=asked.workers,
        kind="folder",
        source=path.name or str(path),
        path=str(path),
        by=asked.by,
        now=read_clock(),
        starts=True,
    )


def _work(
    database: Database,
    run: Run,
    server: Server,
    settings: Settings,
    is_stopped: threading.Event,
) -> int:
    runner = Runner(
        lambda: database,
        lambda: {server.name: server},
        allow_hosts=settings.allow_hosts,
        only=run.id,
        gives_way=False,
    )
    runner.start()
    try:
        with tqdm(unit=" pictures", desc=run.source, dynamic_ncols=True, disable=None) as bar:
            trouble = ""
            while not is_stopped.wait(_LOOK_SECONDS):
                if trouble != (trouble := runner.find_trouble(run.id)) and trouble:
                    bar.write(trouble, file=sys.stderr)  # a log has no bar to say it in
                counts = _look(database, run, bar, runner)
                if counts is None:
                    continue
                run = store.runs.find_run(database, run.id)
                if run.state != "running":
                    break
            if is_stopped.is_set():
                with suppress(DeskError):
                    store.runs.pause_run(database, run.id, reason=_STOPPED)
    finally:
        runner.stop()
    run = store.runs.find_run(database, run.id)
    if run.state == "done":
        _measure(database, run, is_stopped)
    counts = store.runs.count_run(database, run.id, now=read_clock())
    _report(database, run, counts)
    if is_stopped.is_set():
        return STOPPED
    if run.state != "done":
        return PAUSED
    return SOME_FAILED if run.reason or counts.count("failed", "unreadable") else DONE


def _measure(database: Database, run: Run, is_stopped: threading.Event) -> None:
    """Count what is not yet, such as answers against truth masks; the desk does what is left."""
    with suppress(DeskError):
        pending = store.insights.count_unmeasured(database, run.project_id).pending
        if not pending:
            return
        with tqdm(total=pending, unit=" pictures", desc="Measuring", disable=None) as bar:
            while not is_stopped.is_set() and (
                measured := measure_next(database, run.project_id, _MEASURED_AT_ONCE)
            ):
                bar.update(measured)


def _look(database: Database, run: Run, bar: Any, runner: Runner) -> RunCounts | None:
    """Move the bar; None while the database cannot be asked."""
    try:
        counts = store.runs.count_run(database, run.id, now=read_clock())
    except DeskError as error:
        bar.set_postfix_str(error.message)
        return None
    bar.total = counts.total
    bar.n = counts.total - counts.count(*LEFT)
    trouble = runner.find_trouble(run.id)
    bar.set_postfix_str(trouble or f"{counts.count('failed')} failed, {counts.calls} calls")
    return counts


def _report(database: Database, run: Run, counts: RunCounts) -> None:
    rows = (
        ("answered", counts.count("done")),
        ("in the project already", counts.count("known")),
        ("twice in this batch", counts.count("twin")),
        ("unreadable", counts.count("unreadable")),
        ("without an answer", counts.count("failed")),
        ("still waiting", counts.count(*LEFT)),
    )
    told = ", ".join(f"{number:,} {what}" for what, number in rows if number)
    print(f"{run.source}: {told or 'nothing to read'}. Calls made: {counts.calls:,}.")
    if run.reason:
        print(run.reason)
    for task in store.tasks.list_tasks(database, run.id, ("unreadable", "failed"), limit=20):
        print(f"  {task.name}: {task.problem}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

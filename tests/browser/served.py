"""A whole desk as people run it: `streamlit run app.py`, with settings and folders of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from components.settings import StoreSettings
from tests.browser.prepared import Forked, Prepared
from tests.chromium import ROOT, find_port, run_until_done
from tests.sample_desk import give_file


@dataclass(frozen=True, slots=True)
class ServedDesk:
    """A desk that is running.

    Attributes:
        address: "http://127.0.0.1:PORT", without a slash.
        log: the file that takes everything it writes to its terminal.
        temporary: the folder it makes its temporary folders in.
        data: the folder it keeps its database in, unless its settings say another.
        process_id: of the server.
    """

    address: str
    log: Path
    temporary: Path
    data: Path
    process_id: int = 0

    def read_log(self) -> str:
        """What it has written to its terminal so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")


@contextmanager
def serve_desk(
    folder: Path,
    *,
    root: Path = ROOT,
    secrets: str = "",
    port: int = 0,
    holding: Path | None = None,
    prepared: Prepared | None = None,
    **settings: str,
) -> Iterator[ServedDesk]:
    """Run a desk until the context ends.

    Neither secrets nor MASK_DESK_… variables of this machine reach it. It keeps its data in
    `folder`/data, unless the settings say another folder.

    Args:
        folder: where its log, its temporary files and its data go.
        root: the folder that holds its app.py.
        secrets: the text of its secrets.toml; "" for none.
        port: where it listens; 0 for any that is free.
        holding: a desk's file whose projects it has from the start, unless it has them already.
        prepared: a process to fork it from; None starts it as people do, which takes longer.
        settings: values for MASK_DESK_… by the end of their names, such as address or models.

    Raises:
        RuntimeError: it ended or did not become healthy; its log is in the message.
    """
    port = port or find_port()
    address, data = f"http://127.0.0.1:{port}", folder / "data"
    desk = ServedDesk(address, folder / "log.txt", folder / "temporary", data)
    desk.temporary.mkdir(exist_ok=True)
    secrets_file = folder / "secrets.toml"
    if secrets:
        secrets_file.write_text(secrets, encoding="utf-8")
    options = {
        "server.port": str(port),
        "server.address": "127.0.0.1",
        "server.headless": "true",
        "server.fileWatcherType": "none",
        "secrets.files": str(secrets_file),
    }
    arguments = ["run", "app.py", *(f"--{name}={value}" for name, value in options.items())]
    environ = {
        name: value for name, value in os.environ.items() if not name.startswith("MASK_DESK_")
    }
    environ |= {"TMPDIR": str(desk.temporary), "PYTHONUNBUFFERED": "1"}
    # The folder of a test may lie in memory, which the page would warn of.
    settings = {"folder": str(data), "lasts": "true", **settings}
    if holding is not None:
        give_file(holding, settings.get("database") or StoreSettings(folder=data).url)
    environ |= {f"MASK_DESK_{name.upper()}": value for name, value in settings.items()}
    with ExitStack() as stack:
        server: Forked | subprocess.Popen[bytes]
        if prepared is not None:
            assert root == ROOT
            server = stack.enter_context(prepared.run(arguments, environ, desk.log))
        else:
            server = stack.enter_context(_start(arguments, environ, desk.log, root))
        stack.enter_context(run_until_done(server, desk.address, desk.read_log))
        yield replace(desk, process_id=server.pid)


def _start(
    arguments: list[str], environ: dict[str, str], log: Path, root: Path
) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "streamlit", *arguments]
    with log.open("ab") as stream:
        return subprocess.Popen(
            command, cwd=root, env=environ, stdout=stream, stderr=subprocess.STDOUT
        )

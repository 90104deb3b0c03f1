"""Runs tests that failed in the last run once more, each by itself, to help find out why.

Whatever comes of it, the run has failed. One that passes alone is unsteady, or in another's way.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

FEW: Final = 3
"""Where more than these failed, it is hardly for having run beside others."""

_ROOT: Final = Path(__file__).parent.parent
_FAILED: Final = ".pytest_cache/v/cache/lastfailed"


def main(root: Path = _ROOT) -> None:
    """Say of each whether it fails alone too; nothing where none failed, or more than a few."""
    path = root / _FAILED
    failed = sorted(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else []
    if len(failed) > FEW:
        return
    for name in failed:
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--quiet", name]
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
        if done.returncode:
            print(done.stdout, done.stderr, sep="\n")
        print(f"== {'fails alone too' if done.returncode else 'passes alone'}: {name}", flush=True)


if __name__ == "__main__":
    main()

"""Runs the tests that failed in the last run once more, by themselves, where these are very few.

What fails twice has failed; what failed once is named at the end, to be looked into.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

FEW: Final = 3
"""More than these do not fail by chance."""

_ROOT: Final = Path(__file__).parent.parent
_CACHE: Final = _ROOT / ".pytest_cache/v/cache/lastfailed"


def main() -> int:
    """Exit status 0 where few failed and pass now; 1 where more failed, or one fails again."""
    failed = sorted(json.loads(_CACHE.read_text(encoding="utf-8"))) if _CACHE.is_file() else []
    if not 0 < len(failed) <= FEW:
        return 1
    names = "\n".join(failed)
    print(f"\n== once more, by themselves:\n{names}", flush=True)
    if subprocess.run([sys.executable, "-m", "pytest", *failed], cwd=_ROOT).returncode:
        return 1
    print(f"\n== UNSTEADY: failed beside others, passed alone:\n{names}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

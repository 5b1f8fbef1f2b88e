"""Commands in processes of their own, of which nothing is heard unless they fail."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

BIN = Path(sys.executable).parent


def run(program: str, *arguments: str, cwd: Path | None = None) -> None:
    """Run one of the environment's commands. Raises RuntimeError with what it says if it fails."""
    done = subprocess.run(
        [BIN / program, *arguments], cwd=cwd, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = f"{done.stdout}\n{done.stderr}".strip()
        raise RuntimeError(f"{program} {' '.join(arguments)}: status {done.returncode}\n{said}")

"""`make check`: format, lint, types, import rules, sizes and silences, each by name; the first fault stops nothing."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tools import silences, sizes

BIN = Path(sys.executable).parent
FOLDERS = ("src", "tests", "tools", "bench")
CHECKS = {
    "format": ("ruff", "format", "--check", "--quiet", *FOLDERS),
    "lint": ("ruff", "check", "--quiet", *FOLDERS),
    "types": ("mypy",),
    "import rules": ("lint-imports",),
}


def _told(name: str, good: bool, *faults: str) -> bool:
    print(f"{name}: {'good' if good else 'FAULTS'}", *faults, sep="\n", flush=True)
    return good


def _run(name: str, command: tuple[str, ...]) -> bool:
    program = shutil.which(command[0], path=str(BIN)) or command[0]
    done = subprocess.run([program, *command[1:]], capture_output=True, text=True, check=False)
    return _told(name, True) if done.returncode == 0 else _told(name, False, done.stdout + done.stderr)


def _results() -> Iterator[bool]:
    for name, command in CHECKS.items():
        yield _run(name, command)
    for name, faults in (("sizes", sizes.faults(Path("src"))), ("silences", silences.faults(*map(Path, FOLDERS)))):
        yield _told(name, not faults, *faults)


def main() -> int:
    """0 when nothing is wrong."""
    return 0 if all(list(_results())) else 1


if __name__ == "__main__":
    sys.exit(main())

"""`make check`: format, lint, types, import rules and sizes, each named as it runs; the first fault stops nothing."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tools import sizes

BIN = Path(sys.executable).parent
CHECKS = {
    "format": ("ruff", "format", "--check", "--quiet", "src", "tests", "tools", "bench"),
    "lint": ("ruff", "check", "--quiet", "src", "tests", "tools", "bench"),
    "types": ("mypy",),
    "import rules": ("lint-imports",),
}


def _run(name: str, command: tuple[str, ...]) -> bool:
    program = shutil.which(command[0], path=str(BIN)) or command[0]
    done = subprocess.run([program, *command[1:]], capture_output=True, text=True, check=False)
    print(f"{name}: {'good' if done.returncode == 0 else 'FAULTS'}", flush=True)
    if done.returncode:
        print(done.stdout + done.stderr, flush=True)
    return done.returncode == 0


def _results() -> Iterator[bool]:
    for name, command in CHECKS.items():
        yield _run(name, command)
    faults = sizes.faults(Path("src"))
    print(f"sizes: {'good' if not faults else 'FAULTS'}", *faults, sep="\n", flush=True)
    yield not faults


def main() -> int:
    """0 when nothing is wrong."""
    return 0 if all(list(_results())) else 1


if __name__ == "__main__":
    sys.exit(main())

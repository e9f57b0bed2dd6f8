"""python -m bench: every measurement in turn, each in a process of its own; 1 if a promise is broken."""

import argparse
import subprocess
import sys

MEASUREMENTS = (
    "bench.poll",
    "bench.push",
    "bench.ingest",
    "bench.agent",
    "bench.access",
    "bench.audit_verify",
    "bench.pages",
    "bench.vault",
    "bench.many",
    "bench.console",
    "bench.revocation",
)


def main() -> int:
    """Run them all."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    names = " ".join(name.removeprefix("bench.") for name in MEASUREMENTS)
    parser.add_argument("only", nargs="*", help=f"some of: {names}")
    wanted = [f"bench.{name}" for name in parser.parse_args().only] or MEASUREMENTS
    broken = []
    for module in wanted:
        print(f"\n=== {module}", flush=True)
        if subprocess.run([sys.executable, "-m", module], check=False).returncode:
            broken.append(module)
    print(f"\nbroken: {', '.join(broken)}" if broken else "\nall promises hold")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())

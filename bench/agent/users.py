"""The agent as its users run it: of what is installed here only what `sundial[agent]` needs can be imported."""

import re
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

OURS = "sundial"
PROGRAM = """#!{python}
import sys
sys.modules.update(dict.fromkeys({absent!r}))  # None: an import of it fails, as where it is not installed
from sundial.agent.__main__ import main
sys.exit(main())
"""


def absent() -> list[str]:
    """The top-level packages that only servers and developers have."""
    asked_for = needed(OURS, "agent")
    owners = metadata.packages_distributions()
    return sorted(
        package
        for package, owned_by in owners.items()
        if package.isidentifier() and not asked_for & {_normal(one) for one in owned_by}
    )


def needed(name: str, extra: str = "") -> set[str]:
    """A distribution and all that it asks for, and so on."""
    found: set[tuple[str, str]] = set()
    left = {(_normal(name), extra)}
    while left:
        found |= left
        left = {other for one in left for other in _asked(*one)} - found
    return {one for one, _ in found}


def write_program(folder: Path) -> Path:
    """A `sundial-agent` without them."""
    program = folder / "sundial-agent"
    program.write_text(PROGRAM.format(python=sys.executable, absent=absent()))
    program.chmod(0o755)
    return program


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _asked(name: str, extra: str) -> Iterator[tuple[str, str]]:
    for line in metadata.requires(name) or ():
        asked = Requirement(line)
        if asked.marker is None or asked.marker.evaluate({"extra": extra}):
            yield _normal(asked.name), ",".join(asked.extras)

"""The agent as its users run it: of what is installed here, what requirements.lock does not name cannot be imported."""

import re
import sys
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).parents[2]
NAMED = re.compile(r"^([A-Za-z0-9._-]+)==", re.MULTILINE)
OURS = "sundial"
PROGRAM = """#!{python}
import sys
sys.modules.update(dict.fromkeys({absent!r}))  # None: an import of it fails, as where it is not installed
from sundial.agent.__main__ import main
sys.exit(main())
"""


def absent() -> list[str]:
    """The top-level packages that only developers have."""
    locked = {_normal(name) for name in NAMED.findall((ROOT / "requirements.lock").read_text())} | {OURS}
    owners = metadata.packages_distributions()
    return sorted(
        package
        for package, owned_by in owners.items()
        if package.isidentifier() and not locked & {_normal(one) for one in owned_by}
    )


def write_program(folder: Path) -> Path:
    """A `sundial-agent` without them."""
    program = folder / "sundial-agent"
    program.write_text(PROGRAM.format(python=sys.executable, absent=absent()))
    program.chmod(0o755)
    return program


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()

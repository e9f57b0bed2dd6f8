"""A linter is silenced only with a reason: `# noqa: CODE - reason`, `# type: ignore[code] # reason`."""

import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

SILENCE = re.compile(r"#\s*(noqa|ruff:|type:\s*ignore|mypy:)", re.IGNORECASE)
WITH_REASON = re.compile(r"# (noqa: [A-Z0-9]+(, [A-Z0-9]+)* -|type: ignore\[[a-z, -]+\] #) \S")
TYPED = ("src", "tools")  # what mypy is asked to read; elsewhere nothing warns


def faults(*folders: Path) -> list[str]:
    """Every warning under these folders that is silenced without saying why, or where nothing would warn."""
    return [fault for folder in folders for path in sorted(folder.rglob("*.py")) for fault in _faults_of(folder, path)]


def _faults_of(folder: Path, path: Path) -> Iterator[str]:
    for token in tokenize.generate_tokens(io.StringIO(path.read_text()).readline):
        if token.type != tokenize.COMMENT or not SILENCE.match(token.string):
            continue
        if not WITH_REASON.match(token.string):
            yield f"{path}:{token.start[0]}: silenced without a reason: {token.string}"
        elif "type: ignore" in token.string and folder.name not in TYPED:
            yield f"{path}:{token.start[0]}: mypy is not asked to read this file"

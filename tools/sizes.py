"""No module over 400 lines, no function over 40: small enough to hold in one's head."""

import ast
from collections.abc import Iterator
from pathlib import Path

MODULE_LINES = 400
FUNCTION_LINES = 40


def faults(root: Path) -> list[str]:
    """Every module and function under `root` that has grown too long; migrations are exempt."""
    files = (path for path in sorted(root.rglob("*.py")) if "migrations" not in path.parts)
    return [fault for path in files for fault in _faults_of(path)]


def _faults_of(path: Path) -> Iterator[str]:
    text = path.read_text()
    lines = text.count("\n")
    if lines > MODULE_LINES:
        yield f"{path}: {lines} lines (at most {MODULE_LINES})"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION_LINES:
                yield f"{path}:{node.lineno}: {node.name} has {length} lines (at most {FUNCTION_LINES})"

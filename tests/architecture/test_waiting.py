"""Tests wait for the thing itself: nobody sleeps but those whose subject is time."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAY = {
    "tests/loops.py": {"turn", "eventually"},
    "tests/agent/virtual_time.py": {"passing"},  # of a clock that jumps
    "tests/faults/nursery.py": {"rest"},  # the pace of what is killed
    "tests/faults/test_agent_kills.py": {"until_its_hour"},  # the moment of the kill
}
A_CLOCKS_OWN = "sleep"  # the method by which a clock of the agent's waits


def sleeps(source: str, may: set[str]) -> list[int]:
    """The lines on which this file sleeps, outside the functions that may."""
    return [line for name, line in _sleeps(ast.parse(source), "") if name not in may]


def _sleeps(node: ast.AST, function: str) -> Iterator[tuple[str, int]]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        function = node.name
    if isinstance(node, ast.Call) and ast.unparse(node.func) in {"sleep", "time.sleep", "asyncio.sleep"}:
        yield function, node.lineno
    for child in ast.iter_child_nodes(node):
        yield from _sleeps(child, function)


def test_nobody_sleeps_but_those_whose_subject_is_time() -> None:
    files = {path: str(path.relative_to(ROOT)) for path in (ROOT / "tests").rglob("*.py")}
    found = {name: sleeps(path.read_text(), {A_CLOCKS_OWN, *MAY.get(name, ())}) for path, name in files.items()}
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize("name", MAY)
def test_who_may_sleep_does(name: str) -> None:
    found = {function for function, _line in _sleeps(ast.parse((ROOT / name).read_text()), "")}
    assert MAY[name] <= found


@pytest.mark.parametrize("call", ["time.sleep(1)", "await asyncio.sleep(0.1)", "await sleep(0)"])
def test_a_sleep_would_be_found(call: str) -> None:
    assert sleeps(f"async def test_it():\n    async def inner():\n        {call}\n", {"test_it"}) == [3]

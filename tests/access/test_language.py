"""What a text meant when it was stored it means for ever: the file beside this one is only ever added to."""

import json
from pathlib import Path
from typing import Any

import pytest

from sundial.access import LANGUAGE, Facts, as_tree, decide, parse, printed

PINNED = json.loads((Path(__file__).parent / "language_1.json").read_text())
PEOPLE = {
    name: Facts(**{key: frozenset(value) if isinstance(value, list) else value for key, value in facts.items()})
    for name, facts in PINNED["people"].items()
}


def test_the_language_has_this_number() -> None:
    assert LANGUAGE == PINNED["language"] == 1


@pytest.mark.parametrize("rule", PINNED["rules"], ids=lambda rule: str(rule["text"]))
def test_a_stored_rule_means_what_it_meant(rule: dict[str, Any]) -> None:
    found = parse(rule["text"], language=1)
    assert printed(found).encode() == rule["printed"].encode()
    assert as_tree(found) == rule["tree"]
    assert {name: str(decide(found, facts).parts.outcome) for name, facts in PEOPLE.items()} == rule["outcomes"]

"""The reasons of decisions on pages: every code has its words, in English the same as the language's own."""

import pytest
from django.utils.translation import override

from sundial import access
from sundial.access.explain import COUNTED, ENGLISH
from sundial.server.vault.queries import wording

VOICES = [(access.THEY, wording.THEY), (access.YOU, wording.YOU)]
VALUES = {"name": "level", "value": "1", "rule": "level >= 2", "why": "your level is 1", "all": 3}


@pytest.mark.parametrize("code", [*ENGLISH, *COUNTED])
@pytest.mark.parametrize("n", [0, 1, 2])
def test_pages_say_each_reason_as_the_language_itself_does(code: str, n: int) -> None:
    for ours, theirs in VOICES:
        with override("en"):
            assert theirs.say(code, n, **VALUES) == ours.say(code, n, **VALUES)


def test_a_whole_decision_reads_the_same() -> None:
    rule = access.parse("level >= 2, not working, any 2 of (team = a, role = admin, finance), time < 09:00, gone")
    facts = access.Facts({"level": "number", "finance": "flag"}, {"level": 1}, working=True, minute_of_day=600)
    for ours, theirs in VOICES:
        with override("en"):
            assert access.decide(rule, facts, theirs) == access.decide(rule, facts, ours)

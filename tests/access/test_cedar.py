"""Beside Cedar: random rules, people and requests, and no disagreement."""

import random
from collections import Counter

import pytest

from sundial.access import decide, opens, printed
from tests.access.cedar import answer, policies
from tests.access.random_rules import Dice

FEW, MANY = 3_000, 100_000
EACH = 5  # people a rule


def compare(cases: int, seed: int) -> Counter[str]:
    """Ask both; how often each answer came."""
    dice, came = Dice(seed), Counter[str]()
    for _ in range(cases // EACH):
        rule = dice.rule()
        translated = policies(rule)
        for facts in [dice.facts() for _ in range(EACH)]:
            theirs, ours = answer(translated, facts), decide(rule, facts)
            assert theirs == str(ours.parts.outcome), (seed, printed(rule), facts)
            assert ours.allowed == opens(rule, facts)
            came[theirs] += 1
    return came


def test_three_thousand_random_cases_agree_with_cedar() -> None:
    came = compare(FEW, 20261121)
    assert min(came["true"], came["false"], came["unknown"]) > FEW // 20, came


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_a_hundred_thousand_random_cases_agree_with_cedar() -> None:
    seed = random.SystemRandom().randrange(10**9)
    came = compare(MANY, seed)
    assert came.total() == MANY
    assert min(came["true"], came["false"], came["unknown"]) > MANY // 20, came

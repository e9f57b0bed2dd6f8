"""True, false and unknown: who a rule opens for, who it does not, and what it says about it."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sundial.access import YOU, Decision, Facts, Kind, Outcome, Part, decide, opens, parse, printed
from tests.access.random_rules import POOL, Dice

ADA = Facts(
    pool=POOL,
    attributes={"finance": True, "clearance": 2, "site": "dhaka", "badge": 7},
    role="employee",
    departments=frozenset({"Accounting", "Money"}),
    teams=frozenset({"sales", "Night shift"}),
    working=True,
    enrolled=False,
    minute_of_day=9 * 60,
    networks=frozenset({"office"}),
)
NOBODY = Facts(pool=POOL, attributes={})


def outcome(text: str, facts: Facts = ADA) -> str:
    """What came of it, the quick way and the way that explains agreeing."""
    decision = decide(parse(text), facts)
    assert decision.allowed == opens(parse(text), facts) == (decision.parts.outcome is Outcome.TRUE)
    return str(decision.parts.outcome)


@pytest.mark.parametrize(
    ("text", "came"),
    [
        ("finance", "true"),
        ("audit", "false"),
        ("not audit", "true"),
        ("payroll", "unknown"),
        ("not payroll", "unknown"),
        ("clearance >= 2", "true"),
        ("clearance > 2", "false"),
        ("clearance != 2", "false"),
        ("clearance < 3, clearance <= 2, clearance = 2", "true"),
        ("floor = 1", "unknown"),
        ("floor != 1", "unknown"),
        ("not floor = 1", "unknown"),
        ("site = dhaka", "true"),
        ('site = "Dhaka"', "false"),
        ("site = 3", "unknown"),
        ("site > a", "unknown"),
        ("badge = 7", "true"),
        ("badge > 6", "true"),
        ('badge = "7"', "unknown"),
        ("finance = 1", "unknown"),
        ("clearance", "unknown"),
        ("time", "unknown"),
        ("working", "true"),
        ("enrolled", "false"),
        ("working = 1", "unknown"),
        ("role = employee", "true"),
        ('role = "EMPLOYEE"', "false"),
        ('department = "Money"', "true"),
        ('department = "Accounting" and department = "Money"', "true"),
        ('department != "Money"', "false"),
        ("team = sales", "true"),
        ("team = lima", "false"),
        ("team != lima", "true"),
        ("time >= 09:00 and time < 17:30", "true"),
        ("time < 09:00", "false"),
        ("time = 9", "unknown"),
        ("network = office", "true"),
        ("network = lab", "false"),
    ],
)
def test_a_part_comes_to_this_for_ada(text: str, came: str) -> None:
    assert outcome(text) == came


@pytest.mark.parametrize(
    "text",
    [
        "payroll",
        "clearance > 0",
        "site = dhaka",
        "badge = 7",
        "working",
        "enrolled",
        "role = employee",
        "time >= 00:00",
        'department = "Money"',
        "team = sales",
        "network = office",
        "site > a",
    ],
)
def test_what_is_not_known_opens_nothing_with_not_or_without(text: str) -> None:
    for written in (text, f"not ({text})", f"not not ({text})", text.replace(" = ", " != ")):
        assert outcome(written, NOBODY) == "unknown"


@pytest.mark.parametrize(
    ("text", "came"),
    [
        ("finance and payroll", "unknown"),
        ("audit and payroll", "false"),
        ("not (audit and payroll)", "true"),
        ("finance or payroll", "true"),
        ("audit or payroll", "unknown"),
        ("any 1 of (finance, payroll, audit)", "true"),
        ("any 2 of (finance, payroll, audit)", "unknown"),
        ("any 2 of (audit, payroll, audit)", "false"),
        ("not any 2 of (audit, payroll, audit)", "true"),
        ("any 3 of (finance, payroll, audit)", "false"),
        ("any 2 of (finance, clearance = 2, audit)", "true"),
    ],
)
def test_unknown_travels_as_kleene_says(text: str, came: str) -> None:
    assert outcome(text) == came


@pytest.mark.parametrize("held", [None, False, 1, 0, "true", "finance", 1.0, [], {"a": 1}, b"x", object()])
def test_a_flag_that_holds_anything_else_opens_nothing(held: object) -> None:
    odd = dataclasses.replace(ADA, attributes={"finance": held})
    assert outcome("finance", odd) == outcome("not finance", odd) == "unknown"


@pytest.mark.parametrize("held", [None, True, "2", 2.0, [2], float("nan"), b"2", object()])
def test_a_number_that_is_something_else_opens_nothing(held: object) -> None:
    odd = dataclasses.replace(ADA, attributes={"clearance": held})
    for text in ("clearance = 2", "clearance != 2", "clearance >= 0", "not clearance >= 0", "clearance < 9"):
        assert outcome(text, odd) == "unknown"


@pytest.mark.parametrize("carried", ["Finance", "FINANCE", "fin\u0430nce", "finance ", "\uff46inance", "finance\u200b"])
def test_a_look_alike_or_another_case_is_not_the_attribute(carried: str) -> None:
    odd = dataclasses.replace(ADA, attributes={carried: True}, pool={**POOL, carried: Kind.FLAG})
    assert outcome("finance", odd) == "false"
    words = dataclasses.replace(ADA, attributes={"site": carried})
    assert outcome("site = finance", words) == "false"


@pytest.mark.parametrize("kind", ["flag", "time", "", "Number", "gone"])
def test_an_attribute_of_another_kind_opens_nothing(kind: str) -> None:
    odd = dataclasses.replace(ADA, pool={**POOL, "clearance": kind})
    assert outcome("clearance >= 2", odd) == outcome("not clearance >= 2", odd) == "unknown"


def test_an_attribute_cannot_pass_for_what_the_server_knows() -> None:
    """A row called `working` in some database must not make anybody work."""
    odd = Facts(pool={"working": Kind.FLAG, "role": Kind.WORD}, attributes={"working": True, "role": "admin"})
    assert outcome("working", odd) == outcome("role = admin", odd) == "unknown"


def test_facts_of_a_wrong_type_open_nothing() -> None:
    odd = Facts(POOL, {}, role=3, teams=frozenset({None, 3}), working="yes", enrolled=1, minute_of_day="9")
    for text in ("role = admin", "role != admin", "team != sales", "working", "not enrolled", "time < 10:00"):
        assert outcome(text, odd) == "unknown"


def test_a_decision_says_what_came_of_each_part_and_why() -> None:
    decision = decide(parse("(finance or audit) and clearance >= 3 and not working"), ADA)
    assert decision == Decision(
        False,
        "It needs clearance >= 3, but their clearance is 2. It needs not working, but they are working now.",
        Part(
            "(finance or audit) and clearance >= 3 and not working",
            Outcome.FALSE,
            "1 of 3 holds",
            (
                Part(
                    "finance or audit",
                    Outcome.TRUE,
                    "1 of 2 holds",
                    (
                        Part("finance", Outcome.TRUE, "they have finance"),
                        Part("audit", Outcome.FALSE, "they do not have audit"),
                    ),
                ),
                Part("clearance >= 3", Outcome.FALSE, "their clearance is 2"),
                Part(
                    "not working",
                    Outcome.FALSE,
                    "they are working now",
                    (Part("working", Outcome.TRUE, "they are working now"),),
                ),
            ),
        ),
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("finance", "Every part that is needed is true."),
        ("audit or floor = 2", "It needs audit or floor = 2, but they do not have audit, they have no floor."),
        ("payroll", "It needs payroll, but there is no attribute payroll."),
        ("site = 3", "It needs site = 3, but site cannot be asked like this."),
        (
            "not (finance and gone)",
            "It needs not (finance and gone), but they have finance, there is no attribute gone.",
        ),
        ("not (audit or finance)", "It needs not (audit or finance), but they have finance."),
        ("time >= 10:00", "It needs time >= 10:00, but it is 09:00."),
        ("team = lima", "It needs team = lima, but their team is Night shift, sales."),
        ("audit,audit,audit,audit", "It needs audit, but they do not have audit. " * 3 + "And 1 more is missing."),
    ],
)
def test_the_reason_names_what_is_missing(text: str, reason: str) -> None:
    assert decide(parse(text), ADA).reason == reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("audit", "It needs audit, but you do not have audit."),
        ("floor = 2", "It needs floor = 2, but you have no floor."),
        ("clearance > 2", "It needs clearance > 2, but your clearance is 2."),
        ("not working", "It needs not working, but you are working now."),
    ],
)
def test_the_person_may_be_spoken_to(text: str, reason: str) -> None:
    assert decide(parse(text), ADA, YOU).reason == reason


def test_a_long_reason_is_cut() -> None:
    text = " or ".join(f"a{n}" for n in range(200))
    reason = decide(parse(text), ADA).reason
    assert len(reason) < 400
    assert reason.endswith(", and so on.")


@given(st.integers(0, 10**9))
def test_the_quick_way_and_the_explained_way_agree(seed: int) -> None:
    dice = Dice(seed)
    rule, facts = dice.rule(), dice.facts()
    decision = decide(rule, facts)
    assert decision.allowed == opens(rule, facts)
    assert decision.parts.text == printed(rule)
    assert decision.reason

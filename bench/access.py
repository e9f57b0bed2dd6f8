"""How long a decision about a vault file takes: ours with its reasons and without, Cedar, and the bare logic in Python.

    python -m bench.access [--rounds 20000]

The rules and the people are the same for all. Bare Python is the limit: a compiled expression over a dictionary, with
no third value, no checks of type and no reasons. Cedar gets policies and people that it has read already.
"""

import argparse
import itertools
import json
import sys
import time
from collections.abc import Callable

import cedarpy

from bench import machine, setting  # noqa: F401 - it sets Django up
from sundial.access import THEY, Facts, Kind, Voice, decide, opens, parse
from sundial.server.vault.queries import wording
from tests.access.cedar import context, entities, policies

PROMISED_US = 50.0
REASONED, TRANSLATED = "ours, with its reasons", "ours, with its reasons as pages say them"
TURNS = 50
POOL = {"finance": Kind.FLAG, "audit": Kind.FLAG, "contractor": Kind.FLAG, "clearance": Kind.NUMBER, "site": Kind.WORD}
# Each rule, and the same in Python.
RULES = {
    "finance, audit": "h('finance') and h('audit')",
    "(finance or audit) and clearance >= 2 and not contractor": (
        "(h('finance') or h('audit')) and h('clearance') >= 2 and not h('contractor')"
    ),
    "any 2 of (finance, audit, site = dhaka) and time >= 09:00 and time < 17:30 and role != employee": (
        "h('finance') + h('audit') + (h('site') == 'dhaka') >= 2 and 540 <= h('time') < 1050"
        " and h('role') != 'employee'"
    ),
}
PEOPLE = (
    Facts(POOL, {"finance": True, "clearance": 3, "site": "dhaka"}, role="manager", minute_of_day=600),
    Facts(POOL, {"audit": True, "contractor": True, "clearance": 1, "site": "lima"}, role="employee", minute_of_day=60),
)
Case = Callable[[], object]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=50_000)
    rounds = parser.parse_args().rounds
    ways = {
        "bare Python (the limit)": bare(),
        "ours, allowed or not": [opened(rule, person) for rule, person in each()],
        REASONED: [decided(rule, person, THEY) for rule, person in each()],
        TRANSLATED: [decided(rule, person, wording.to_others()) for rule, person in each()],
        "ours, the rule read anew": [read_anew(rule, person) for rule, person in each()],
        "Cedar": [cedar(rule, person) for rule, person in each()],
    }
    measured = {name: microseconds(cases, rounds if name != "Cedar" else rounds // 10) for name, cases in ways.items()}
    rows = [(name, f"{found:.2f}", f"{1e6 / found:,.0f}") for name, found in measured.items()]
    machine.table("a decision, mean of three rules and two people", ("way", "µs", "a second"), rows)
    machine.save("access", {"microseconds": measured})
    holds = {
        f"a decision, {way.removeprefix('ours, ')}, in {PROMISED_US:.0f} µs": measured[way] <= PROMISED_US
        for way in (REASONED, TRANSLATED)
    }
    return 0 if machine.verdict(holds) else 1


def each() -> list[tuple[str, Facts]]:
    return list(itertools.product(RULES, PEOPLE))


def bare() -> list[Case]:
    """Each rule as Python compiles it, over what a person has."""
    found: list[Case] = []
    for code, person in itertools.product(RULES.values(), PEOPLE):
        held = {**dict.fromkeys(POOL, False), **person.attributes, "role": person.role, "time": person.minute_of_day}
        compiled, scope = compile(code, "rule", "eval"), {"h": held.get}
        found.append(lambda compiled=compiled, scope=scope: eval(compiled, scope))
    return found


def opened(text: str, person: Facts) -> Case:
    rule = parse(text)
    return lambda: opens(rule, person)


def decided(text: str, person: Facts, voice: Voice) -> Case:
    rule = parse(text)
    return lambda: decide(rule, person, voice)


def read_anew(text: str, person: Facts) -> Case:
    """As from the database; parsing remembers the last few thousand texts."""
    return lambda: decide(parse(text), person)


def cedar(text: str, person: Facts) -> Case:
    known = cedarpy.PolicySet.from_str(policies(parse(text)))
    people = cedarpy.Entities.from_json_str(json.dumps(entities(person)))
    request = {"principal": 'User::"u"', "action": 'Action::"open"', "resource": 'File::"f"'}
    asked = {**request, "context": context(person)}
    return lambda: cedarpy.is_authorized(asked, known, people)


def microseconds(cases: list[Case], rounds: int) -> float:
    """Of the quickest of many turns, by the processor's time: what else a busy machine does says nothing of ours."""
    turns, each_turn = [], rounds // TURNS // len(cases) + 1
    for _ in range(TURNS):
        begun = time.process_time()
        for _ in range(each_turn):
            for case in cases:
                case()
        turns.append((time.process_time() - begun) / (each_turn * len(cases)))
    return min(turns) * 1e6


if __name__ == "__main__":
    sys.exit(main())

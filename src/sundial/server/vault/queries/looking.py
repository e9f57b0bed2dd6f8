"""What a rule would do before it is saved: what is wrong with it, and who could open a file with it now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sundial import access
from sundial.server.companies import queries as companies
from sundial.server.lib.acting import Acting, Role
from sundial.server.vault import rules
from sundial.server.vault.queries.facts import facts_of_many, pool
from sundial.server.vault.queries.wording import to_others, to_them

COULD, COULD_NOT = 20, 8  # people shown on either side; the numbers count everybody


@dataclass(frozen=True, slots=True)
class Someone:
    """A person, and why the file would be open or closed to them."""

    name: str
    email: str
    reason: str


@dataclass(frozen=True, slots=True)
class Opening:
    """Who could open a file with this rule now, and who could not; `you` is whoever asks."""

    count: int
    of: int
    you: access.Decision
    could: Sequence[Someone]
    could_not: Sequence[Someone]


def who_could_open(acting: Acting, rule: access.Rule, *, now: datetime) -> Opening:
    """Everybody of the company, as if they asked now, from where `acting` does; each with the reason."""
    by_name = companies.active_people().order_by("first_name", "last_name", "id").values_list("user_id", flat=True)
    facts = facts_of_many(by_name, now=now, address=acting.ip)
    ids = [one for one in by_name if one in facts]
    could = [user_id for user_id in ids if access.opens(rule, facts[user_id])]
    opens = frozenset(could)
    shown, others = could[:COULD], list(islice((one for one in ids if one not in opens), COULD_NOT))
    people, voice = companies.names_of((*shown, *others)), to_others()

    def told(user_ids: Sequence[int]) -> list[Someone]:
        return [
            Someone(people[one].name, people[one].email, access.decide(rule, facts[one], voice).reason)
            for one in user_ids
        ]

    mine = facts.get(acting.id or 0) or access.Facts(pool(), {})
    return Opening(len(could), len(facts), access.decide(rule, mine, to_them()), told(shown), told(others))


def names_for_rules(acting: Acting) -> dict[str, list[str]]:
    """The teams, departments and networks of the company in scope, as rules may name them."""
    networks = companies.company(acting.company_id or 0).networks
    return {
        "team": _teams(acting),
        "department": sorted({row.name for row in companies.tree()}),
        "network": sorted(networks),
    }


def _teams(acting: Acting) -> list[str]:
    """The names of the teams that they see; an EMPLOYEE sees those that they are in."""
    if acting.role is Role.EMPLOYEE:
        return [seat.team for seat in companies.teams_of([acting.id or 0]).get(acting.id or 0, ())]
    return [row.name for row in companies.teams(acting)]


def problems_of(acting: Acting, rule: access.Rule) -> tuple[access.Problem, ...]:
    """Names that the company does not have, and values that do not fit; of teams only for who sees all of them."""
    return access.check(rule, pool(), names_for_rules(acting) if rules.runs_vault(acting) else {})


def kinds_for_rules() -> Mapping[str, str]:
    """Everything that a rule may ask, with what it holds: the company's attributes, and what the server knows."""
    return {**{name: str(kind) for name, kind in access.BUILT_IN.items()}, **pool()}

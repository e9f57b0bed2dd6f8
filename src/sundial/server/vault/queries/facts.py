"""What is known of people at one moment, as rules ask for it: by their company, their sessions and their devices."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from sundial.access import Facts
from sundial.server.activity.queries.watch import running_sessions
from sundial.server.companies import queries as companies
from sundial.server.devices.queries.watch import people_with_agent
from sundial.server.lib.acting import Acting
from sundial.server.lib.among import among


def pool() -> Mapping[str, str]:
    """Which attributes the company in scope has, and what they hold."""
    return companies.pool()


def facts_of_many(user_ids: Iterable[int], *, now: datetime, address: str | None = None) -> dict[int, Facts]:
    """What is known of each of these people now, in a constant number of questions; in the company's scope.

    `address` is where they ask from; without one their network is not known.
    """
    known = companies.facts_of(user_ids, now=now, address=address)
    working = set(running_sessions().filter(user_id__in=among(known)).values_list("user_id", flat=True))
    enrolled = people_with_agent(known)
    return {
        user_id: replace(facts, working=user_id in working, enrolled=user_id in enrolled)
        for user_id, facts in known.items()
    }


def facts_for(acting: Acting, *, now: datetime) -> Facts:
    """What is known of whoever asks; of somebody who may not work here now nothing is."""
    user_id = acting.id or 0
    return facts_of_many([user_id], now=now, address=acting.ip).get(user_id) or Facts(pool(), {})

"""Timed work: every company counted, every few minutes."""

from datetime import datetime

from procrastinate.contrib.django import app

from sundial.server.billing import actions
from sundial.server.devices.queries.across import agent_numbers
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting
from sundial.server.tracking.queries import companies_with_a_policy


@app.periodic(cron="*/5 * * * *")
@app.task(name="billing.count_companies", queueing_lock="billing.count_companies")
def count_companies(timestamp: int) -> int:
    """Every five minutes, write what each company came to today; how many there are."""
    return count_all(now=clock.now())


def count_all(*, now: datetime) -> int:
    """Write what each company came to today; how many there are."""
    found = sorted({company_id for company_id, _scope in companies_with_a_policy()})
    agents = agent_numbers(Acting.system(), found, now=now)
    for company_id in found:
        actions.count_company(company_id=company_id, agents=agents[company_id], now=now)
    return len(found)

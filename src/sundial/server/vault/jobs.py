"""Timed work: uploads that nobody went on with, the bin, and what a kill left outside the database."""

from procrastinate.contrib.django import app

from sundial.server.lib import clock
from sundial.server.vault import actions


@app.periodic(cron="11 * * * *")
@app.task(name="vault.give_up_expired", queueing_lock="vault.give_up_expired")
def give_up_expired(timestamp: int) -> int:
    """Once an hour, give up the uploads that nobody went on with for a day; how many."""
    return actions.give_up_expired(now=clock.now())


@app.periodic(cron="41 2 * * *")
@app.task(name="vault.empty_bins", queueing_lock="vault.empty_bins")
def empty_bins(timestamp: int) -> int:
    """At night, delete for good what lay in the bin for 30 days; how many files."""
    return actions.empty_bins(now=clock.now())


@app.periodic(cron="11 3 * * *")
@app.task(name="vault.sweep", queueing_lock="vault.sweep")
def sweep(timestamp: int) -> int:
    """At night, finish what a kill left: bytes and secrets that no file needs; how many."""
    return actions.sweep(now=clock.now())

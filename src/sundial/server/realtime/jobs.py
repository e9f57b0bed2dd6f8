"""Timed work: outboxes are kept short."""

from procrastinate.contrib.django import app

from sundial.server.lib import clock
from sundial.server.realtime import actions, queries


@app.periodic(cron="23 * * * *")
@app.task(name="realtime.prune", queueing_lock="realtime.prune")
def prune(timestamp: int) -> int:
    """Once an hour, drop the events that no replay can need any more; answers how many."""
    now = clock.now()
    return sum(actions.prune(key, now=now) for key in queries.every_room())

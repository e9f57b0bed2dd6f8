"""Timed work: the evidence leaves the database every minute, old entries leave it at night."""

from procrastinate.contrib.django import app

from sundial.server.audit import actions
from sundial.server.lib import clock


@app.periodic(cron="* * * * *")
@app.task(name="audit.write_checkpoints", queueing_lock="audit.write_checkpoints", lock="audit.write_checkpoints")
def write_checkpoints(timestamp: int) -> int:
    """Every minute, write a checkpoint of each log that grew; answers of how many."""
    return len(actions.write_checkpoints(now=clock.now()))


@app.periodic(cron="41 2 * * *")
@app.task(name="audit.archive_old", queueing_lock="audit.archive_old", lock="audit.archive_old")
def archive_old(timestamp: int) -> int:
    """Once a night, archive what is older than each log's rule says; answers of how many entries."""
    return sum(actions.archive_all(now=clock.now()).values())

"""Timed work: the evidence leaves the database every minute."""

from procrastinate.contrib.django import app

from sundial.server.audit import actions
from sundial.server.lib import clock


@app.periodic(cron="* * * * *")
@app.task(name="audit.write_checkpoints", queueing_lock="audit.write_checkpoints", lock="audit.write_checkpoints")
def write_checkpoints(timestamp: int) -> int:
    """Every minute, write a checkpoint of each log that grew; answers of how many."""
    return len(actions.write_checkpoints(now=clock.now()))

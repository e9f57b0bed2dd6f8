"""A nightly broom."""

from procrastinate.contrib.django import app

from sundial.server.accounts import actions
from sundial.server.lib import clock


@app.periodic(cron="37 3 * * *")
@app.task(name="accounts.forget_what_ended", queueing_lock="accounts.forget_what_ended")
def forget_what_ended(timestamp: int) -> None:
    """Once a night."""
    actions.forget_what_ended(now=clock.now())

"""Deferred and timed work: large files, and the end of their day."""

from procrastinate.contrib.django import app

from sundial.server.lib import clock
from sundial.server.reports import actions


@app.task(name=actions.MAKE_EXPORT)
def make_export(company_id: int, export_id: int) -> None:
    """Make one file; a failure is said to whoever asked, and stands among the failed jobs."""
    try:
        actions.make_export(company_id=company_id, export_id=export_id, now=clock.now())
    except Exception:
        actions.give_up(company_id=company_id, export_id=export_id)
        raise


@app.periodic(cron="37 * * * *")
@app.task(name="reports.sweep_exports", queueing_lock="reports.sweep_exports")
def sweep_exports(timestamp: int) -> int:
    """Once an hour, take away the files whose day is over; how many."""
    return actions.sweep_exports(now=clock.now())

"""Timed work: once a minute the platform is looked at, so that a day of it can be shown."""

import shutil
import time
from pathlib import Path

from django.conf import settings
from procrastinate.contrib.django import app

from sundial.server.lib import clock
from sundial.server.portal import actions, queries
from sundial.server.portal.types import Sample


@app.periodic(cron="* * * * *")
@app.task(name="portal.sample_health", queueing_lock="portal.sample_health", lock="portal.sample_health")
def sample_health(timestamp: int) -> None:
    """Every minute, write down how the platform stands."""
    actions.note_sample(_sample(), now=clock.now())


def _sample() -> Sample:
    jobs = queries.jobs()
    began = time.perf_counter()
    database = queries.database()
    took = time.perf_counter() - began
    disk = shutil.disk_usage(_data_place())
    return Sample(
        agents=queries.streams(),
        jobs_waiting=sum(one.waiting for one in jobs),
        jobs_failed=sum(one.failed for one in jobs),
        database_ms=took * 1000,
        database_bytes=database.bytes,
        storage_bytes=disk.used,
        storage_free=disk.free / disk.total,
    )


def _data_place() -> Path:
    place = Path(settings.PICTURES_DIR)
    return next(folder for folder in (place, *place.parents) if folder.exists())

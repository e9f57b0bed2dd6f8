"""The worker: jobs and schedules from rows of the same database. Needs Django set up."""

import asyncio
import contextlib
import logging
import signal
from typing import cast

import psycopg
from procrastinate import exceptions
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

CONCURRENCY = 4
GRACE = 2.0  # seconds that a running job has to end after the signal
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0
log = logging.getLogger("sundial.worker")


def run() -> None:
    """Work until a signal comes; a database that restarts only pauses it."""
    asyncio.run(_work())


async def _work() -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    pause = FIRST_PAUSE
    while not stopping.is_set():
        started = loop.time()
        await _until(stopping)
        # A worker that lived for a while met a passing fault; one that fails at once should not storm the database.
        pause = FIRST_PAUSE if loop.time() - started > LONGEST_PAUSE else min(pause * 2, LONGEST_PAUSE)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(pause):
                await stopping.wait()


async def _until(stopping: asyncio.Event) -> None:
    """One life of a worker; a database restart ends it without an exception."""
    try:
        connector = cast(DjangoConnector, app.connector)
        working = app.with_connector(connector.get_worker_connector())
        async with working.open_async():
            worker = asyncio.ensure_future(
                working.run_worker_async(
                    install_signal_handlers=False,
                    shutdown_graceful_timeout=GRACE,
                    concurrency=CONCURRENCY,
                    fetch_job_polling_interval=5,
                    delete_jobs="successful",
                )
            )
            stop = asyncio.ensure_future(stopping.wait())
            await asyncio.wait({worker, stop}, return_when=asyncio.FIRST_COMPLETED)
            stop.cancel()
            if not worker.done():
                worker.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await worker
    except (OSError, psycopg.Error, exceptions.ConnectorException) as failure:
        log.warning("the worker lost its database: %s", str(failure).strip().splitlines()[:1])

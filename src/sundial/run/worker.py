"""The worker: jobs and schedules from rows of the same database. Needs Django set up."""

import asyncio
import contextlib
import logging
import os
import signal
import threading
from typing import cast

import psycopg
from asgiref.sync import sync_to_async
from django.db import connections
from procrastinate import App, exceptions, jobs, utils
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

CONCURRENCY = 4
GRACE = 2.0  # seconds that a running job has to end after the signal
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0
HEARTBEAT = 3.0  # seconds between two signs of life of a worker
DEAD_AFTER = 15.0  # seconds without one, until what it was doing is begun again
RESCUE_EVERY = 5.0
MOST_ATTEMPTS = 5  # a job that kills its worker each time is given up
log = logging.getLogger("sundial.worker")


def run() -> None:
    """Work until a signal comes; a database that restarts only pauses it."""
    asyncio.run(_work())


async def _work() -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()

    def stop() -> None:
        stopping.set()
        # A job in a thread cannot be ended; what it did not finish, another worker begins again.
        last = threading.Timer(GRACE + 0.4, _leave_at_once)
        last.daemon = True
        last.start()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    pause = FIRST_PAUSE
    while not stopping.is_set():
        started = loop.time()
        await _until(stopping)
        # A worker that lived for a while met a passing fault; one that fails at once should not storm the database.
        pause = FIRST_PAUSE if loop.time() - started > LONGEST_PAUSE else min(pause * 2, LONGEST_PAUSE)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(pause):
                await stopping.wait()


def _leave_at_once() -> None:
    log.warning("a job did not end in time; it will be begun again")
    os._exit(0)


async def _until(stopping: asyncio.Event) -> None:
    """One life of a worker; a database restart ends it without an exception."""
    try:
        # Schedules are deferred over Django's own connection, in one thread for all; a broken one stays broken.
        await sync_to_async(connections.close_all)()
        # A copy with its own connector, never `replace_connector`: with that, a job deferred from within a
        # transaction would survive the transaction's end by a roll-back.
        working = app.with_connector(cast(DjangoConnector, app.connector).get_worker_connector())
        async with working.open_async():
            duties = [asyncio.ensure_future(duty) for duty in (_jobs(working), _rescue(working), stopping.wait())]
            await asyncio.wait(duties, return_when=asyncio.FIRST_COMPLETED)
            for duty in duties:
                duty.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await duties[0]
    except (OSError, psycopg.Error, exceptions.ConnectorException) as failure:
        log.warning("the worker lost its database: %s", str(failure).strip().splitlines()[:1])


async def _jobs(working: App) -> None:
    await working.run_worker_async(
        install_signal_handlers=False,
        shutdown_graceful_timeout=GRACE,
        concurrency=CONCURRENCY,
        fetch_job_polling_interval=5,
        update_heartbeat_interval=HEARTBEAT,
        stalled_worker_timeout=DEAD_AFTER,
        delete_jobs="successful",
    )


# -- jobs of workers that were killed ---------------------------------------------------------


async def _rescue(working: App) -> None:
    """Nobody else would: a job whose worker was killed stays "doing", and its lock keeps all like it waiting."""
    while True:
        for job in await working.job_manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER):
            await _begin_again(working, job)
        await asyncio.sleep(RESCUE_EVERY)


async def _begin_again(working: App, job: jobs.Job) -> None:
    manager = working.job_manager
    if job.attempts >= MOST_ATTEMPTS:
        log.error("job %s (%s) ended %s times with its worker: given up", job.id, job.task_name, job.attempts)
        return await manager.finish_job(job, status=jobs.Status.FAILED, delete_job=False)
    try:
        await manager.retry_job(job, retry_at=utils.utcnow())
        log.warning("the worker of job %s (%s) is gone; it is begun again", job.id, job.task_name)
    except exceptions.UniqueViolation:  # the next of its kind waits already, and does the same work
        await manager.finish_job(job, status=jobs.Status.ABORTED, delete_job=False)
    except exceptions.ConnectorException as refusal:
        log.info("job %s is another worker's to begin again: %s", job.id, refusal)
    return None

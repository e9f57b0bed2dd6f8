"""Questions to the database from the event loop: a few threads of their own, none of them the loop's."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

from django.db import close_old_connections

T = TypeVar("T")


class DatabaseThreads:
    """Runs plain functions that use Django's database; each leaves its connection clean behind it."""

    def __init__(self, count: int) -> None:
        self._pool = ThreadPoolExecutor(count, thread_name_prefix="consoles")

    async def run(self, question: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """Call `question` in a thread and wait for its answer or its exception."""
        asked = partial(_in_a_clean_thread, partial(question, *args, **kwargs))
        return await asyncio.get_running_loop().run_in_executor(self._pool, asked)

    def close(self) -> None:
        """Take no more questions; those being answered may finish."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _in_a_clean_thread(question: Callable[[], T]) -> T:
    close_old_connections()
    try:
        return question()
    finally:
        close_old_connections()

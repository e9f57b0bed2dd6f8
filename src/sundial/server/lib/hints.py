"""Tiny messages to other processes that something changed: sent with the commit, never before, never instead of data.

`send` also wakes listeners in this process after the commit and before the caller is answered, so that
whoever saved reads their own write from the gateway beside it.
"""

from collections import defaultdict
from collections.abc import Callable
from functools import partial

from django.db import connection, transaction

CHANNEL = "sundial"

Listener = Callable[[str], None]
_listeners: dict[str, list[Listener]] = defaultdict(list)


def on_commit(topic: str, listener: Listener) -> None:
    """Call `listener(body)` in this process after each commit that sent a hint on `topic`."""
    _listeners[topic].append(listener)


def send(topic: str, body: str) -> None:
    """Tell every process at commit; a rolled-back transaction tells nobody."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, f"{topic} {body}"])
    for listener in list(_listeners[topic]):
        transaction.on_commit(partial(listener, body), robust=True)

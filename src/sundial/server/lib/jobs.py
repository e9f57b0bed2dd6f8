"""Work for the worker: a row in the caller's own transaction, so a job exists exactly if the change does."""

from collections.abc import Mapping, Sequence
from typing import Any

from procrastinate.contrib.django import app


def defer(name: str, **arguments: str | int | None) -> None:
    """Have the task of this name (`<app>.<task>`) run once the transaction is committed; never if it is rolled back."""
    app.configure_task(name).defer(**arguments)


def defer_each(name: str, arguments: Sequence[Mapping[str, Any]]) -> None:
    """Have the task run once for each of these, as `defer` does once."""
    if arguments:
        app.configure_task(name).batch_defer(*({**one} for one in arguments))

"""Attributes as the API writes them, and those that teams and departments lend."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated

from pydantic import Field

from sundial.server.companies import actions, queries
from sundial.server.companies.types import Held, Lender
from sundial.server.lib.acting import Acting

Attributes = Annotated[
    list[Annotated[str, Field(max_length=121)]],
    Field(max_length=50, description="Names of attributes; one that holds a value as `name=value`."),
]


def lent_by(lender: Lender, ids: Iterable[int], now: datetime) -> dict[int, list[str]]:
    """What each of these lends its people now."""
    return {key: [one.text for one in held] for key, held in queries.lent_by(lender, ids, now=now).items()}


def lend(acting: Acting, lender: Lender, lender_id: int, texts: Sequence[str], now: datetime) -> None:
    """Lend exactly these; what stays the same ends when it did."""
    held = [Held.from_text(text) for text in texts]
    actions.lend_attributes(acting=acting, lender=lender, lender_id=lender_id, held=held, keep_ends=True, now=now)

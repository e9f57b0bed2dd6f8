"""`attributes`: the words that a company says about its people."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Path, Query, Router, Schema, Status
from pydantic import ConfigDict, Field

from sundial.server.companies import actions, queries
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import NotAllowed
from sundial.server.portal.api.answers import answers, creates
from sundial.server.portal.api.doors import acting_of
from sundial.server.portal.api.paging import Listing, Paging, Words, page_of
from sundial.server.portal.api.repeating import PARAMETER

router = Router(tags=["attributes"])
_REPEATABLE = {"parameters": [PARAMETER]}


_PATTERN: dict[str, Any] = {"pattern": "^[a-z][a-z0-9_-]{0,39}$"}
# Only described, not demanded: a name that cannot be is not found, like one that is not there.
AttributeName = Annotated[str, Field(json_schema_extra=_PATTERN)]
AttributeKinds = Literal["flag", "number", "word", "value"]


class AttributeOut(Schema):
    """An attribute, how many people have it themselves, and how many teams and departments lend it."""

    name: str
    kind: AttributeKinds
    people: int
    lenders: int
    created_at: datetime


class AttributePage(Listing):
    """One page of attributes."""

    items: list[AttributeOut]


class AttributeIn(Schema):
    """A new word."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=200, json_schema_extra=_PATTERN)
    kind: AttributeKinds = Field(
        "flag", description="A flag one has or not; a number or a word differs by person; a value is either of these."
    )


class AttributeGone(Schema):
    """What an attribute that is gone was used by: people who had it, files whose rules name it."""

    name: str
    people: int
    files: list[str]


class AttributeSearch(Paging):
    """Which attributes to list."""

    ordering: Literal["name", "-name", "kind", "-kind", "created_at", "-created_at"] = "name"
    search: Words = Field("", description="Words of the name.")


@router.get("", response=answers(AttributePage), summary="List attributes")
def list_attributes(request: HttpRequest, asked: Query[AttributeSearch]) -> dict[str, Any]:
    """For an ADMIN and a MANAGER; how many have each is told to an ADMIN, 0 to others."""
    acting = acting_of(request)
    if acting.company_id is None or acting.role not in {Role.ADMIN, Role.MANAGER}:
        raise NotAllowed("You may not list attributes.")
    told = page_of(queries.attributes(search=asked.search, ordering=asked.ordering), asked, lambda row: row)
    names = [row.name for row in told["items"]]
    counts = queries.holders_of(names) if acting.role is Role.ADMIN else {}
    lenders = queries.lenders_of(names)
    return {**told, "items": [_shown(row, counts, lenders) for row in told["items"]]}


@router.post("", response=creates(AttributeOut, 201), openapi_extra=_REPEATABLE, summary="Add an attribute")
def add_attribute(request: HttpRequest, payload: AttributeIn) -> Status[Any]:
    """ADMIN only."""
    row = actions.add_attribute(acting=_admin(request), name=payload.name, kind=payload.kind, now=clock.now())
    return Status(201, _shown(row, {}, {}))


@router.delete("/{name}", response=answers(AttributeGone), summary="Remove an attribute")
def remove_attribute(request: HttpRequest, name: Path[AttributeName]) -> dict[str, Any]:
    """Nobody has it any more; rules that use it open nothing, and the answer names their files. ADMIN only."""
    gone = actions.remove_attribute(acting=_admin(request), name=name, now=clock.now())
    return {"name": name, "people": gone.people, "files": list(gone.files)}


def _admin(request: HttpRequest) -> Acting:
    acting = acting_of(request)
    if acting.role is not Role.ADMIN:
        raise NotAllowed("Only an administrator of the company may do this.")
    return acting


def _shown(row: Any, counts: dict[str, int], lenders: dict[str, int]) -> dict[str, Any]:
    facts = {"name": row.name, "kind": row.kind, "created_at": row.created_at}
    return {**facts, "people": counts.get(row.name, 0), "lenders": lenders.get(row.name, 0)}

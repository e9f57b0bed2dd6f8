"""`departments`: the tree in which a company says where people belong."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import ConfigDict, Field, StrictInt

from sundial.server.companies import actions, queries
from sundial.server.companies.types import DepartmentRow, Lender
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import NotAllowed, NotFound
from sundial.server.lib.ids import HIGHEST_ID
from sundial.server.portal.api.answers import answers, changes, creates
from sundial.server.portal.api.doors import acting_of
from sundial.server.portal.api.lending import Attributes, lend, lent_by
from sundial.server.portal.api.paging import Listing, Paging, Words, page_of
from sundial.server.portal.api.repeating import PARAMETER

router = Router(tags=["departments"])
_REPEATABLE = {"parameters": [PARAMETER]}

ParentId = Annotated[StrictInt | None, Field(ge=1, le=HIGHEST_ID, description="What it lies in; null at the top.")]


class DepartmentOut(Schema):
    """A department: where it lies, how many people that you see are in it and in all beneath it, what it lends."""

    id: int
    name: str
    parent_id: int | None
    path: str
    depth: int
    people: int
    people_below: int
    attributes: list[str]


class DepartmentPage(Listing):
    """One page of departments."""

    items: list[DepartmentOut]


class DepartmentIn(Schema):
    """A new department."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=200)
    parent_id: ParentId = None


class DepartmentChanges(Schema):
    """What to change; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field("", max_length=200)
    parent_id: ParentId = None
    attributes: Attributes = Field(default_factory=list)


class DepartmentSearch(Paging):
    """Which departments to list."""

    ordering: Literal["path", "-path", "name", "-name", "people", "-people"] = Field(
        "path", description="By `path`, each stands after the one it lies in."
    )
    search: Words = Field("", description="Words of where it lies.")


@router.get("", response=answers(DepartmentPage), summary="List departments")
def list_departments(request: HttpRequest, asked: Query[DepartmentSearch]) -> dict[str, Any]:
    """The tree in lines. For an ADMIN and a MANAGER."""
    found = queries.departments(_reader(request), search=asked.search, ordering=asked.ordering)
    told = page_of(found, asked, lambda row: row)
    return {**told, "items": _shown(told["items"])}


@router.post("", response=creates(DepartmentOut, 201), openapi_extra=_REPEATABLE, summary="Make a department")
def add_department(request: HttpRequest, payload: DepartmentIn) -> Status[Any]:
    """ADMIN only."""
    acting = acting_of(request)
    row = actions.add_department(acting=acting, name=payload.name, parent_id=payload.parent_id, now=clock.now())
    return Status(201, _one(acting, row.pk))


@router.get("/{id:department_id}", response=answers(DepartmentOut), summary="Read a department")
def read_department(request: HttpRequest, department_id: int) -> dict[str, Any]:
    """One department."""
    acting = acting_of(request)
    if acting.company_id is None or acting.role not in {Role.ADMIN, Role.MANAGER}:
        raise NotFound
    return _one(acting, department_id)


@router.patch("/{id:department_id}", response=changes(DepartmentOut), summary="Rename or move a department")
def change_department(request: HttpRequest, department_id: int, payload: DepartmentChanges) -> dict[str, Any]:
    """Its name, where it lies (all in it moves along), and what it lends its people. ADMIN only."""
    acting, asked = acting_of(request), payload.dict(exclude_unset=True)
    if acting.company_id is None:
        raise NotFound
    lent, now = asked.pop("attributes", None), clock.now()
    actions.change_department(acting=acting, department_id=department_id, changes=asked, now=now)
    if lent is not None:
        lend(acting, Lender.DEPARTMENT, department_id, lent, now)
    return _one(acting, department_id)


@router.delete(
    "/{id:department_id}", response={**answers(None, 204), 409: answers(None)[404]}, summary="Dissolve a department"
)
def delete_department(request: HttpRequest, department_id: int) -> Status[Any]:
    """Its people, and the departments in it, move up one step. ADMIN only."""
    acting = acting_of(request)
    if acting.company_id is None:
        raise NotFound
    actions.delete_department(acting=acting, department_id=department_id, now=clock.now())
    return Status(204, None)


def _reader(request: HttpRequest) -> Acting:
    acting = acting_of(request)
    if acting.company_id is None or acting.role not in {Role.ADMIN, Role.MANAGER}:
        raise NotAllowed("You may not list departments.")
    return acting


def _one(acting: Acting, department_id: int) -> dict[str, Any]:
    found = next((row for row in queries.departments(acting) if row.id == department_id), None)
    if found is None:
        raise NotFound
    return _shown([found])[0]


def _shown(rows: Sequence[DepartmentRow]) -> list[dict[str, Any]]:
    lent = lent_by(Lender.DEPARTMENT, [row.id for row in rows], clock.now())
    facts = [name for name in DepartmentOut.model_fields if name != "attributes"]
    return [{**{name: getattr(row, name) for name in facts}, "attributes": lent.get(row.id, [])} for row in rows]

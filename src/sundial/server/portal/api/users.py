"""`users`: the people of one's own company."""

from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import ConfigDict, Field, StrictInt

from sundial.server.companies import actions, queries
from sundial.server.companies.types import MemberStatus
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import Invalid, NotAllowed
from sundial.server.lifecycle import actions as lifecycle
from sundial.server.portal.api.answers import answers, changes, creates
from sundial.server.portal.api.doors import acting_of
from sundial.server.portal.api.paging import Listing, Paging, Words, page_of
from sundial.server.portal.api.repeating import PARAMETER

router = Router(tags=["users"])
_REPEATABLE = {"parameters": [PARAMETER]}
_MOST_IDS = 500

CompanyRole = Literal["ADMIN", "MANAGER", "EMPLOYEE"]


class UserOut(Schema):
    """A person in a company."""

    id: int
    email: str
    name: str
    first_name: str
    last_name: str
    role: CompanyRole
    status: Literal["ACTIVE", "INACTIVE"]
    attributes: list[str]
    created_at: datetime


class UserPage(Listing):
    """One page of people."""

    items: list[UserOut]


class Added(UserOut):
    """A new person; the link is null where they have an account already, and is mailed in any case."""

    set_password_link: str | None


class UserIn(Schema):
    """Someone to take on."""

    model_config = ConfigDict(extra="forbid")

    email: str = Field(max_length=254)
    first_name: str = Field("", max_length=200)
    last_name: str = Field("", max_length=200)
    role: CompanyRole = "EMPLOYEE"
    attributes: list[str] = Field(default_factory=list)


class UserChanges(Schema):
    """What to change; what is left out stays. INACTIVE ends the person's tokens and devices."""

    model_config = ConfigDict(extra="forbid")

    first_name: str = Field("", max_length=200)
    last_name: str = Field("", max_length=200)
    role: CompanyRole = "EMPLOYEE"
    status: Literal["ACTIVE", "INACTIVE"] = "ACTIVE"
    attributes: list[str] = Field(default_factory=list)


class Ids(Schema):
    """Several people."""

    model_config = ConfigDict(extra="forbid")

    ids: list[StrictInt] = Field(min_length=1, max_length=_MOST_IDS)


class Outcome(Schema):
    """What came of one of several."""

    id: int
    done: bool
    message: str


class Outcomes(Schema):
    """What came of each."""

    items: list[Outcome]


class UserSearch(Paging):
    """Which people to list."""

    role: Literal["", "ADMIN", "MANAGER", "EMPLOYEE"] = ""
    status: Literal["", "ACTIVE", "INACTIVE"] = ""
    ordering: Literal[
        "name", "-name", "email", "-email", "role", "-role", "status", "-status", "created_at", "-created_at"
    ] = "name"
    search: Words = Field("", description="Words of names or addresses.")


@router.get("", response=answers(UserPage), summary="List people")
def list_users(request: HttpRequest, asked: Query[UserSearch]) -> dict[str, Any]:
    """All of the company for an ADMIN, their teams for a MANAGER."""
    found = queries.people(
        acting_of(request), search=asked.search, role=asked.role, status=asked.status, ordering=asked.ordering
    )
    return page_of(found, asked, _shown)


@router.post("", response=creates(Added, 201), openapi_extra=_REPEATABLE, summary="Take someone on")
def add_user(request: HttpRequest, payload: UserIn) -> Status[Any]:
    """They are written to, with a link to set a password. ADMIN only."""
    acting = acting_of(request)
    company_id = _own_company(acting)
    _refuse_attributes(payload.attributes)
    row = actions.add_person(
        acting=acting, company_id=company_id, now=clock.now(), **payload.dict(exclude={"attributes"})
    )
    link = actions.invite(user_id=row.user_id, company_id=company_id)
    return Status(201, {**_shown(row), "set_password_link": link or None})


@router.get("/{id:user_id}", response=answers(UserOut), summary="Read a person")
def read_user(request: HttpRequest, user_id: int) -> dict[str, Any]:
    """One person: anyone of the company for an ADMIN, of their teams for a MANAGER, oneself for everyone."""
    return _shown(queries.person(acting_of(request), user_id))


@router.patch("/{id:user_id}", response=changes(UserOut), summary="Change a person")
def change_user(request: HttpRequest, user_id: int, payload: UserChanges) -> dict[str, Any]:
    """Name, role, status. ADMIN; one's own names, everyone. The last ADMIN stays one."""
    acting, asked = acting_of(request), payload.dict(exclude_unset=True)
    queries.person(acting, user_id)
    _refuse_attributes(asked.pop("attributes", []))
    status = asked.pop("status", None)
    if asked:
        actions.edit_person(acting=acting, user_id=user_id, changes=asked, now=clock.now())
    if status is not None:
        move = lifecycle.deactivate_person if status == MemberStatus.INACTIVE else lifecycle.reactivate_person
        move(acting=acting, user_id=user_id, now=clock.now())
    return _shown(queries.person(acting, user_id))


@router.delete("/{id:user_id}", response={**answers(None, 204), 409: answers(None)[404]}, summary="Let a person go")
def delete_user(request: HttpRequest, user_id: int) -> Status[Any]:
    """Their tokens and devices end within a second. ADMIN only; the last ADMIN stays."""
    lifecycle.let_go(acting=acting_of(request), user_id=user_id, now=clock.now())
    return Status(204, None)


@router.post(
    "/bulk-delete", response=creates(Outcomes, 200), openapi_extra=_REPEATABLE, summary="Let several people go"
)
def delete_users(request: HttpRequest, payload: Ids) -> dict[str, Any]:
    """Each stands alone: the answer says what came of each. ADMIN only."""
    acting = acting_of(request)
    if acting.role is not Role.ADMIN:
        raise NotAllowed("Only an administrator of the company may change its people.")
    return {"items": lifecycle.let_go_many(acting=acting, user_ids=payload.ids, now=clock.now())}


def _own_company(acting: Acting) -> int:
    if acting.company_id is None or acting.role is not Role.ADMIN:
        raise NotAllowed("Only an administrator of the company may change its people.")
    return acting.company_id


def _refuse_attributes(names: list[str]) -> None:
    # The attribute pool of every company is empty until the vault comes.
    if names:
        raise Invalid({"attributes": "There is no such attribute."})


def _shown(row: Any) -> dict[str, Any]:
    one = queries.as_person(row)
    facts = ("id", "email", "name", "first_name", "last_name", "created_at")
    return {
        **{name: getattr(one, name) for name in facts},
        "role": str(one.role),
        "status": str(one.status),
        "attributes": [],
    }

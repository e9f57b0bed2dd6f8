"""`users`: the people of one's own company."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import AwareDatetime, ConfigDict, Field, StrictInt

from sundial.protocol.etags import matches
from sundial.server.companies import actions, queries
from sundial.server.companies.actions.many import change_attributes_of_many
from sundial.server.companies.actions.revising import require_revision
from sundial.server.companies.queries.revisions import revision_of
from sundial.server.companies.types import Held, Lent, MemberStatus
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import Invalid, NotAllowed
from sundial.server.lib.ids import HIGHEST_ID
from sundial.server.lifecycle import actions as lifecycle
from sundial.server.portal.api.answers import answers, changes, creates
from sundial.server.portal.api.doors import acting_of
from sundial.server.portal.api.lending import Attributes
from sundial.server.portal.api.outcomes import Outcomes
from sundial.server.portal.api.paging import Listing, Paging, Words, page_of
from sundial.server.portal.api.repeating import PARAMETER

router = Router(tags=["users"])
_REPEATABLE = {"parameters": [PARAMETER]}
_MOST_IDS = 500

_IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "The revision of the person that you changed, in quotes.",
    "schema": {"type": "string"},
}

CompanyRole = Literal["ADMIN", "MANAGER", "EMPLOYEE"]


DepartmentId = Annotated[StrictInt | None, Field(ge=1, le=HIGHEST_ID, description="One of your departments, or null.")]
Ends = Annotated[
    dict[str, AwareDatetime | None],
    Field(max_length=50, description="Until when an attribute lasts, by its name; null for always."),
]


class LentOut(Schema):
    """An attribute that a person has through a team, or through a department they are in."""

    attribute: str
    lender: Literal["team", "department"]
    name: str


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
    expires: dict[str, datetime]
    lent: list[LentOut]
    department_id: int | None
    department: str
    teams: list[str]
    invited_at: datetime | None
    signed_in_at: datetime | None
    created_at: datetime
    revision: str = Field(
        description="What `If-Match` takes, in quotes, where nobody else may have changed the person."
    )


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
    department_id: DepartmentId = None
    attributes: Attributes = Field(default_factory=list)


class UserChanges(Schema):
    """What to change; what is left out stays. INACTIVE ends the person's tokens and devices."""

    model_config = ConfigDict(extra="forbid")

    first_name: str = Field("", max_length=200)
    last_name: str = Field("", max_length=200)
    role: CompanyRole = "EMPLOYEE"
    status: Literal["ACTIVE", "INACTIVE"] = "ACTIVE"
    department_id: DepartmentId = None
    attributes: Attributes = Field(default_factory=list)
    expires: Ends = Field(default_factory=dict)


class Ids(Schema):
    """Several people."""

    model_config = ConfigDict(extra="forbid")

    ids: list[StrictInt] = Field(min_length=1, max_length=_MOST_IDS)


class IdsWithAttributes(Ids):
    """Several people, and exactly the attributes that each shall have."""

    attributes: Attributes


class UserSearch(Paging):
    """Which people to list."""

    role: Literal["", "ADMIN", "MANAGER", "EMPLOYEE"] = ""
    status: Literal["", "ACTIVE", "INACTIVE"] = ""
    arrival: Literal["", "nobody", "invited", "came"] = ""
    department_id: int | None = Field(None, ge=1, le=HIGHEST_ID, description="This department and all in it.")
    team_id: int | None = Field(None, ge=1, le=HIGHEST_ID)
    ordering: Literal[
        "name", "-name", "email", "-email", "role", "-role", "status", "-status", "created_at", "-created_at"
    ] = "name"
    search: Words = Field("", description="Words of names or addresses.")


@router.get("", response=answers(UserPage), summary="List people")
def list_users(request: HttpRequest, asked: Query[UserSearch]) -> dict[str, Any]:
    """All of the company for an ADMIN, of their teams for a MANAGER."""
    found = queries.people(
        acting_of(request),
        search=asked.search,
        role=asked.role,
        status=asked.status,
        arrival=asked.arrival,
        departments=None if asked.department_id is None else queries.with_those_below(asked.department_id),
        team=asked.team_id,
        ordering=asked.ordering,
    )
    told = page_of(found, asked, lambda row: row)
    return {**told, "items": _all_shown(told["items"])}


@router.post("", response=creates(Added, 201), openapi_extra=_REPEATABLE, summary="Take someone on")
def add_user(request: HttpRequest, payload: UserIn) -> Status[Any]:
    """They are written to, with a link to set a password. ADMIN only."""
    acting = acting_of(request)
    company_id = _own_company(acting)
    asked, held = payload.dict(exclude={"attributes"}), _held(payload.attributes)
    row = actions.add_person(acting=acting, company_id=company_id, held=held, now=clock.now(), **asked)
    link = actions.invite(user_id=row.user_id, company_id=company_id)
    return Status(201, {**_shown(row), "set_password_link": link or None})


@router.get("/{id:user_id}", response=answers(UserOut), summary="Read a person")
def read_user(request: HttpRequest, user_id: int) -> dict[str, Any]:
    """One person: anyone of the company for an ADMIN, of their teams for a MANAGER, oneself for everyone."""
    return _shown(queries.person(acting_of(request), user_id))


@router.patch(
    "/{id:user_id}",
    response=changes(UserOut, 412),
    openapi_extra={"parameters": [_IF_MATCH]},
    summary="Change a person",
)
def change_user(request: HttpRequest, user_id: int, payload: UserChanges) -> dict[str, Any]:
    """Name, role, department, status, attributes. ADMIN; one's own names, everyone. The last ADMIN stays one.

    With `If-Match` a person whom somebody else changed meanwhile is left alone: 412, with the difference.
    """
    acting, now, asked = acting_of(request), clock.now(), payload.dict(exclude_unset=True)
    queries.person(acting, user_id)
    if expected := request.headers.get("If-Match"):
        require_revision(acting=acting, user_id=user_id, is_it=lambda one: matches(expected, one), asked=asked, now=now)
    names, ends, status = asked.pop("attributes", None), asked.pop("expires", None), asked.pop("status", None)
    if asked:
        actions.edit_person(acting=acting, user_id=user_id, changes=asked, now=now)
    if names is not None or ends is not None:
        held = _wanted(user_id, names, ends or {}, now)
        actions.set_attributes(acting=acting, user_id=user_id, held=held, now=now)
    if status is not None:
        move = lifecycle.deactivate_person if status == MemberStatus.INACTIVE else lifecycle.reactivate_person
        move(acting=acting, user_id=user_id, now=now)
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
    _own_company(acting)
    return {"items": lifecycle.let_go_many(acting=acting, user_ids=payload.ids, now=clock.now())}


@router.post(
    "/bulk-attributes",
    response=creates(Outcomes, 200),
    openapi_extra=_REPEATABLE,
    summary="Replace the attributes of several people",
)
def set_attributes_of_users(request: HttpRequest, payload: IdsWithAttributes) -> dict[str, Any]:
    """Afterwards each has exactly these attributes; the answer says what came of each. ADMIN only."""
    acting = acting_of(request)
    _own_company(acting)
    held, now = _held(payload.attributes), clock.now()
    return {"items": change_attributes_of_many(acting=acting, user_ids=payload.ids, held=held, now=now).items}


def _own_company(acting: Acting) -> int:
    if acting.company_id is None or acting.role is not Role.ADMIN:
        raise NotAllowed("Only an administrator of the company may change its people.")
    return acting.company_id


def _held(texts: list[str]) -> list[Held]:
    return [Held.from_text(text) for text in texts]


def _wanted(user_id: int, texts: list[str] | None, ends: dict[str, datetime | None], now: datetime) -> list[Held]:
    """What a person shall have: what is not named stays, and so does the end of what stays the same."""
    before = {one.name: one for one in queries.attributes_of([user_id], now=now).get(user_id, [])}
    wanted = list(before.values()) if texts is None else _held(texts)
    if unknown := set(ends) - {one.name for one in wanted}:
        raise Invalid({"expires": f"They do not have {min(unknown)}."})
    return [replace(one, expires_at=ends.get(one.name, _end_of(one, before.get(one.name)))) for one in wanted]


def _end_of(wanted: Held, before: Held | None) -> datetime | None:
    return before.expires_at if before is not None and before.value == wanted.value else None


def _lent(one: Lent) -> dict[str, str]:
    return {"attribute": one.text, "lender": str(one.lender), "name": one.lender_name}


def _shown(row: Any) -> dict[str, Any]:
    return _all_shown([row])[0]


def _all_shown(rows: Sequence[Any]) -> list[dict[str, Any]]:
    """These people with what is told of each, in the same few queries however many they are."""
    known = [queries.as_person(row) for row in rows]
    ids = [one.id for one in known]
    now = clock.now()
    held, teams, carried = queries.attributes_of(ids, now=now), queries.teams_of(ids), queries.carried_by(ids, now=now)
    facts = (
        "id", "email", "name", "first_name", "last_name", "department_id", "department", "invited_at", "signed_in_at",
        "created_at",
    )  # fmt: skip
    return [
        {
            **{name: getattr(one, name) for name in facts},
            "role": str(one.role),
            "status": str(one.status),
            "attributes": [each.text for each in held.get(one.id, ())],
            "expires": {each.name: each.expires_at for each in held.get(one.id, ()) if each.expires_at},
            "lent": [_lent(each) for found in carried.get(one.id, ()) for each in found.lent],
            "teams": [seat.team for seat in teams.get(one.id, ())],
            "revision": revision_of(row, held.get(one.id, ())),
        }
        for one, row in zip(known, rows, strict=True)
    ]

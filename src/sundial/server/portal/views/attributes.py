"""The words that a company says about its people: which there are, who uses them, and what a person has of them."""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from sundial.server.companies import actions, queries
from sundial.server.companies.access import acting_of_page, allow
from sundial.server.companies.types import AttributeKind, Carried, Held, Lent
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import Invalid, NotAllowed, NotFound
from sundial.server.lib.lists import FORMATS, as_csv, narrowed, paged
from sundial.server.portal.forms import AttributeForm
from sundial.server.portal.views.people import company_of, show_refusal

_CSV_HEAD = ("attribute", "kind", "people", "lent by", "since")
_VALUE, _UNTIL = "value-", "until-"  # what fields of values, and of last days, begin with
_DAY = re.compile(r"2[0-9]{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])")


def kind_word(kind: str) -> str:
    """What an attribute of this kind holds."""
    words = {AttributeKind.FLAG: _("One has it or not"), AttributeKind.NUMBER: _("A number")}
    return words.get(AttributeKind(kind), _("A word"))


@dataclass(frozen=True)
class Box:
    """One attribute in a person's form: whether they have it, and its value where it takes one."""

    name: str
    kind: str
    has: bool
    value: str
    last_day: date | None = None

    @property
    def takes_value(self) -> bool:
        """Whether it says more than that one has it."""
        return self.kind != AttributeKind.FLAG


@dataclass(frozen=True)
class Given:
    """What is lent to a person under one name, each with its last day; `note` says what of it counts."""

    lent: tuple[tuple[Lent, date | None], ...]
    note: str


def attributes_of(acting: Acting, user_id: int, now: datetime) -> dict[str, Any]:
    """What somebody has and is lent, each with its last day, and for those who may change it the whole pool."""
    held = queries.attributes_of([user_id], now=now).get(user_id, [])
    carried = queries.carried_by([user_id], now=now).get(user_id, [])
    return {
        "attributes": [(one, last_day(one)) for one in held],
        "boxes": _boxes(held) if acting.role is Role.ADMIN else [],
        "lent": [_given(one) for one in carried if one.lent],
    }


def _given(one: Carried) -> Given:
    disagree = _("They disagree, so nothing counts.") if one.value is None else ""
    note = _("Their own counts.") if one.own else disagree
    return Given(tuple((each, last_day(each)) for each in one.lent), note)


def _boxes(held: list[Held]) -> list[Box]:
    """Every attribute of the company, with what this person has of it."""
    own = {one.name: one for one in held}
    return [_box(row.name, row.kind, own.get(row.name)) for row in queries.attributes()]


def _box(name: str, kind: str, held: Held | None) -> Box:
    return Box(name, kind, held is not None, held.value if held else "", last_day(held))


def last_day(held: Held | None) -> date | None:
    """The last day, in the page's time zone, on which it still counts."""
    if held is None or held.expires_at is None:
        return None
    return timezone.localtime(held.expires_at - timedelta(seconds=1)).date()


@allow(Role.ADMIN, Role.MANAGER)
@require_http_methods(["GET", "POST"])
def attributes(request: HttpRequest) -> HttpResponseBase:
    """The whole pool, and a new word for it."""
    acting = acting_of_page(request)
    form = AttributeForm(request.POST or None)
    if request.method == "POST":
        if acting.role is not Role.ADMIN:
            raise NotAllowed
        if form.is_valid() and _added(acting, form):
            messages.success(request, _("Added. Give it to people on their pages, or to several at once."))
            return redirect("attributes")
    return _listed(request, acting, form)


def _added(acting: Acting, form: AttributeForm) -> bool:
    try:
        actions.add_attribute(acting=acting, now=clock.now(), **form.cleaned_data)
    except Invalid as refusal:
        show_refusal(form, refusal)
        return False
    return True


def _listed(request: HttpRequest, acting: Acting, form: AttributeForm) -> HttpResponseBase:
    found = queries.attributes(search=request.GET.get("search", ""))
    if request.GET.get("format") == "csv":
        lines = [(row.name, row.kind, people, lenders, row.created_at) for row, people, lenders in _counted(found)]
        return as_csv("attributes", _CSV_HEAD, lines)
    page = paged(request, found)
    context = {
        "page": page,
        "rows": [(row, kind_word(row.kind), people, lenders) for row, people, lenders in _counted(page.object_list)],
        "form": form,
        "formats": FORMATS,
        "filtered": narrowed(request),
        "may_change": acting.role is Role.ADMIN,
    }
    return render(request, "portal/attributes.html", context, status=422 if form.errors else 200)


def _counted(rows: Any) -> list[tuple[Any, int, int]]:
    """Attributes, each with how many people have it, and how many teams and departments lend it."""
    found = list(rows)
    names = [row.name for row in found]
    people, lenders = queries.holders_of(names), queries.lenders_of(names)
    return [(row, people.get(row.name, 0), lenders.get(row.name, 0)) for row in found]


@allow(Role.ADMIN)
@require_http_methods(["GET", "POST"])
def remove(request: HttpRequest, name: str) -> HttpResponse:
    """Take a word away: first what uses it, then gone from everyone."""
    acting = acting_of_page(request)
    if request.method == "POST":
        gone = actions.remove_attribute(acting=acting, name=name, now=clock.now())
        messages.success(request, _("%(name)s is gone. %(n)s people had it.") % {"name": name, "n": gone.people})
        return redirect("attributes")
    found = [one for one in _counted(queries.attributes(search=name)) if one[0].name == name]
    if not found:
        raise NotFound
    row, people, lenders = found[0]
    files = actions.uses_of_attribute(company_of(acting), name)
    context = {"attribute": row, "kind": kind_word(row.kind), "people": people, "lenders": lenders, "files": files}
    return render(request, "portal/attribute_remove.html", context)


@allow(Role.ADMIN)
@require_POST
def of_person(request: HttpRequest, user_id: int) -> HttpResponse:
    """Give a person exactly the attributes that were ticked or filled in, each until its last day if it has one."""
    acting = acting_of_page(request)
    now = clock.now()
    before = {one.name: one for one in queries.attributes_of([user_id], now=now).get(user_id, [])}
    try:
        held = [replace(one, expires_at=end_sent(request, one, before.get(one.name))) for one in _sent(request)]
        actions.set_attributes(acting=acting, user_id=user_id, held=held, now=now)
    except Invalid as refusal:
        messages.error(request, " ".join(refusal.fields.values()))
    else:
        messages.success(request, _("Saved."))
    return redirect("person", user_id)


def _sent(request: HttpRequest) -> list[Held]:
    """What the form says: a tick of a flag, a value of everything else; an empty value is none."""
    ticked = [Held(name) for name in dict.fromkeys(request.POST.getlist("has"))]
    names = [key.removeprefix(_VALUE) for key in request.POST if key.startswith(_VALUE)]
    values = [Held(name, request.POST.get(_VALUE + name, "").strip()) for name in names]
    return [*ticked, *(one for one in values if one.value)]


def end_sent(request: HttpRequest, one: Held, before: Held | None) -> datetime | None:
    """When an attribute ends: with the day that was sent; as before if none was asked for, or the same one."""
    kept = before.expires_at if before is not None and before.value == one.value else None
    sent = request.POST.get(_UNTIL + one.name)
    if not sent:
        return kept if sent is None else None
    day = _day(one.name, sent)
    if kept is not None and day == last_day(before):
        return kept
    return datetime.combine(day + timedelta(days=1), time.min, timezone.get_current_timezone())


def _day(name: str, text: str) -> date:
    try:
        found = parse_date(text) if _DAY.fullmatch(text) else None
    except ValueError:  # the 31st of February
        found = None
    if found is None:
        raise Invalid({"attributes": _("Choose the last day of %(name)s from the calendar.") % {"name": name}})
    return found

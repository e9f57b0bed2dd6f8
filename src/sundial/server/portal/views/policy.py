"""The tracking policy: read by everyone it is about, changed by those who may, confirmed live by every agent."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sundial.protocol.settings import Value
from sundial.server.companies import queries as companies
from sundial.server.companies.access import acting_of_page, allow
from sundial.server.devices import queries as devices
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import Conflict, NotFound
from sundial.server.lib.lists import Counted, paged, wanted_page
from sundial.server.portal.forms import policy_changes, policy_parts
from sundial.server.portal.views.home import EVERYONE
from sundial.server.portal.views.policy_words import change, changes_of, counts_of, groups, meaning_of
from sundial.server.tracking import actions, queries
from sundial.server.tracking.types import Head
from sundial.server.ui.types import Change


def _company_of(acting: Acting, company_id: int | None) -> int:
    """The company whose policy is meant: an owner names it, everyone else has one; raises NotFound."""
    if acting.is_owner != (company_id is not None):
        raise NotFound
    found = company_id if company_id is not None else acting.company_id
    if found is None:
        raise NotFound
    return found


def _address(name: str, acting: Acting, company_id: int, *more: int) -> str:
    return reverse(f"owner-{name}", args=[company_id, *more]) if acting.is_owner else reverse(name, args=more)


@allow(*EVERYONE)
@require_http_methods(["GET", "POST"])
def policy(request: HttpRequest, company_id: int | None = None) -> HttpResponse:
    """Show the policy in force; on POST save it and follow the agents as they confirm."""
    acting = acting_of_page(request)
    company = _company_of(acting, company_id)
    if request.method == "POST":
        return _save(request, acting, company)
    return _page(request, acting, company)


def _save(request: HttpRequest, acting: Acting, company_id: int) -> HttpResponse:
    changes, errors = policy_changes(request.POST.dict())
    if errors:
        queries.head_for(acting, company_id)
        return _page(request, acting, company_id, changes, errors, status=422)
    settings, sections = policy_parts(changes)
    try:
        saved = actions.change_policy(
            acting=acting,
            company_id=company_id,
            changes=settings,
            sections=sections,
            if_match=request.POST.get("etag"),
            now=clock.now(),
        )
    except Conflict as conflict:
        return _page(request, acting, company_id, changes, conflict=conflict, status=409)
    if saved.changed:
        text = _("Saved as version %(version)s. Agents are being told now.") % {"version": saved.head.version}
        messages.success(request, text)
    else:
        messages.info(request, _("Nothing was changed, so no new version was made."))
    return redirect(_address("policy", acting, company_id))


def _page(
    request: HttpRequest,
    acting: Acting,
    company_id: int,
    values: Mapping[str, Value] | None = None,
    errors: Mapping[str, str] | None = None,
    conflict: Conflict | None = None,
    status: int = 200,
) -> HttpResponse:
    head = queries.head_for(acting, company_id)
    company = companies.company_for(acting, company_id)
    may_change = _may_change(acting, delegated=company.policy_delegated)
    context = {
        "company": company,
        "head": head,
        "groups": groups(head.values, asked=values, errors=errors),
        "errors": errors,
        "refused": bool(errors or conflict),
        "conflict": conflict,
        "conflict_changes": _conflicting(conflict),
        "may_change": may_change,
        "last": queries.last_change(acting, company_id),
        "policy_href": _address("policy", acting, company_id),
        "versions_href": _address("policy-versions", acting, company_id),
        "progress_href": _address("policy-progress", acting, company_id),
        "meaning_href": _address("policy-meaning", acting, company_id),
        **_progress(acting, head),
    }
    return render(request, "portal/policy.html", context, status=status)


def _may_change(acting: Acting, *, delegated: bool) -> bool:
    return acting.is_owner or (acting.role is Role.ADMIN and delegated)


def _conflicting(conflict: Conflict | None) -> list[Change]:
    """What is in force by now, beside what this page asked for."""
    settings = conflict.difference["settings"] if conflict else {}
    return [
        change(name, values["now"], values["yours"])
        for name, values in settings.items()
        if values["yours"] is not None and values["yours"] != values["now"]
    ]


def _progress(acting: Acting, head: Head) -> dict[str, Any]:
    if acting.role not in {Role.OWNER, Role.ADMIN}:
        return {"progress": None}
    now = clock.now()
    found = devices.progress(head.company_id, head.etag, now=now)
    # Only who may see devices is led to them; an owner sees numbers.
    behind = f"{reverse('devices')}?standing=" if acting.role is Role.ADMIN else ""
    return {"progress": found, "counts": counts_of(found), "behind": behind, "as_of": now, "head": head}


@allow(Role.OWNER, Role.ADMIN)
@require_GET
def progress(request: HttpRequest, company_id: int | None = None) -> HttpResponse:
    """The live line alone: how far the policy in force has come, counted from what devices reported."""
    acting = acting_of_page(request)
    head = queries.head_for(acting, _company_of(acting, company_id))
    return render(request, "portal/policy_progress.html", _progress(acting, head))


@allow(*EVERYONE)
@require_GET
def meaning(request: HttpRequest, company_id: int | None = None) -> HttpResponse:
    """What the values in the form would mean, in numbers, before anything is saved."""
    acting = acting_of_page(request)
    head = queries.head_for(acting, _company_of(acting, company_id))
    changes, errors = policy_changes(request.GET.dict())
    lines = [] if errors else meaning_of(head.values, changes)
    return render(request, "portal/policy_meaning.html", {"lines": lines})


@allow(*EVERYONE)
@require_GET
def versions(request: HttpRequest, company_id: int | None = None) -> HttpResponse:
    """All versions there ever were, with what each changed."""
    acting = acting_of_page(request)
    company = companies.company_for(acting, _company_of(acting, company_id))
    found = queries.versions(acting, company.pk, page=wanted_page(request))
    context = {
        "company": company,
        "page": paged(request, Counted(found.items, found.count, found.page)),
        "rows": [(row, changes_of(row.differences)) for row in found.items],
        "may_change": _may_change(acting, delegated=company.policy_delegated),
        "policy_href": _address("policy", acting, company.pk),
        "restore_href": _address("policy-restore", acting, company.pk),
    }
    return render(request, "portal/policy_versions.html", context)


@allow(Role.OWNER, Role.ADMIN)
@require_POST
def restore(request: HttpRequest, company_id: int | None = None) -> HttpResponse:
    """Bring back the values of an earlier version, as a new one."""
    acting = acting_of_page(request)
    company = _company_of(acting, company_id)
    text = request.POST.get("id", "")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise NotFound
    saved = actions.restore_version(acting=acting, company_id=company, number=int(text), now=clock.now())
    words = {"old": int(text), "new": saved.head.version}
    messages.success(request, _("Version %(old)s is back, as version %(new)s.") % words)
    return redirect(_address("policy", acting, company))

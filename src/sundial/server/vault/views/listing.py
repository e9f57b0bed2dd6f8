"""The list of a folder, the search over all of them, and the bin."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from sundial.server.companies.access import acting_of_page, allow
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import NotFound
from sundial.server.lib.lists import FORMATS, PAGE_SIZE, Counted, as_csv, narrowed, paged, wanted_page
from sundial.server.vault import queries, rules
from sundial.server.vault.types import BINNED_FOR, LARGEST, FileView, FolderView, Listed, Wanted
from sundial.server.vault.views import asked
from sundial.server.vault.views.rules import rule_context

IN_COMPANY = (Role.ADMIN, Role.MANAGER, Role.EMPLOYEE)
_EXPORTED_AT_ONCE = 500
_CSV_HEAD = (
    "id", "file", "folder", "rule", "opens for me", "bytes", "type", "version", "uploaded by", "uploaded", "changed",
)  # fmt: skip


@allow(*IN_COMPANY)
@require_GET
def vault(request: HttpRequest) -> HttpResponseBase:
    """The files that the reader sees in one folder, or what they look for in all."""
    acting, now, wanted = acting_of_page(request), clock.now(), asked.wanted(request)
    if request.GET.get("format") == "csv":
        return as_csv("vault", _CSV_HEAD, list(_lines(request, acting, wanted, now)))
    places = queries.folders_of(acting)
    if wanted.folder is not None and wanted.folder not in places.nodes:
        raise NotFound
    path = places.path(wanted.folder)
    context = {
        **_listed(request, acting, wanted, now),
        "folder": path[-1] if path else None,
        "above": path[:-1],
        "places": places.all(),
        "everywhere": wanted.everywhere,
        "uploads": queries.own_uploads(acting, now=now),
        "rule": queries.rule_for_upload(acting, wanted.folder),
        "room": queries.room_of(acting.company_id or 0),
        "largest": LARGEST,
        **rule_context(acting),
        "nothing": _nothing(request, wanted),
        "may_bin_folder": bool(path) and _keeps(acting, queries.folder(acting, path[-1][0]).created_by_id),
    }
    return render(request, "vault/vault.html", context)


@allow(*IN_COMPANY)
@require_GET
def bin_list(request: HttpRequest) -> HttpResponseBase:
    """What lies in the bin: all of it for an administrator, one's own for others."""
    acting, now, wanted = acting_of_page(request), clock.now(), asked.wanted(request, binned=True)
    if request.GET.get("format") == "csv":
        return as_csv("vault-bin", _CSV_HEAD, list(_lines(request, acting, wanted, now)))
    text = _("What is put into the bin stays here for 30 days, then it is deleted for good.")
    nothing = {"title": _("The bin is empty"), "text": text, "action": _("Back to the vault"), "href": reverse("vault")}
    context = {**_listed(request, acting, wanted, now, "-binned_at"), "nothing": nothing, "days": BINNED_FOR.days}
    return render(request, "vault/bin.html", context)


def _listed(request: HttpRequest, acting: Acting, wanted: Wanted, now: datetime, first: str = "name") -> dict[str, Any]:
    ordering, page = request.GET.get("ordering", first), wanted_page(request)
    found = queries.files(acting, wanted, now=now, ordering=ordering, page=page, page_size=PAGE_SIZE)
    return {
        "rows": [row(acting, one) for one in found.files],
        "folders": [_folder(acting, one) for one in found.folders],
        "page": paged(request, Counted([*found.folders, *found.files], found.count, found.page)),
        "filters": asked.filters(acting),
        "formats": FORMATS,
        "first": first,
        "as_of": now,
        "back": request.get_full_path(),
        "may_rule": rules.may_rule(acting),
    }


def row(acting: Acting, one: FileView) -> dict[str, Any]:
    """A file as lists show it."""
    return {
        "file": one,
        "kind": asked.kind_word(one.kind),
        "keeps": _keeps(acting, one.owner_id),
        "ends": one.binned_at + BINNED_FOR if one.binned_at else None,
    }


def _folder(acting: Acting, one: FolderView) -> dict[str, Any]:
    return {
        "folder": one,
        "keeps": _keeps(acting, one.created_by_id),
        "place": " / ".join(n for _k, n in one.path[:-1]),
    }


def _keeps(acting: Acting, owner_id: int) -> bool:
    return rules.may_change(acting, owner_id)


def _nothing(request: HttpRequest, wanted: Wanted) -> dict[str, str]:
    if narrowed(request) and wanted.everywhere:
        text = _("Try another word, or remove a filter. Files that do not open for you are not listed.")
        return {"title": _("No file fits"), "text": text, "action": _("Show the vault"), "href": reverse("vault")}
    text = _("Drop files here, or choose them. You say by a rule whom they open for; nobody else sees them.")
    if wanted.folder is not None:
        return {"title": _("Nothing here that you may see"), "text": text, "action": "", "href": ""}
    return {"title": _("No files yet"), "text": text, "action": "", "href": ""}


def _lines(request: HttpRequest, acting: Acting, wanted: Wanted, now: datetime) -> Iterator[tuple[object, ...]]:
    page, pages = 1, 1
    while page <= pages:
        found = _exported(request, acting, wanted, now, page)
        yield from (_line(one) for one in found.files)
        page, pages = page + 1, found.pages


def _exported(request: HttpRequest, acting: Acting, wanted: Wanted, now: datetime, page: int) -> Listed:
    ordering = request.GET.get("ordering", "name")
    return queries.files_only(acting, wanted, now=now, ordering=ordering, page=page, page_size=_EXPORTED_AT_ONCE)


def _line(one: FileView) -> tuple[object, ...]:
    opens = "yes" if one.opens else "no"
    what = (one.id, one.name, one.place, one.rule_text, opens, one.size, one.media_type, one.version, one.owner)
    return (*what, one.created_at, one.updated_at)

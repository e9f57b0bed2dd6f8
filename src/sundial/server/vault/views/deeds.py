"""What is done from the lists: folders made and arranged, files moved, binned, brought back and deleted for good."""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from sundial.server.companies.access import acting_of_page, allow
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import Conflict, Invalid, NotFound
from sundial.server.lib.outcomes import Outcome
from sundial.server.lib.way_back import way_back
from sundial.server.vault import actions, queries
from sundial.server.vault.types import FileView
from sundial.server.vault.views import asked

IN_COMPANY = (Role.ADMIN, Role.MANAGER, Role.EMPLOYEE)
_MOST_NAMED = 3


@allow(*IN_COMPANY)
@require_POST
def new_folder(request: HttpRequest) -> HttpResponse:
    """Make a folder in the one that is open."""
    parent, name = asked.id_of(request.POST.get("parent", "")), request.POST.get("name", "")
    acting, now = acting_of_page(request), clock.now()
    return _tried(
        request,
        lambda: actions.make_folder(acting=acting, name=name, parent_id=parent, now=now),
        _("The folder is there."),
    )


@allow(*IN_COMPANY)
@require_POST
def change_folder(request: HttpRequest, folder_id: int) -> HttpResponse:
    """Give a folder another name, or another place."""
    acting, now = acting_of_page(request), clock.now()
    name, parent = request.POST.get("name", ""), asked.id_of(request.POST.get("folder", ""))

    def change() -> None:
        actions.rename_folder(acting=acting, folder_id=folder_id, name=name, now=now)
        actions.move_folder(acting=acting, folder_id=folder_id, parent_id=parent, now=now)

    return _tried(request, change, _("Saved."))


@allow(*IN_COMPANY)
@require_POST
def bin_folder(request: HttpRequest, folder_id: int) -> HttpResponse:
    """Put a folder into the bin with all that lies in it; its files can be taken out again."""
    acting, now = acting_of_page(request), clock.now()
    parent = queries.folder(acting, folder_id).parent_id
    count = actions.bin_folder(acting=acting, folder_id=folder_id, now=now)
    words = ngettext(
        "The folder went, and %(n)s file from it is in the bin.",
        "The folder went, and %(n)s files from it are in the bin.",
        count,
    )
    messages.success(request, words % {"n": count})
    return redirect(reverse("vault") + (f"?folder={parent}" if parent else ""))


@allow(*IN_COMPANY)
@require_POST
def change_file(request: HttpRequest, file_id: int) -> HttpResponse:
    """Give a file another name, another folder, or both, from a list."""
    acting, now, revision = acting_of_page(request), clock.now(), asked.id_of(request.POST.get("revision", ""))
    name, folder = request.POST.get("name", ""), asked.id_of(request.POST.get("folder", ""))

    def change() -> None:
        row = actions.rename(acting=acting, file_id=file_id, name=name, revision=revision, now=now)
        actions.move(acting=acting, file_id=file_id, folder_id=folder, revision=row.revision, now=now)

    return _tried(request, change, _("Saved."))


@allow(*IN_COMPANY)
@require_POST
def several(request: HttpRequest) -> HttpResponse:
    """Do one thing to the chosen files: each stands alone, and the answer says what came of it."""
    acting, now, ids, deed = acting_of_page(request), clock.now(), asked.ids_of(request), request.POST.get("do", "")
    deeds: dict[str, Callable[[], list[Outcome]]] = {
        "bin": lambda: actions.bin_many(acting=acting, file_ids=ids, now=now),
        "restore": lambda: actions.restore_many(acting=acting, file_ids=ids, now=now),
        "move": lambda: _moved(acting, ids, asked.id_of(request.POST.get("folder", "")), now),
        "unrule": lambda: actions.remove_rules_of_many(acting=acting, file_ids=ids, now=now).items,
        "delete": lambda: actions.delete_many_for_good(acting=acting, file_ids=ids, now=now),
    }
    if deed not in deeds or not ids:
        messages.info(request, _("Choose files first; nothing was changed."))
    elif deed == "delete" and not request.POST.get("sure"):
        return render(request, "vault/sure.html", {"files": _binned(acting, ids, now), "back": _back(request)})
    else:
        _tell(request, deed, deeds[deed]())
    return redirect(_back(request))


def _moved(acting: Acting, ids: Sequence[int], folder: int | None, now: datetime) -> list[Outcome]:
    return actions.each(acting, ids, lambda key: actions.move(acting=acting, file_id=key, folder_id=folder, now=now))


def _binned(acting: Acting, ids: Sequence[int], now: datetime) -> list[FileView]:
    """Those of them that lie in the bin and are the reader's to delete."""
    found = []
    for key in ids:
        try:
            found.append(queries.file(acting, key, now=now, binned=True))
        except NotFound:
            continue
    return found


def _tell(request: HttpRequest, deed: str, outcomes: Sequence[Outcome]) -> None:
    done, failed = [one for one in outcomes if one.done], [one for one in outcomes if not one.done]
    if done:
        messages.success(request, _done(deed, len(done)))
    if failed:
        why = " ".join(dict.fromkeys(one.message for one in failed[:_MOST_NAMED]))
        words = ngettext(
            "%(n)s file stayed as it was: %(why)s", "%(n)s files stayed as they were: %(why)s", len(failed)
        )
        messages.error(request, words % {"n": len(failed), "why": why})


def _done(deed: str, count: int) -> str:
    words = {
        "bin": ngettext("%(n)s file is in the bin.", "%(n)s files are in the bin.", count),
        "restore": ngettext("%(n)s file is back.", "%(n)s files are back.", count),
        "move": ngettext("%(n)s file was moved.", "%(n)s files were moved.", count),
        "unrule": ngettext("%(n)s file opens for nobody now.", "%(n)s files open for nobody now.", count),
        "delete": ngettext("%(n)s file is gone for good.", "%(n)s files are gone for good.", count),
    }
    return words[deed] % {"n": count}


def _tried(request: HttpRequest, do: Callable[[], object], words: str) -> HttpResponse:
    """Do it and say so, or say why it cannot be; back to the list either way."""
    try:
        with transaction.atomic():
            do()
    except (Invalid, Conflict) as refusal:
        messages.error(request, " ".join(refusal.fields.values()) if isinstance(refusal, Invalid) else refusal.message)
    else:
        messages.success(request, words)
    return redirect(_back(request))


def _back(request: HttpRequest) -> str:
    return way_back(request, "/vault/", "/vault/")

"""Lists of files and folders, and one file; never what is in them."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import F, Model, Q, QuerySet

from sundial.server.companies import queries as companies
from sundial.server.lib.acting import Acting
from sundial.server.lib.scope import acting_for
from sundial.server.lib.words import storable
from sundial.server.vault import rules
from sundial.server.vault.models import File, Folder
from sundial.server.vault.queries.folders import Tree, as_folder, tree
from sundial.server.vault.queries.visible import company_of, inside, opening, visible, visible_file
from sundial.server.vault.types import KINDS, OTHER, FileView, Listed, Wanted

T = TypeVar("T", bound=Model)

_ORDERINGS = {
    "name": "folded", "size": "size", "updated_at": "updated_at", "created_at": "created_at", "kind": "media_type",
    "owner": "owner__email", "binned_at": "binned_at", "id": "id",
}  # fmt: skip
ORDERINGS = tuple(_ORDERINGS)
_OF_FOLDERS = {"name": "folded", "updated_at": "created_at", "created_at": "created_at", "binned_at": "binned_at"}
NO_RULE, WITH_RULE = "without", "with"


def files(
    acting: Acting, wanted: Wanted, *, now: datetime, ordering: str = "name", page: int = 1, page_size: int = 20
) -> Listed:
    """Folders, then the files that `acting` sees at this moment; a page past the end is the last."""
    with acting_for(company_of(acting)), transaction.atomic():
        opens = opening(acting, now)
        folders = _ordered(_folders(wanted), ordering, _OF_FOLDERS)
        rows = _ordered(_seen(acting, _narrowed(wanted), wanted, opens), ordering, _ORDERINGS)
        many, count = folders.count(), rows.count()
        pages = max(1, -(-(many + count) // page_size))
        page = min(max(page, 1), pages)
        first, past = (page - 1) * page_size, page * page_size
        known = tree()
        return Listed(
            [as_folder(row, known) for row in folders[first:past]],
            views(list(rows[max(0, first - many) : max(0, past - many)]), known, opens),
            many + count,
            page,
            pages,
        )


def files_only(
    acting: Acting, wanted: Wanted, *, now: datetime, ordering: str = "name", page: int = 1, page_size: int = 20
) -> Listed:
    """The same without the folders, for programs."""
    with acting_for(company_of(acting)), transaction.atomic():
        opens = opening(acting, now)
        rows = _ordered(_seen(acting, _narrowed(wanted), wanted, opens), ordering, _ORDERINGS)
        count, first = rows.count(), (page - 1) * page_size
        found = views(list(rows[first : first + page_size]), tree(), opens) if first < count else []
        return Listed([], found, count, page, max(1, -(-count // page_size)))


def files_of(acting: Acting, ids: Iterable[int], *, now: datetime) -> list[FileView]:
    """Those of these files that `acting` sees at this moment; what lies in the bin is not among them."""
    everywhere = Wanted(everywhere=True)
    with acting_for(company_of(acting)), transaction.atomic():
        rows = _narrowed(everywhere).filter(id__in=list(ids))
        return views(list(_seen(acting, rows, everywhere, opening(acting, now))), tree())


def file(acting: Acting, file_id: int, *, now: datetime, binned: bool = False) -> FileView:
    """One file that `acting` sees; raises NotFound."""
    with acting_for(inside(acting)), transaction.atomic():
        row = visible_file(acting, file_id, now=now, binned=binned)
        return views([row], tree(), opening(acting, now))[0]


def owners(acting: Acting) -> list[tuple[int, str]]:
    """Who has files here, for the filter of an administrator."""
    with acting_for(company_of(acting)), transaction.atomic():
        keys = File.objects.filter(binned_at__isnull=True).order_by().values_list("owner_id", flat=True).distinct()
        return sorted(((one.id, one.name) for one in companies.names_of(keys).values()), key=lambda one: one[1])


def files_with(company_id: int, name: str) -> list[str]:
    """The names of the files whose rules name this attribute, each once, in their order."""
    with acting_for(company_id), transaction.atomic():
        rows = File.objects.filter(erased_at__isnull=True, binned_at__isnull=True, rule_text__contains=name)
        found = rows.order_by("folded").values_list("name", "rule_text")
        return list(dict.fromkeys(title for title, text in found if rules.names_attribute(text, name)))


def views(rows: Sequence[File], known: Tree, opens: Callable[[str], bool] | None = None) -> list[FileView]:
    """Files as lists show them; with `opens` each says whether its rule is true now. In the company's scope."""
    people = companies.names_of({row.owner_id for row in rows})
    owners = {key: one.name for key, one in people.items()}
    return [view(row, owners.get(row.owner_id, ""), known, opens(row.rule_text) if opens else None) for row in rows]


def view(row: File, owner: str, known: Tree, opens: bool | None) -> FileView:
    """A file as lists and its own page show it."""
    return FileView(
        id=row.pk,
        name=row.name,
        folder_id=row.folder_id,
        owner_id=row.owner_id,
        owner=owner,
        rule_text=row.rule_text,
        size=row.size,
        media_type=row.media_type,
        version=row.version,
        revision=row.revision,
        created_at=row.created_at,
        updated_at=row.updated_at,
        binned_at=row.binned_at,
        opens=opens,
        place=known.words(row.folder_id),
    )


def _narrowed(wanted: Wanted) -> QuerySet[File]:
    rows = File.objects.filter(erased_at__isnull=True, binned_at__isnull=not wanted.binned)
    if not (wanted.everywhere or wanted.binned):
        rows = rows.filter(Q(folder_id=wanted.folder))
    if wanted.owner is not None:
        rows = rows.filter(owner_id=wanted.owner)
    if wanted.rule in {NO_RULE, WITH_RULE}:
        rows = rows.filter(rule_text="") if wanted.rule == NO_RULE else rows.exclude(rule_text="")
    return _with_words(_of_kind(rows, wanted.kind), wanted.search)


def _seen(acting: Acting, rows: QuerySet[File], wanted: Wanted, opens: Callable[[str], bool]) -> QuerySet[File]:
    if wanted.binned and not rules.runs_vault(acting):
        return rows.filter(owner_id=acting.id)
    return visible(acting, rows, opens)


def _folders(wanted: Wanted) -> QuerySet[Folder]:
    """The folders that a list begins with: none where it was narrowed by what folders do not have."""
    if wanted.kind or wanted.owner is not None or wanted.rule or wanted.binned:
        return Folder.objects.none()
    rows = Folder.objects.filter(binned_at__isnull=True)
    rows = rows if wanted.everywhere else rows.filter(parent_id=wanted.folder)
    return _with_words(rows, wanted.search) if wanted.search or not wanted.everywhere else rows.none()


def _of_kind(rows: QuerySet[File], kind: str) -> QuerySet[File]:
    if kind == OTHER:
        return rows.exclude(_starts(start for starts in KINDS.values() for start in starts))
    return rows.filter(_starts(KINDS[kind])) if kind in KINDS else rows


def _starts(starts: Any) -> Q:
    found = Q()
    for start in starts:
        found |= Q(media_type__startswith=start)
    return found


def _with_words(rows: QuerySet[T], words: str) -> QuerySet[T]:
    for word in storable(words).split():
        rows = rows.filter(folded__contains=rules.folded(word))
    return rows


def _ordered(rows: QuerySet[T], ordering: str, orderings: dict[str, str]) -> QuerySet[T]:
    field = F(orderings.get(ordering.removeprefix("-"), "folded"))
    first = field.desc(nulls_last=True) if ordering.startswith("-") else field.asc(nulls_last=True)
    return rows.order_by(first, "id")

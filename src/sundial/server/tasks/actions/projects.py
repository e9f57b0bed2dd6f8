"""Making, changing and archiving projects."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import IntegrityError, transaction

from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import Invalid, NotAllowed
from sundial.server.lib.scope import acting_for
from sundial.server.tasks.actions.checks import checked_hue, checked_name
from sundial.server.tasks.actions.telling import log_project, refresh_pages
from sundial.server.tasks.models import Project
from sundial.server.tasks.queries.visible import person_of, require_to_run, visible_project


def make_project(*, acting: Acting, name: str, hue: int = 0, now: datetime) -> Project:
    """A new project, by an ADMIN or a MANAGER; its name is not in use yet."""
    company_id = require_to_run(acting)
    with acting_for(company_id), transaction.atomic():
        row = Project(
            company_id=company_id,
            name=checked_name(name),
            hue=checked_hue(hue),
            made_by_id=person_of(acting),
            created_at=now,
        )
        with _name_is_free():
            row.save()
        log_project("PROJECT_CREATED", "was created", row, acting, now)
        refresh_pages(company_id)
    return row


def edit_project(
    *, acting: Acting, project_id: int, name: str | None = None, hue: int | None = None, now: datetime
) -> Project:
    """Change a project's name or colour: by an ADMIN, or the MANAGER who made it. Nothing changed: nothing written."""
    with acting_for(acting.company_id or 0), transaction.atomic():
        row = _held(acting, project_id)
        wanted = {
            "name": row.name if name is None else checked_name(name),
            "hue": row.hue if hue is None else checked_hue(hue),
        }
        changed = {field: value for field, value in wanted.items() if getattr(row, field) != value}
        if not changed:
            return row
        for field, value in changed.items():
            setattr(row, field, value)
        with _name_is_free():
            row.save(update_fields=[*changed])
        log_project("PROJECT_CHANGED", "was changed", row, acting, now, fields=sorted(changed))
        refresh_pages(row.company_id)
    return row


def archive_project(*, acting: Acting, project_id: int, archived: bool, now: datetime) -> Project:
    """Put a project away, or take it out again; its tasks stay. It is so already: nothing is done."""
    with acting_for(acting.company_id or 0), transaction.atomic():
        row = _held(acting, project_id)
        if (row.archived_at is not None) == archived:
            return row
        row.archived_at = now if archived else None
        with _name_is_free():
            row.save(update_fields=["archived_at"])
        action, words = ("ARCHIVED", "was archived") if archived else ("RESTORED", "is in use again")
        log_project(f"PROJECT_{action}", words, row, acting, now)
        refresh_pages(row.company_id)
    return row


def _held(acting: Acting, project_id: int) -> Project:
    seen = visible_project(acting, project_id)
    if acting.role is not Role.ADMIN and seen.made_by_id != acting.id:
        raise NotAllowed("Only an administrator, or the manager who made it, may change a project.")
    return Project.objects.select_for_update(of=("self",), no_key=True).get(id=seen.pk)


@contextmanager
def _name_is_free() -> Iterator[None]:
    """The database's own rule says whether a project in use has the name, also to two who ask at once."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise Invalid({"name": "A project of this name is in use."}) from error

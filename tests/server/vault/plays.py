"""What tests of the vault do again and again."""

from collections.abc import Iterable

from django.db import transaction

from sundial.server.companies import actions as companies
from sundial.server.companies.types import Held
from sundial.server.lib import clock
from sundial.server.lib.scope import acting_for
from sundial.server.realtime.models import Event
from sundial.server.vault import actions
from sundial.server.vault.models import File, Upload
from tests.cast import Player


def pieces(content: bytes, size: int = 100_000) -> Iterable[bytes]:
    """The bytes some at a time, as a request brings them."""
    return (content[at : at + size] for at in range(0, len(content), size))


def put(by: Player, name: str = "plan.txt", content: bytes = b"Secret plan.\n", rule: str = "", **more: object) -> File:
    """A file in the vault of that person's company."""
    return actions.put_file(
        acting=by.acting,
        name=name,
        length=len(content),
        pieces=pieces(content),
        rule_text=rule,
        now=clock.now(),
        **more,
    )


def attribute(admin: Player, name: str, *holders: Player, kind: str = "flag", value: str = "") -> None:
    """A word of the company's, and who carries it."""
    with acting_for(admin.acting.company_id or 0), transaction.atomic():
        companies.add_attribute(acting=admin.acting, name=name, kind=kind, now=clock.now())
        for one in holders:
            give(admin, one, f"{name}={value}" if value else name)


def give(admin: Player, person: Player, *held: str) -> None:
    """Let somebody carry exactly these."""
    with acting_for(admin.acting.company_id or 0), transaction.atomic():
        wanted = [Held.from_text(one) for one in held]
        companies.set_attributes(acting=admin.acting, user_id=person.id, held=wanted, now=clock.now())


def told(admin: Player, *kinds: str) -> list[tuple[str, dict[str, object]]]:
    """The vault's events of the admins' room, eldest first."""
    company_id = admin.acting.company_id or 0
    with acting_for(company_id), transaction.atomic():
        rows = Event.objects.filter(company_id=company_id, room="admin").order_by("offset")
        return [(row.kind, row.data) for row in rows if row.kind in kinds or (not kinds and _ours(row.kind))]


def _ours(kind: str) -> bool:
    return kind.startswith(("file_", "policy_", "policies_"))


def stored(by: Player, file_id: int) -> File:
    """The row of a file."""
    with acting_for(by.acting.company_id or 0), transaction.atomic():
        return File.objects.get(id=file_id)


def uploads_of(by: Player) -> list[Upload]:
    """The rows of what that person is uploading."""
    with acting_for(by.acting.company_id or 0), transaction.atomic():
        return list(Upload.objects.filter(owner_id=by.id))

"""The vault's tables keep to one company, whatever a query forgot."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from sundial.server.lib import clock
from sundial.server.lib.scope import acting_for
from sundial.server.vault.models import File, Folder
from tests.cast import Cast, Player


def _folder(by: Player, name: str) -> Folder:
    company_id = by.acting.company_id or 0
    with acting_for(company_id), transaction.atomic():
        columns = {"name": name, "folded": name.casefold(), "created_by_id": by.id, "created_at": clock.now()}
        return Folder.objects.create(company_id=company_id, **columns)


def _file(by: Player, company_id: int, folder: Folder) -> File:
    columns = {"name": "a", "folded": "a", "owner_id": by.id, "created_at": clock.now(), "updated_at": clock.now()}
    return File.objects.create(company_id=company_id, folder_id=folder.pk, **columns)


def test_a_folder_is_seen_by_its_own_company_alone(cast: Cast) -> None:
    made = _folder(cast.admin, "Plans")
    with acting_for(cast.company.pk), transaction.atomic():
        assert Folder.objects.filter(id=made.pk).exists()
    with acting_for(cast.other.pk), transaction.atomic():
        assert not Folder.objects.filter(id=made.pk).exists()


def test_nobody_writes_a_row_of_another_company(cast: Cast) -> None:
    made = _folder(cast.admin, "Plans")
    with pytest.raises(DatabaseError), acting_for(cast.other.pk), transaction.atomic():
        _file(cast.admin, cast.company.pk, made)


def test_a_file_lies_in_a_folder_of_its_own_company(cast: Cast) -> None:
    made = _folder(cast.admin, "Plans")
    with pytest.raises(IntegrityError), acting_for(cast.other.pk), transaction.atomic():
        _file(cast.stranger, cast.other.pk, made)

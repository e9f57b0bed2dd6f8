"""Making users and owners."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from sundial.server.accounts import actions
from sundial.server.accounts.models import User
from sundial.server.audit.models import Entry
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import Invalid
from sundial.server.lib.scope import PLATFORM, acting_for
from tests.cast import address


def test_an_owner_is_made_once_and_stands_in_the_platform_log(committed_db: None) -> None:
    email = address("Boss")
    made = actions.create_owner(email=email.upper(), acting=Acting.system(), now=clock.now())
    again = actions.create_owner(email=email, acting=Acting.system(), now=clock.now())
    assert made.pk == again.pk
    assert made.is_owner
    assert not made.has_usable_password()
    with acting_for(PLATFORM), transaction.atomic():
        from_log = Entry.objects.filter(company_id=PLATFORM, action="OWNER_CREATED", target_id=made.pk)
        assert from_log.count() == 1


@pytest.mark.parametrize("email", ["", "boss", "boss@", "boss @example.test", "a" * 250 + "@example.test"])
def test_what_is_no_address_makes_no_owner(committed_db: None, email: str) -> None:
    with pytest.raises(Invalid, match="not an e-mail address"):
        actions.create_owner(email=email, acting=Acting.system(), now=clock.now())
    assert not User.objects.filter(email=email).exists()


def test_two_who_make_the_same_user_at_once_get_the_same(committed_db: None) -> None:
    email = address("twin")

    def make(_n: int) -> int:
        try:
            return actions.ensure_user(email=email, now=clock.now()).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(make, range(16)))) == 1
    assert User.objects.filter(email=email).count() == 1

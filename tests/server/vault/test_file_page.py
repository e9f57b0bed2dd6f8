"""The page of one file: what it tells of it, and that it asks the database as often however much there is to tell."""

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from sundial.server.lib import clock
from sundial.server.lib.acting import Role
from sundial.server.lib.scope import acting_for
from sundial.server.vault import actions
from sundial.server.vault.models import File
from sundial.server.vault.types import SHARE_LASTS
from tests.cast import Cast, Player, make_person
from tests.server.vault import filed
from tests.server.vault.plays import attribute, give

# With the begin and the end of each transaction: the frame of every page, whether the file opens, what is told of it.
# A text is read as well, which is judged and written down for itself.
MOST_QUESTIONS, MOST_OF_A_TEXT = 50, 75
MANY = 30


def page(by: Player, file: File) -> str:
    answer = by.client.get(f"/vault/files/{file.pk}/")
    assert answer.status_code == 200
    return answer.content.decode()


def questions(by: Player, file: File) -> int:
    page(by, file)
    with CaptureQueriesContext(connection) as seen:
        page(by, file)
    return len(seen)


def happens(cast: Cast, file: File, number: int) -> None:
    """Somebody new reads it, is refused later and made a link meanwhile; and it has one more version."""
    person = make_person(cast.admin, Role.EMPLOYEE, f"reader{number}")
    give(cast.admin, person, "finance")
    assert person.client.get(f"/vault/files/{file.pk}/content/").status_code == 200
    actions.share(acting=person.acting, file_id=file.pk, lasts=SHARE_LASTS[0], now=clock.now())
    give(cast.admin, person)
    assert person.client.get(f"/vault/files/{file.pk}/content/").status_code == 403
    with acting_for(cast.company.pk), transaction.atomic():
        filed.add_version(cast, File.objects.get(id=file.pk), b"more")


def test_it_asks_the_database_as_often_however_many_versions_readers_links_and_refusals_there_are(cast: Cast) -> None:
    attribute(cast.admin, "finance", cast.admin, cast.employee)
    file = filed.put(cast, b"less")
    happens(cast, file, 0)
    few = [questions(by, file) for by in (cast.admin, cast.employee)]
    for number in range(1, MANY):
        happens(cast, file, number)
    many = [questions(by, file) for by in (cast.admin, cast.employee)]
    assert many == few
    assert max(few) <= MOST_OF_A_TEXT, few


def test_a_file_that_is_not_shown_takes_few_questions(cast: Cast) -> None:
    attribute(cast.admin, "finance", cast.admin)
    file = filed.put(cast, b"PK", media_type="application/zip")
    assert questions(cast.admin, file) <= MOST_QUESTIONS


def test_it_is_shown_to_whom_it_opens_for_and_to_whoever_keeps_it_and_is_nothing_to_others(cast: Cast) -> None:
    attribute(cast.admin, "finance", cast.employee)
    file = filed.put(cast, b"less", name="Plan.txt")
    assert "You may no longer open this" in page(cast.admin, file), "an administrator sees it, and why it is closed"
    assert "Refused attempts" in page(cast.admin, file)
    assert "Refused attempts" not in page(cast.employee, file)
    for nobody in (cast.manager, cast.stranger):
        assert nobody.client.get(f"/vault/files/{file.pk}/").status_code == 404

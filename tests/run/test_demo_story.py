"""What the demo tells of its month: in the order of its moments, whatever the order in which it was thought of."""

from datetime import UTC, datetime, timedelta
from functools import partial

from django.db import transaction

from sundial.run.demo_story import Story
from sundial.server.audit.models import Entry, Personal
from sundial.server.companies import actions as companies
from sundial.server.lib.scope import acting_for
from tests.cast import Cast

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def told(cast: Cast) -> list[tuple[str, datetime]]:
    """The departments of which the company's log knows, with the moments at which they were made."""
    with acting_for(cast.company.pk), transaction.atomic():
        made = Entry.objects.filter(company_id=cast.company.pk, action="DEPARTMENT_CREATED").order_by("seq")
        words = Personal.objects.filter(company_id=cast.company.pk).values_list("seq", "description")
        descriptions = dict(words)
        return [(descriptions[row.seq] or "", row.at) for row in made]


def test_acts_happen_in_the_order_of_their_moments_those_that_an_act_plans_among_them(cast: Cast) -> None:
    story = Story(cast.company.pk)

    def department(name: str, *, now: datetime) -> None:
        companies.add_department(acting=cast.admin.acting, name=name, parent_id=None, now=now)

    def plans_more(*, now: datetime) -> None:
        story.at(now + 2 * HOUR, partial(department, "third"))
        department("first", now=now)

    story.at(NOON + 3 * HOUR, partial(department, "fourth"))
    story.at(NOON, plans_more)
    story.at(NOON + HOUR, partial(department, "second"))
    story.tell()
    moments = [NOON, NOON + HOUR, NOON + 2 * HOUR, NOON + 3 * HOUR]
    assert [moment for _words, moment in told(cast)] == moments
    assert [words.split()[2] for words, _moment in told(cast)] == ["first", "second", "third", "fourth"]

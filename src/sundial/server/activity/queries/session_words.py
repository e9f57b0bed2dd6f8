"""Sessions in which words are found: in their notes, in names of their people and of their computers.

Asked as one condition no index serves these, so each is asked alone, and what is rare is named by its ids.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from sundial.server.activity.models import WorkSession
from sundial.server.companies import queries as companies
from sundial.server.devices import queries as devices
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.among import among
from sundial.server.lib.words import storable

_FEW = 10_000  # are named by their ids; more are met soon enough in the order of the list
NOTES_LOOKED_THROUGH = 20_000  # of the newest, by a list that is cut somewhere


@dataclass(frozen=True)
class Met:
    """Sessions that have the words; `count` if it is known, `is_part` if older notes were not looked through."""

    rows: QuerySet[WorkSession]
    count: int | None = None
    is_part: bool = False


@dataclass(frozen=True)
class _Word:
    """Where one word is found: whose sessions, those on which computers, and those with which notes."""

    people: list[int]
    computers: list[int]
    noted: list[int]

    @property
    def frequency(self) -> int:
        """The larger, the more sessions have the word."""
        return len(self.people) + len(self.computers)

    def anywhere(self) -> Q:
        """Sessions that have it."""
        return self._of_people() | self._on_computers() | self._with_note()

    def apart(self) -> tuple[Q, Q, Q]:
        """The same in three parts, each with an index of its own, and no session in two of them."""
        on_computers = self._on_computers() & ~self._of_people()
        return self._of_people(), on_computers, self._with_note() & ~self._of_people() & ~self._on_computers()

    def _of_people(self) -> Q:
        return Q(user_id__in=among(self.people))

    def _on_computers(self) -> Q:
        return Q(device_id__in=among(self.computers))

    def _with_note(self) -> Q:
        return Q(id__in=among(self.noted))


def with_words(acting: Acting, rows: QuerySet[WorkSession], search: str, *, at_most: int | None) -> Met:
    """Those of these sessions that have every word; as many as `at_most` are counted, or all."""
    said = storable(search).split()
    if not said:
        return Met(rows)
    oldest = None if at_most is None else _oldest_looked_at(rows)
    rarest, *others = sorted((_found(acting, rows, word, oldest) for word in said), key=lambda one: one.frequency)
    for word in others:
        rows = rows.filter(word.anywhere())
    most = _FEW if at_most is None else at_most
    first, *more = (rows.filter(part).order_by().values_list("id", flat=True) for part in rarest.apart())
    ids = list(first.union(*more, all=True)[: most + 1])
    if len(ids) <= most:
        return Met(WorkSession.objects.filter(id__in=among(ids)), len(ids), oldest is not None)
    return Met(rows.filter(rarest.anywhere()), None if at_most is None else len(ids), oldest is not None)


def _oldest_looked_at(rows: QuerySet[WorkSession]) -> datetime | None:
    """When the newest session began whose note is not looked at; None if all are."""
    newest = rows.filter(note__gt="").order_by("-started_at").values_list("started_at", flat=True)
    return next(iter(newest[NOTES_LOOKED_THROUGH : NOTES_LOOKED_THROUGH + 1]), None)


def _found(acting: Acting, rows: QuerySet[WorkSession], word: str, oldest: datetime | None) -> _Word:
    noted = rows.filter(note__gt="", note__icontains=word)
    if oldest is not None:
        noted = noted.filter(started_at__gt=oldest)
    ids = list(noted.order_by().values_list("id", flat=True))
    return _Word(_called(acting, word), devices.ids_called(word), ids)


def _called(acting: Acting, word: str) -> list[int]:
    """The people who are called so; whoever sees only themselves looks for none."""
    if acting.role is Role.EMPLOYEE:
        return []
    return list(companies.people(acting, search=word).order_by().values_list("user_id", flat=True))

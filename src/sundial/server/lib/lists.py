"""What every list does the same way: pages of 20, everything in the address, export as CSV."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, StreamingHttpResponse

from sundial.server.lib import csv_safe
from sundial.server.lib.numbers import whole_in

PAGE_SIZE = 20
COUNTED_AT_MOST = 10_000  # what nobody pages through is not counted: a list says that there is more
FORMATS = ("csv",)


def paged(request: HttpRequest, items: Any) -> Page[Any]:
    """The page that the address asks for; a number past the end is the last one."""
    return Paginator(items, PAGE_SIZE).get_page(request.GET.get("page"))


def narrowed(request: HttpRequest) -> bool:
    """Whether the address asks for less than the whole list."""
    return bool({name for name, value in request.GET.items() if value} - {"page", "ordering", "format"})


class Counted(Sequence[Any]):
    """One page of items that a query has already cut out, posing as the whole list for the paginator."""

    def __init__(self, items: Sequence[Any], count: int, page: int) -> None:
        self.items, self.count_all, self.start = items, count, (page - 1) * PAGE_SIZE

    def __len__(self) -> int:
        return self.count_all

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, slice):
            return self.items[max(key.start - self.start, 0) : key.stop - self.start]
        return self.items[key - self.start]


def wanted_page(request: HttpRequest) -> int:
    """The page number in the address; 1 for anything that is none."""
    return whole_in(request.GET.get("page", ""), 6) or 1


def as_csv(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> StreamingHttpResponse:
    """A CSV download; rows are read before the transaction ends."""
    lines = [csv_safe.line(cells) for cells in (head, *rows)]
    answer = StreamingHttpResponse(("\ufeff", *lines), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer

"""Ids in addresses: what no table can hold leads nowhere, like the id of nothing."""

from collections.abc import Iterable

from sundial.server.lib.numbers import whole_in

HIGHEST_ID = 2**63 - 1


def id_in(text: str) -> int:
    """The id that a text from outside names; 0, which is nothing's, where it names none that can be."""
    number = whole_in(text, len(str(HIGHEST_ID))) or 0
    return number if number <= HIGHEST_ID else 0


def ids_in(texts: Iterable[str]) -> list[int]:
    """The ids that these texts name, each once."""
    return [one for one in dict.fromkeys(map(id_in, texts)) if one]


class IdInAddress:
    """`<id:…>`: a whole number from 1 to the highest that PostgreSQL's bigint holds; registered by config."""

    regex = "[1-9][0-9]{0,18}"

    def to_python(self, value: str) -> int:
        """The id; ValueError, which means "no such address", for a larger one."""
        number = int(value)
        if number > HIGHEST_ID:
            raise ValueError("larger than any id")
        return number

    def to_url(self, value: int) -> str:
        """As it stands in an address."""
        return str(value)

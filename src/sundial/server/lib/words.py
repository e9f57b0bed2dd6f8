"""Text from outside, as a database can hold it."""

NUL = "\x00"


def storable(text: str, longest: int | None = None) -> str:
    """What PostgreSQL can keep of a text: it knows no NUL, and UTF-8 no lone surrogate; cut at `longest`."""
    return text.replace(NUL, "").encode("utf-8", "replace").decode()[:longest]


def is_storable(text: str) -> bool:
    """True for a text that PostgreSQL can keep just as it is."""
    return not any(letter == NUL or "\ud800" <= letter <= "\udfff" for letter in text)


def holds(text: str, search: str) -> bool:
    """Whether a text holds every word that is looked for, in capitals or not."""
    said = text.casefold()
    return all(word in said for word in search.casefold().split())

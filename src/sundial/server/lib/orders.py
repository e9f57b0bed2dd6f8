"""The order that somebody asks a list for: the name of a column, `-` in front for the largest first."""


def by(ordering: str, **columns: str) -> tuple[str, str]:
    """What a query is ordered by: this column, those of one value by id; `columns` are those called differently."""
    turn, name = "-" if ordering.startswith("-") else "", ordering.removeprefix("-")
    return f"{turn}{columns.get(name, name)}", f"{turn}id"

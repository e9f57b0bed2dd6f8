"""Whole numbers in texts from outside."""


def whole_in(text: str, digits: int = 9) -> int | None:
    """The number that this text says in plain digits, at most so many; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= digits else None

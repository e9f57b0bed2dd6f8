"""What the API says of each, when one thing was done to many."""

from ninja import Schema


class OutcomeOut(Schema):
    """What came of one of several."""

    id: int
    done: bool
    message: str


class Outcomes(Schema):
    """What came of each."""

    items: list[OutcomeOut]

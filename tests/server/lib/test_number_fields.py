"""The limits of numbers in forms, as they are said."""

import pytest
from django import forms

from sundial.server.lib.number_fields import Amount, WholeNumber


class Asked(forms.Form):
    seats = WholeNumber(min_value=1, max_value=60)
    price = Amount(min_value=0, decimal_places=2)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"seats": "0", "price": "1"}, {"seats": ["It has to be 1 or more."]}),
        ({"seats": "61", "price": "1"}, {"seats": ["It has to be 60 or less."]}),
        (
            {"seats": "few", "price": "much"},
            {"seats": ["Write a whole number."], "price": ["Write a number, like 4.50."]},
        ),
        ({"seats": "5", "price": "-2"}, {"price": ["It has to be 0 or more."]}),
        ({"seats": "5", "price": "4.50"}, {}),
    ],
)
def test_what_does_not_fit_is_said_in_plain_words(sent: dict[str, str], said: dict[str, list[str]]) -> None:
    assert Asked(sent).errors == said

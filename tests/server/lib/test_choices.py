"""A list of many is the one that Django would write, in a small part of its time."""

from django import forms
from django.test.html import parse_html
from django.utils.html import escape

from sundial.server.lib.choices import LongSelect, offer

PEOPLE = [(1, "Ada"), (2, "<b>Bilal</b>"), (3, 'Chandra "C"')]


class _Form(forms.Form):
    person = forms.TypedChoiceField(coerce=int, required=False, empty_value=None, widget=LongSelect)
    usual = forms.TypedChoiceField(coerce=int, required=False, empty_value=None)


def filled(**said: object) -> _Form:
    form = _Form(initial=said)
    for name in ("person", "usual"):
        offer(form, name, [("", "Nobody"), *PEOPLE])
    return form


def alike(ours: str, usual: str) -> bool:
    """Whether two elements are one, whatever the order of what they say of themselves."""
    return bool(parse_html(ours) == parse_html(usual.replace("usual", "person")))


def test_it_is_written_as_the_usual_one_is_and_names_are_text() -> None:
    form = filled(person=2, usual=2)
    attrs = {"class": "select", "data-pick": True}
    ours = form["person"].as_widget(attrs=dict(attrs))
    assert alike(ours, form["usual"].as_widget(attrs=dict(attrs)))
    assert '<option value="2" selected>' in ours
    assert escape("<b>Bilal</b>") in ours


def test_where_nothing_is_chosen_the_first_stands_there() -> None:
    form = filled()
    assert alike(str(form["person"]), str(form["usual"]))


def test_what_was_sent_is_chosen_again() -> None:
    form = _Form({"person": "3", "usual": ""})
    offer(form, "person", PEOPLE)
    assert '<option value="3" selected>' in str(form["person"])
    assert form.is_valid()
    assert form.cleaned_data["person"] == 3

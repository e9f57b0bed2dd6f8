"""A chart says the same three times: as data to be drawn, in its tips, and as a table for everyone else."""

import json
import re

import pytest
from django.template import Context, Template

from sundial.server.ui import rules
from sundial.server.ui.templatetags.charts import value_words
from sundial.server.ui.types import Chart, Series

HOSTILE = "</script><script>alert(1)</script>"
DAYS = Chart(
    ("Mon", "Tue"),
    (Series("Active", (3661.0, None), "work"), Series("Away", (0.0, 59.0))),
    head="Day",
    zone="Asia/Kolkata",
)


def drawn(kind: str, data: Chart) -> str:
    """The chart as a page has it."""
    return Template('{% load charts %}{% chart kind data "Worked by day" key="one" %}').render(
        Context({"kind": kind, "data": data})
    )


def told(html: str) -> dict[str, object]:
    """What the script is given."""
    found = re.search(r'<script type="application/json">(.*?)</script>', html, re.DOTALL)
    assert found
    return json.loads(found[1])


def cells(html: str) -> list[list[str]]:
    """The table, head included."""
    rows = re.findall(r"<tr>(.*?)</tr>", html, re.DOTALL)
    return [re.findall(r"<t[hd][^>]*>(?:<bdi>)?(.*?)(?:</bdi>)?</t[hd]>", row) for row in rows]


def test_the_table_has_every_value_of_the_chart_and_a_dash_for_what_is_not_known() -> None:
    html = drawn("bars", DAYS)
    assert cells(html) == [["Day", "Active", "Away"], ["Mon", "1:01:01", "0:00:00"], ["Tue", "–", "0:00:59"]]
    assert "Where nothing is drawn, nothing is known." in html
    assert "Times in Asia/Kolkata" in html


def test_the_script_is_given_the_same_values_and_words() -> None:
    data = told(drawn("bars", DAYS))
    assert data["labels"] == ["Mon", "Tue"]
    assert data["series"] == [
        {"label": "Active", "hue": "work", "values": [3661.0, None], "words": ["1:01:01", "–"]},
        {"label": "Away", "hue": "2", "values": [0.0, 59.0], "words": ["0:00:00", "0:00:59"]},
    ]


def test_a_heatmap_has_its_series_as_rows_and_a_dash_for_nothing() -> None:
    assert cells(drawn("heat", DAYS)) == [
        ["Day", "Mon", "Tue"], ["Active", "1:01:01", "–"], ["Away", "–", "0:00:59"],
    ]  # fmt: skip


def test_lying_bars_have_the_room_that_they_need() -> None:
    few, many = (Chart(tuple("abcdefghij"[:count]), (Series("x", (1.0,) * count),)) for count in (1, 10))
    heights = [int(re.findall(r'height="(\d+)"', drawn("across", one))[0]) for one in (few, many)]
    assert heights[1] - heights[0] == 9 * 28


@pytest.mark.parametrize("kind", ["bars", "across", "line", "heat"])
def test_an_empty_chart_is_no_fault(kind: str) -> None:
    assert told(drawn(kind, Chart((), ())))["series"] == []


def test_hostile_names_are_text_in_the_table_and_cannot_end_the_script() -> None:
    html = drawn("across", Chart((HOSTILE, "\u202egnp"), (Series("x", (1.0, 2.0)),)))
    assert "<script>alert" not in html
    assert told(html)["labels"] == [HOSTILE, "gnp"]


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (None, "length", "–"), (27125.9, "length", "7:32:05"), (0, "length", "0:00:00"), (0.125, "share", "13 %"),
        (0.0001, "share", "<1 %"), (0.999, "share", ">99 %"), (1, "share", "100 %"), (1.5, "share", "150 %"),
        (12, "count", "12"), (0, "share", "0 %"),
    ],
)  # fmt: skip
def test_values_are_said_with_their_unit(value: float | None, unit: str, words: str) -> None:
    assert value_words(value, unit) == words


def test_a_share_is_rounded_half_up_as_people_do() -> None:
    assert [rules.percent(one) for one in (0.005, 0.015, 0.495)] == ["1 %", "2 %", "50 %"]

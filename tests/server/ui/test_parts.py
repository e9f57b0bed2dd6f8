"""Each part renders what it was given, safely and readably."""

import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django import forms
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.core.paginator import Paginator
from django.template import Context, RequestContext, Template
from django.test import RequestFactory

from sundial.server.ui.templatetags.icons import PATHS
from sundial.server.ui.types import Change, Filter, Frame, Link

SOURCE = Path(__file__).resolve().parents[3] / "src"
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def render(source: str, /, query: str = "", **values: object) -> str:
    request = RequestFactory().get(f"/people/?{query}")
    return Template("{% load ui times icons %}" + source).render(RequestContext(request, values))


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip()


def test_a_state_always_has_its_word() -> None:
    for name, word in {"online": "Online", "never": "Never synced"}.items():
        html = render("{% state name %}", name=name)
        assert f'data-state="{name}"' in html
        assert words(html) == word


def test_values_of_people_are_never_read_as_markup() -> None:
    hostile = "<img src=x onerror=alert(1)>"
    html = render(
        "{% stat h h change=h %}{% badge h %}{% difference c %}{% empty h h %}"
        '{% confirm "x" h h h typed=h %}{% copy h h %}',
        h=hostile,
        c=[Change(hostile, hostile, hostile)],
    )
    assert "<img" not in html


def test_progress_counts_reported_rows_and_says_when() -> None:
    html = render("{% progress counts as_of=at version=7 %}", counts={"applied": 20, "offline": 5}, at=NOON)
    assert "20 of 25 agents have applied version 7" in words(html).replace("  ", " ")
    assert 'data-segment="applied" x="0.0%" y="0" width="80.0%"' in html
    assert "Applied 20, Applying 0, Waiting for a person 0, Rejected 0, Offline 5" in html
    assert "as of 12:00:00" in words(html)


def test_progress_without_agents_says_so() -> None:
    assert "No agent is enrolled yet" in render("{% progress counts %}", counts={})


def test_a_slider_sends_its_number_box_only() -> None:
    html = render('{% slider "pace" "Screenshot every" 600 30 3600 unit="seconds" help="h" error="Too fast" %}')
    assert html.count('name="pace"') == 1
    assert 'type="range"' in html
    assert 'aria-label="Screenshot every"' in html
    assert 'aria-describedby="slider-pace-error slider-pace-help"' in html
    assert 'aria-invalid="true"' in html


def test_a_slider_that_may_not_be_moved_is_only_a_number() -> None:
    html = render('{% slider "pace" "Pace" 600 30 3600 disabled=True %}')
    assert 'type="range"' not in html
    assert " disabled" in html


def test_numbers_inside_drawings_keep_their_point_in_every_language(settings: pytest.FixtureRequest) -> None:
    html = render(
        "{% load i18n %}{% language 'de' %}{% sparkline v %}{% progress c %}{% endlanguage %}",
        v=[1, 2, 3.5],
        c={"applied": 1, "offline": 2},
    )
    assert 'width="33.333%"' in html
    assert "28," not in html.split("points=")[0]


class _Form(forms.Form):
    email = forms.EmailField(label="E-mail", help_text="They get a link.")
    role = forms.ChoiceField(choices=[("A", "A")], required=False)
    notify = forms.BooleanField(required=False)


def test_a_field_ties_label_help_and_error_together() -> None:
    form = _Form({"email": "nobody"})
    html = render("{% for bound in form %}{% field bound %}{% endfor %}", form=form)
    assert '<label for="id_email">' in html
    assert 'id="id_email_error"' in html
    assert re.search(r'aria-describedby="[^"]*id_email_helptext[^"]*"', html)
    assert 'aria-invalid="true"' in html
    assert 'class="select"' in html
    assert "(optional)" in html


def test_sorting_keeps_the_filters_and_leaves_the_page() -> None:
    html = render('{% sort "name" "Person" %}', query="role=ADMIN&page=3&ordering=name")
    assert 'aria-sort="ascending"' in html
    assert 'href="?role=ADMIN&amp;ordering=-name"' in html


def test_filters_live_in_the_address() -> None:
    one = Filter("role", "Role", (("ADMIN", "Administrator"), ("EMPLOYEE", "Employee")))
    html = render("{% filters f search='Search' export=e %}", query="role=ADMIN&search=ada&page=2", f=[one], e=["csv"])
    assert "Role: Administrator" in words(html)
    assert 'href="?search=ada"' in html  # the way to remove the filter
    assert 'name="role" value="ADMIN"' in html
    assert 'value="ada"' in html
    assert "format=csv" in html
    assert "page=2" not in html


def test_pages_say_where_one_is() -> None:
    page = Paginator(range(132), 20).page(2)
    html = render("{% pagination page %}", query="role=ADMIN", page=page)
    assert "21–40 of 132" in words(html)
    assert 'href="?role=ADMIN&amp;page=3" rel="next"' in html
    assert 'aria-current="page"' in html


def test_an_empty_list_has_no_pages() -> None:
    html = render("{% pagination page %}", page=Paginator([], 20).page(1))
    assert words(html).strip() == ""
    assert "<nav" not in html


def test_messages_become_toasts_with_their_tone() -> None:
    html = render("{% toasts m %}", m=[Message(constants.SUCCESS, "Saved"), Message(constants.ERROR, "<b>Not</b>")])
    assert html.count('class="toast"') == 2
    assert 'data-tone="good"' in html
    assert 'data-tone="bad"' in html
    assert "&lt;b&gt;" in html


def test_a_confirm_dialog_carries_the_token_and_the_consequence() -> None:
    html = render('{% confirm "end" "End it?" "They will be told." "End session" action="/end/" %}')
    assert 'name="csrfmiddlewaretoken" value="' in html
    assert 'action="/end/"' in html
    assert words(html).endswith("End it? They will be told. Cancel End session")


def test_blocks_keep_what_is_between_their_tags() -> None:
    html = render(
        '{% menu "More" bare=True %}<a class="menu-item" href="/x/">{{ who }}</a>{% endmenu %}'
        '{% stale key="k" lost=True %}<p>known</p>{% endstale %}{% bulk %}<button>x</button>{% endbulk %}'
        '{% dialog "d" "Title" %}<p>in it</p>{% enddialog %}',
        who="<Ada>",
    )
    assert "&lt;Ada&gt;" in html
    assert 'aria-label="More"' in html
    assert "data-stale>" in html
    assert "<p>in it</p>" in html
    assert "<button>x</button>" in html


def test_tabs_and_skeleton_and_switch_render() -> None:
    html = render(
        '{% tabs t %}{% skeleton 2 kind="card" %}{% switch "mouse" "Mouse counts" True help="h" %}',
        t=[Link("People", "/p/", current=True, count=0)],
    )
    assert 'aria-current="page"' in html
    assert ">0<" in html
    assert html.count("skeleton-card") == 2
    assert 'role="switch"' in html
    assert " checked" in html


def test_initials_come_from_the_name_or_the_address() -> None:
    assert Frame(person="ada.park@hypatia.test").initials == "AP"
    assert Frame(person="Benoît Okafor").initials == "BO"
    assert Frame().initials == "·"


def test_icons_are_decoration() -> None:
    for name in PATHS:
        assert 'aria-hidden="true"' in render("{% icon name %}", name=name)


# Letters are read by mail programs, which know no style sheets.
TEMPLATES = sorted(path for path in SOURCE.rglob("templates/**/*.html") if path.parent.name != "mail")


class _Inline(HTMLParser):
    """Collects what a content security policy without unsafe-inline would refuse."""

    def __init__(self) -> None:
        super().__init__()
        self.refused: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {name for name, _ in attrs}
        if tag == "style" or (tag == "script" and "src" not in names):
            self.refused.append(f"<{tag}>")
        self.refused += [name for name in names if name == "style" or name.startswith(("on", "hx-on"))]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_hold_nothing_inline(path: Path) -> None:
    parser = _Inline()
    parser.feed(re.sub(r"\{[%#{].*?[%#}]\}", "", path.read_text(), flags=re.DOTALL))
    assert parser.refused == []


def test_every_error_page_needs_no_request() -> None:
    for name in ("403", "404", "429", "500", "503"):
        html = Template(f'{{% include "{name}.html" %}}').render(Context())
        assert "<h1>" in html
        assert "/static/" in html

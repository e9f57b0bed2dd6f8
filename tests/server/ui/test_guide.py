"""The style guide shows every part, alone and together."""

import pytest
from django.http import Http404
from django.test import RequestFactory

from sundial.server.ui import views


@pytest.mark.parametrize("part", ["", *views.PARTS])
def test_every_part_has_its_page(part: str, rf: RequestFactory) -> None:
    html = views.style_guide(rf.get(f"/ui/{part}"), part).content.decode()
    assert html.count('<section class="guide-section">') == (1 if part else len(views.PARTS))


def test_a_part_that_does_not_exist_is_not_found(rf: RequestFactory) -> None:
    with pytest.raises(Http404):
        views.style_guide(rf.get("/ui/nothing/"), "nothing")


def test_a_stale_form_is_refused_with_what_to_do(rf: RequestFactory) -> None:
    answer = views.csrf_failure(rf.post("/x/"), "missing")
    assert answer.status_code == 403
    assert "Nothing was saved" in answer.content.decode()

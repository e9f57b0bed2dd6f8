"""The card of one's own tasks, for pages of other apps."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import template
from django.template.context import Context

from sundial.server.tasks.types import TaskView
from sundial.server.tasks.views import asked, words

register = template.Library()


@register.inclusion_tag("tasks/mine_card.html", takes_context=True)
def my_tasks(context: Context, tasks: Sequence[TaskView], now: datetime) -> dict[str, Any]:
    """What the reader has to do next."""
    return {"my_tasks": [words.row(context["acting"], one, asked.today(now)) for one in tasks]}

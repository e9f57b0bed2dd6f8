"""Reports and prepared files may be put straight into the vault: said to `vault`, which cannot know of reports."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import NotFound
from sundial.server.lib.ids import id_in
from sundial.server.reports import queries
from sundial.server.reports.actions.exporting import fetch, take_away
from sundial.server.reports.types import Form, Report, TakenAway
from sundial.server.vault.actions import Made, register_source


def _made(file: TakenAway) -> Made:
    return Made(file.name, len(file.body), [file.body])


def _report(acting: Acting, asked: Mapping[str, str], now: datetime) -> Made:
    name, form = asked.get("report", ""), asked.get("format", "")
    if name not in set(Report) or form not in set(Form):
        raise NotFound
    wanted = queries.ask(acting, Report(name), dict(asked), now=now)
    return _made(take_away(acting=acting, asked=wanted, form=Form(form), now=now))


def _prepared(acting: Acting, asked: Mapping[str, str], now: datetime) -> Made:
    return _made(fetch(acting=acting, export_id=id_in(asked.get("id", "")), now=now))


register_source("report", _("The report"), _report)
register_source("prepared", _("The prepared file"), _prepared)

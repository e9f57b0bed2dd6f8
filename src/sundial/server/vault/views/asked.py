"""What the addresses of the vault's lists ask for."""

from django.http import HttpRequest
from django.utils.translation import gettext as _

from sundial.server.lib.acting import Acting
from sundial.server.lib.ids import HIGHEST_ID, id_in
from sundial.server.ui.rules import plain
from sundial.server.ui.types import Filter
from sundial.server.vault import queries, rules
from sundial.server.vault.types import KINDS, OTHER, Wanted

_MOST_NAMES = 200
_NARROWS = ("search", "kind", "owner", "rule")
NOTHING_S = HIGHEST_ID


def wanted(request: HttpRequest, *, binned: bool = False) -> Wanted:
    """Which files the address asks for: those of a folder, or of all folders once something is looked for."""
    asked = request.GET
    folder = id_of(asked.get("folder", ""))
    return Wanted(
        folder=folder,
        everywhere=folder is None and any(asked.get(name) for name in _NARROWS),
        search=asked.get("search", "")[:200],
        kind=asked.get("kind", ""),
        owner=id_of(asked.get("owner", "")),
        rule=asked.get("rule", ""),
        binned=binned,
    )


def id_of(text: str) -> int | None:
    """The id that these words name; that of nothing where they name none that can be."""
    return (id_in(text) or NOTHING_S) if text else None


def ids_of(request: HttpRequest) -> list[int]:
    """The files that were chosen."""
    return [key for one in request.POST.getlist("ids")[:500] if (key := id_of(one)) not in (None, NOTHING_S)]


def kind_word(kind: str) -> str:
    """What people call files of a kind."""
    return {
        "image": _("Picture"),
        "pdf": _("PDF"),
        "text": _("Text"),
        "sheet": _("Spreadsheet"),
        "document": _("Document"),
        "media": _("Sound or film"),
        "archive": _("Archive"),
    }.get(kind, _("Other"))


def filters(acting: Acting) -> tuple[Filter, ...]:
    """The chips above a list of files."""
    kinds = Filter("kind", _("Kind"), tuple((kind, kind_word(kind)) for kind in (*KINDS, OTHER)))
    with_rule = Filter("rule", _("Rule"), (("with", _("With a rule")), ("without", _("Without a rule"))))
    if not rules.runs_vault(acting):
        return (kinds, with_rule)
    offered = tuple((str(key), plain(name, 60)) for key, name in queries.owners(acting)[:_MOST_NAMES])
    return (kinds, with_rule, *((Filter("owner", _("Uploaded by"), offered),) * bool(offered)))

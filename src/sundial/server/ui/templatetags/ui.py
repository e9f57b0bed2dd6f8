"""One tag for each part of a page; the markup is in templates/ui/parts/, one file each."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BoundField, CheckboxInput, Select, Textarea
from django.http import HttpRequest
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from sundial.server.ui import rules
from sundial.server.ui.types import Change, Filter, Link

register = template.Library()

STATES = ("online", "idle", "away", "offline", "never")
TONES = ("", "good", "caution", "bad", "live")


def _part(name: str) -> str:
    return f"ui/parts/{name}.html"


def state_word(state: str) -> str:
    """The word that stands beside a state's mark."""
    return {
        "online": gettext("Online"),
        "idle": gettext("Idle"),
        "away": gettext("Away"),
        "offline": gettext("Offline"),
        "never": gettext("Never synced"),
    }[state]


@register.inclusion_tag(_part("state"))
def state(name: str, since: datetime | None = None, word: str = "") -> dict[str, Any]:
    """A live state (online, idle, away, offline, never) with its mark and word."""
    return {"state": name, "word": word or state_word(name), "since": since}


@register.inclusion_tag(_part("badge"))
def badge(text: object, tone: str = "", icon: str = "") -> dict[str, Any]:
    """A short fact about a thing; tone is empty, good, caution, bad or live."""
    return {"text": text, "tone": tone, "icon": icon}


@register.inclusion_tag(_part("stat"))
def stat(
    label: str,
    value: object,
    whole: str = "",
    change: str = "",
    direction: str = "",
    tone: str = "",
    spark: Sequence[float] = (),
    as_of: datetime | None = None,
    href: str = "",
    key: str = "",
) -> dict[str, Any]:
    """A figure: what it counts, its value out of `whole`, change, history; a live page finds it by `key`."""
    return {
        "label": label, "value": value, "whole": whole, "change": change, "direction": direction, "tone": tone,
        "spark": spark, "as_of": as_of, "href": href, "key": key,
    }  # fmt: skip


@register.inclusion_tag(_part("sparkline"))
def sparkline(values: Sequence[float], width: int = 88, height: int = 28) -> dict[str, Any]:
    """A small zero-based line of history without axes; the figure beside it is its label."""
    points = rules.spark_points(values, width, height)
    line = " ".join(f"{x},{y}" for x, y in points)
    return {
        "line": line,
        "area": f"0,{height} {line} {width},{height}" if points else "",
        "end": points[-1] if points else None,
        "width": width,
        "height": height,
    }


@register.inclusion_tag(_part("progress"))
def progress(
    counts: Mapping[str, int],
    as_of: datetime | None = None,
    version: int | None = None,
    key: str = "",
    behind: str = "",
) -> dict[str, Any]:
    """How many agents report a policy as applied, applying, waiting, rejected, or are offline.

    `behind` begins the address of the list behind each count, to which its key is added.
    """
    laid = rules.segments(counts)
    words = {
        "applied": gettext("Applied"), "applying": gettext("Applying"), "waiting": gettext("Waiting for a person"),
        "rejected": gettext("Rejected"), "offline": gettext("Offline"),
    }  # fmt: skip
    return {
        "segments": [{"key": part.key, "count": part.count, "x": part.x, "width": part.width, "word": words[part.key]}
                     for part in laid],
        "applied": laid[0].count,
        "total": sum(part.count for part in laid),
        "as_of": as_of,
        "version": version,
        "key": key,
        "behind": behind,
    }  # fmt: skip


@register.inclusion_tag(_part("difference"))
def difference(changes: Sequence[Change]) -> dict[str, Any]:
    """What changed, old beside new."""
    return {"changes": changes}


@register.inclusion_tag(_part("slider"))
def slider(
    name: str,
    label: str,
    value: int,
    minimum: int,
    maximum: int,
    unit: str = "",
    step: int = 1,
    help: str = "",  # noqa: A002 - the word a template's author looks for
    disabled: bool = False,
    error: str = "",
    saved: int | None = None,
) -> dict[str, Any]:
    """A whole number within its range: number box (the field that is sent), slider and unit kept in step.

    `saved` is what stands now, where `value` was only asked for.
    """
    return {
        "name": name, "label": label, "value": value, "minimum": minimum, "maximum": maximum, "unit": unit,
        "step": step, "help": help, "disabled": disabled, "error": error,
        "saved": value if saved is None else saved,
    }  # fmt: skip


@register.inclusion_tag(_part("switch"))
def switch(
    name: str,
    label: str,
    checked: bool,
    help: str = "",  # noqa: A002 - the word a template's author looks for
    disabled: bool = False,
    saved: bool | None = None,
) -> dict[str, Any]:
    """On or off, told at once by its place and its ink; `saved` is what stands now, where `checked` was asked for."""
    stands = checked if saved is None else saved
    return {"name": name, "label": label, "checked": checked, "help": help, "disabled": disabled, "saved": stands}


@register.inclusion_tag(_part("unsaved"))
def unsaved(save: str = "", discard_href: str = "", meaning: bool = False) -> dict[str, Any]:
    """The bar that appears inside a form once something in it differs from what is saved.

    With `meaning` it has a place (`data-meaning-slot`) where the page says what saving would mean.
    """
    return {"save": save or gettext("Save"), "discard_href": discard_href, "meaning": meaning}


@register.inclusion_tag(_part("empty"))
def empty(title: str, text: str = "", icon: str = "info", action: str = "", href: str = "") -> dict[str, Any]:
    """Nothing here yet, why, and the next step."""
    return {"title": title, "text": text, "icon": icon, "action": action, "href": href}


@register.inclusion_tag(_part("skeleton"))
def skeleton(lines: int = 3, kind: str = "line") -> dict[str, Any]:
    """The shape of what is being fetched; kind is `line` or `card`."""
    return {"lines": range(lines), "kind": kind}


@register.inclusion_tag(_part("copy"))
def copy(value: str, label: str, note: str = "", id: str = "copy", big: bool = False) -> dict[str, Any]:  # noqa: A002 - the attribute's name in HTML
    """A value to carry away, such as a link that is shown once; `big` for a code that is read out and typed."""
    return {"value": value, "label": label, "note": note, "id": id, "big": big}


@register.inclusion_tag(_part("tabs"))
def tabs(links: Sequence[Link], label: str = "") -> dict[str, Any]:
    """Pages that belong together; each tab is an address of its own."""
    return {"links": links, "label": label}


@register.inclusion_tag(_part("confirm"), takes_context=True)
def confirm(
    context: Context,
    id: str,  # noqa: A002 - the attribute's name in HTML
    title: str,
    consequence: str,
    verb: str,
    action: str = "",
    tone: str = "danger",
    typed: str = "",
    value: str = "",
    reason: str = "",
    needed: bool = False,
) -> dict[str, Any]:
    """A dialog that says what will happen, opened by `commandfor="id" command="show-modal"`; `typed` comes first.

    `reason` is the label of a line in which one may say why, and has to where it is `needed`.
    """
    return {
        "id": id, "title": title, "consequence": consequence, "verb": verb, "action": action, "tone": tone,
        "typed": typed, "value": value, "reason": reason, "needed": needed,
        "csrf_token": context.get("csrf_token"),
    }  # fmt: skip


@register.inclusion_tag(_part("toasts"))
def toasts(messages: Sequence[Any] = ()) -> dict[str, Any]:
    """What Django's messages say, as toasts; also where live pages put theirs."""
    tones = {"success": "good", "warning": "caution", "error": "bad"}
    marks = {"good": "check", "caution": "alert", "bad": "alert"}
    shown = []
    for message in messages or ():
        tone = next((tones[tag] for tag in (message.tags or "").split() if tag in tones), "")
        shown.append({"text": str(message), "tone": tone, "icon": marks.get(tone, "info")})
    return {"toasts": shown}


@register.inclusion_tag(_part("field"))
def field(bound: BoundField) -> dict[str, Any]:
    """A form's field with its label, help and errors, tied together for those who listen."""
    widget = bound.field.widget
    is_check = isinstance(widget, CheckboxInput)
    kind = "select" if isinstance(widget, Select) else "textarea" if isinstance(widget, Textarea) else "input"
    attrs: dict[str, str | bool] = {"class": kind}
    if kind == "textarea":
        attrs["rows"] = "4"
    control = bound.as_widget(attrs=None if is_check else attrs)
    return {"field": bound, "control": control, "is_check": is_check}


@register.inclusion_tag(_part("form_errors"))
def form_errors(errors: Sequence[str]) -> dict[str, Any]:
    """What is wrong with a form as a whole: what happened, what was kept, what to do."""
    return {"errors": errors}


@register.inclusion_tag(_part("sort"), takes_context=True)
def sort(context: Context, name: str, label: str, default: str = "") -> dict[str, Any]:
    """A column head that sorts: the whole `<th>`; the order lives in the address as `ordering`."""
    request: HttpRequest = context["request"]
    current = request.GET.get("ordering", default)
    query = request.GET.copy()
    query["ordering"] = rules.next_ordering(current, name)
    query.pop("page", None)
    return {"label": label, "sorted": rules.sorted_as(current, name), "href": f"?{query.urlencode()}"}


@register.inclusion_tag(_part("filters"), takes_context=True)
def filters(
    context: Context,
    filters: Sequence[Filter] = (),
    search: str = "",
    export: Sequence[str] = (),
    closed: Sequence[tuple[str, str]] = (),
) -> dict[str, Any]:
    """The line above a list: search, filter chips, export; all of it lives in the address.

    `closed` are exports that cannot be had, each with the reason.
    """
    request: HttpRequest = context["request"]
    return {
        "search_label": search,
        "search_value": request.GET.get("search", ""),
        "kept": [(key, value) for key, value in request.GET.items() if key not in ("search", "page")],
        "chips": [_chip(request, one) for one in filters],
        "exports": [(form.upper(), f"?{_with(request, form, 'format')}") for form in export],
        "closed": closed,
    }


def _with(request: HttpRequest, value: str | None, *names: str) -> str:
    """The address's query with that value for the only name, or without all of these names."""
    query = request.GET.copy()
    for name in ("page", *names):
        query.pop(name, None)
    if value is not None:
        query[names[0]] = value
    return query.urlencode()


def _chip(request: HttpRequest, one: Filter) -> dict[str, Any]:
    fields = _fields(request, one)
    names = [name for name, _, _ in fields] or [one.name]
    return {
        "kind": one.kind,
        "label": one.label,
        "hint": one.hint,
        "chosen": _chosen(request, one),
        "remove": f"?{_with(request, None, *names)}",
        "fields": fields,
        "kept": [(key, value) for key, value in request.GET.items() if key not in ("page", *names)],
        "options": [
            {
                "word": word,
                "href": f"?{_with(request, value, one.name)}",
                "current": value == request.GET.get(one.name, ""),
            }
            for value, word in one.options
        ],
    }


def _fields(request: HttpRequest, one: Filter) -> list[tuple[str, str, str]]:
    """Name, word and value of each box of a filter that is typed."""
    words = {"text": {one.name: one.label}, "days": {"from": gettext("From"), "to": gettext("To")}, "choice": {}}
    return [(name, word, request.GET.get(name, "")) for name, word in words[one.kind].items()]


def _chosen(request: HttpRequest, one: Filter) -> str:
    if one.kind == "choice":
        return next((word for value, word in one.options if value == request.GET.get(one.name, "")), "")
    if one.kind == "text":
        return request.GET.get(one.name, "")
    since, until = request.GET.get("from", ""), request.GET.get("to", "")
    if since and until:
        return since if since == until else f"{since} – {until}"
    if since:
        return gettext("since %(day)s") % {"day": since}
    return gettext("until %(day)s") % {"day": until} if until else ""


@register.inclusion_tag(_part("pagination"), takes_context=True)
def pagination(context: Context, page: Page[Any]) -> dict[str, Any]:
    """Where one is in a list, and the way on."""
    request: HttpRequest = context["request"]

    def address(number: int) -> str:
        query = request.GET.copy()
        query["page"] = str(number)
        return f"?{query.urlencode()}"

    window = rules.page_window(page.number, page.paginator.num_pages)
    return {
        "page": page,
        "links": [{"number": number, "href": address(number) if number else ""} for number in window],
        "previous": address(page.number - 1) if page.has_previous() else "",
        "next": address(page.number + 1) if page.has_next() else "",
    }


@register.simple_block_tag
def menu(
    content: str, label: str, icon: str = "", side: str = "start", kind: str = "button", bare: bool = False
) -> SafeString:
    """A button that opens a small sheet: put `.menu-item` links and buttons between the tags."""
    return _block("menu", content, label=label, icon=icon, side=side, kind=kind, bare=bare)


@register.simple_block_tag
def bulk(content: str) -> SafeString:
    """What may be done to the chosen rows; it appears once a row of the `.bulk-scope` around it is ticked."""
    return _block("bulk", content)


@register.simple_block_tag
def dialog(content: str, id: str, title: str, wide: bool = False) -> SafeString:  # noqa: A002 - the attribute's name in HTML
    """A dialog with a title and anything in it."""
    return _block("dialog", content, id=id, title=title, wide=wide)


@register.simple_block_tag
def stale(content: str, key: str = "", as_of: datetime | None = None, lost: bool = False) -> SafeString:
    """Live content that is greyed, with the time it was true, when the live link is lost (or was never there)."""
    return _block("stale", content, key=key, as_of=as_of, lost=lost)


def _block(name: str, content: str, **values: object) -> SafeString:
    return render_to_string(_part(name), {"content": content, **values})

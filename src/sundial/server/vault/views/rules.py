"""A file's rule: written as text or put together, with who could open it before it is saved."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from sundial import access
from sundial.server.companies.access import acting_of_page, allow
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import Conflict, Invalid
from sundial.server.lib.numbers import whole_in
from sundial.server.vault import actions, queries
from sundial.server.vault.queries import wording
from sundial.server.vault.queries.looking import Opening, kinds_for_rules, names_for_rules, problems_of, who_could_open
from sundial.server.vault.types import RULE_LIMIT

_OPS = ("=", "!=", "<", "<=", ">", ">=")


@allow(Role.ADMIN)
@require_http_methods(["GET", "POST"])
def rule(request: HttpRequest, file_id: int) -> HttpResponse:
    """The rule of one file; saved here by text, with or without a script."""
    acting, now = acting_of_page(request), clock.now()
    one = queries.file(acting, file_id, now=now)
    written, error, status = one.rule_text, "", 200
    revision = whole_in(request.POST.get("revision", ""))
    if request.method == "POST":
        written = request.POST.get("rule", "")
        try:
            actions.set_rule(acting=acting, file_id=file_id, rule_text=written, revision=revision, now=now)
        except Invalid as refusal:
            error, status = refusal.fields.get("policy", refusal.message), 422
        except Conflict as refusal:
            error, status = refusal.message, 409
            one = queries.file(acting, file_id, now=now)
        else:
            messages.success(request, _("Saved.") if written.strip() else _("The rule is gone: nobody can open it."))
            return redirect("vault-file", file_id)
    wrong = "" if status == 409 else error
    context = {"file": one, "written": written, "error": error, "wrong": wrong, "changed": status == 409}
    return render(request, "vault/rule.html", context | rule_context(acting), status=status)


def rule_context(acting: Acting) -> dict[str, Any]:
    """What `vault/parts/rule_words.html` and `rule_field.html` need: what the builder offers, and the longest text."""
    offered = {"kinds": kinds_for_rules(), "ops": _OPS, "words": {"role": access.ROLES, **names_for_rules(acting)}}
    return {"names": json.dumps(offered), "limit": RULE_LIMIT}


@allow(Role.ADMIN, Role.MANAGER, Role.EMPLOYEE)
@require_POST
def look(request: HttpRequest) -> JsonResponse:
    """What a rule, as `text` or as a `tree`, would do: errors with their places, or the rule and who could open.

    Who they are, and what each has or lacks, an ADMIN reads; others read how many they are.
    """
    acting, now = acting_of_page(request), clock.now()
    try:
        found = _read(request.body)
    except access.RuleError as error:
        return _answer({"error": _shown(error.problem)})
    problems = problems_of(acting, found)
    opening = who_could_open(acting, found, now=now)
    return _answer(
        {
            "error": None,
            "text": access.printed(found),
            "tree": access.as_tree(found),
            "problems": [_shown(problem) for problem in problems],
            "who": _told(opening, now, named=acting.role is Role.ADMIN),
            "warnings": _warnings(opening),
        }
    )


def _shown(problem: access.Problem) -> dict[str, Any]:
    message, meant = wording.wrong(problem), problem.suggestion
    return {"message": message, "start": problem.start, "end": problem.end, "suggestion": meant}


def _read(body: bytes) -> access.Rule:
    try:
        asked = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise access.RuleError(access.NO_TREE) from error
    if isinstance(asked, dict) and isinstance(asked.get("text"), str):
        return access.parse(asked["text"])
    return access.from_tree(asked.get("tree") if isinstance(asked, dict) else None)


def _told(opening: Opening, now: datetime, *, named: bool) -> dict[str, Any]:
    return {
        "count": opening.count,
        "of": opening.of,
        "could": [asdict(one) for one in opening.could] if named else [],
        "could_not": [asdict(one) for one in opening.could_not] if named else [],
        "at": now.isoformat(),
    }


def _warnings(opening: Opening) -> list[str]:
    """What somebody may not have meant."""
    if opening.count == 0:
        return [_("Nobody could open it now.")]
    found = [_("Everybody could open it now.")] if opening.count == opening.of else []
    return found if opening.you.allowed else [*found, _("You could not open it. %s") % opening.you.reason]


def _answer(told: dict[str, Any]) -> JsonResponse:
    return JsonResponse(told, headers={"Cache-Control": "no-store"})

"""Whether a file opens for somebody at one moment, and why."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext, gettext_noop

from sundial import access
from sundial.access import THEY, Decision, Outcome, Part, Voice
from sundial.server.accounts import queries as accounts
from sundial.server.companies.scoping import acting_in
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import NotFound
from sundial.server.vault.models import File
from sundial.server.vault.queries import wording
from sundial.server.vault.queries.facts import facts_for
from sundial.server.vault.queries.visible import parsed

NO_RULE = gettext_noop("It has no rule, so it opens for nobody.")
BAD_RULE = gettext_noop("Its rule cannot be read any more, so it opens for nobody.")
GONE = gettext_noop("You do not belong to this company any more.")


@dataclass(frozen=True, slots=True)
class Judged:
    """Whether it opens, and why: `reason` as the log keeps it, `said` as the person is spoken to in their language.

    `decision` is the rule part by part, None where none was decided.
    """

    allowed: bool
    reason: str
    said: str
    decision: Decision | None = None


def judged(acting: Acting, file: File, *, now: datetime, voice: Voice = THEY) -> Judged:
    """Whether the file opens for whoever acts, as they are at this moment, told by `voice`. In the company's scope."""
    if not file.rule_text:
        return _closed(NO_RULE)
    rule = parsed(file.rule_text) if file.rule_language == access.LANGUAGE else None
    if rule is None:
        return _closed(BAD_RULE)
    facts = facts_for(acting, now=now)
    decision = access.decide(rule, facts, voice)
    said = decision.reason if decision.allowed else access.decide(rule, facts, wording.to_them()).reason
    return Judged(decision.allowed, decision.reason, said, decision)


def _closed(reason: str) -> Judged:
    return Judged(False, reason, gettext(reason))


def explained(*, acting: Acting, file: File, user_id: int, now: datetime, address: str | None = None) -> Decision:
    """Whether it would open for this person, part by part; nothing is written down. In the company's scope.

    Raises NotFound for somebody who may not act in this company now.
    """
    person = present(user_id, file.company_id, address)
    if person is None:
        raise NotFound
    voice = wording.to_them() if person.id == acting.id else wording.to_others()
    found = judged(person, file, now=now, voice=voice)
    none = Part(file.rule_text, Outcome.UNKNOWN, found.said)
    return found.decision or Decision(found.allowed, found.said, none)


def present(user_id: int, company_id: int, address: str | None) -> Acting | None:
    """Who this person is at this moment in this company; None if they may not act there any more."""
    account = accounts.account(user_id)
    return None if account is None or account.is_owner else acting_in(account, company_id, ip=address)


def judged_again(acting: Acting, file: File, *, now: datetime) -> Judged:
    """The same as `judged`, with nothing believed that was true a moment ago: neither role nor being there."""
    person = present(acting.id or 0, file.company_id, acting.ip)
    return _closed(GONE) if person is None else judged(replace(person, label=acting.label), file, now=now)

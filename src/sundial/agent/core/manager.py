"""The policy manager: what a running agent makes of each policy that it is given.

A policy is received, judged, applied by the collectors, and only then said to be applied. One attempt runs at a time;
of what comes meanwhile the newest is next. Whatever goes wrong, the collectors run on the last good policy or not at
all: never on more than it allowed.

    received ──judge──▶ applying ──collectors──▶ applied | waiting (kinds withheld) | unsupported (parts unknown)
        └──────────────────┴────▶ rejected: the last good policy is put back
"""

from dataclasses import dataclass, replace

from sundial.agent.core import asking, effects, events
from sundial.agent.core.effects import Effect, Report, Say
from sundial.agent.core.judging import Plan, Refused, is_older, judge
from sundial.agent.core.saved import Rejection, Saved
from sundial.protocol import switches
from sundial.protocol.messages import Acknowledgement, PolicyDocument, PolicyState, PolicyStatus, PublicKey
from sundial.protocol.policy import Details
from sundial.protocol.settings import Kind, Settings, differences, kinds_on
from sundial.protocol.signing import KeyRing
from sundial.protocol.words import in_words

REJECTIONS_KEPT = 16
CLOSED_WORDS: dict[events.Closed, str] = {
    "suspended": "The company is suspended: recording stopped, asking again every 5 minutes",
    "unknown": "The server does not know this device: recording stopped, asking again; enrol it if this stays",
}


@dataclass(frozen=True, slots=True)
class Attempt:
    """One go at making the collectors run on a plan; `again` puts back what they ran on before."""

    number: int
    plan: Plan
    withheld: tuple[Kind, ...]
    again: bool = False

    @property
    def settings(self) -> Settings:
        return self.plan.effective(self.withheld)


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said of the newest policy that was given."""

    epoch: int = 0
    version: int = 0
    etag: str = ""
    state: PolicyState = "received"
    error: str = ""


class PolicyManager:
    """A state machine: `handle` takes what happened and returns what to do, in order."""

    def __init__(self, company_id: int, keys: list[PublicKey], saved: Saved | None = None) -> None:
        saved = saved or Saved()
        self._company_id = company_id
        self._ring = KeyRing(saved.keys or keys)
        self._cached = saved.document
        self._acknowledged = frozenset(saved.acknowledged)
        self._rejected = {one.etag: one for one in saved.rejected}
        self._unsent = list(saved.unsent)
        self._doubted: dict[str, Rejection] = {}  # unsigned; only for this run, so that nobody can bar the true one
        self._running: Attempt | None = None
        self._applying: Attempt | None = None
        self._next: Plan | None = None
        self._answer = Answer()
        self._closed: set[events.Closed] = set()
        self._numbers = 0
        self._ending = ""

    # What others may ask --------------------------------------------------------------------------

    @property
    def settings(self) -> Settings | None:
        """What the collectors run on; None if on nothing."""
        return self._running.settings if self._running and not self._closed else None

    @property
    def details(self) -> Details:
        """What the policy that the collectors run on says beyond its settings."""
        return self._running.plan.details if self._running and not self._closed else Details()

    def status(self) -> PolicyStatus:
        """What the report says of the policy."""
        effective = self._running if self._running and not self._closed and not self._ending else None
        return PolicyStatus(
            epoch=self._answer.epoch,
            version=self._answer.version,
            etag=self._answer.etag,
            state=self._answer.state,
            effective_etag=effective.plan.etag if effective else "",
            withheld=list(effective.withheld) if effective else [],
            **({"error": self._answer.error[:1000]} if self._answer.error else {}),
        )

    @property
    def version(self) -> int:
        """Of the policy that the collectors run on; 0 without one."""
        return self._running.plan.document.version if self._running else 0

    @property
    def closed(self) -> frozenset[events.Closed]:
        """Why the server's doors are closed, if they are."""
        return frozenset(self._closed)

    def unsupported(self) -> list[str]:
        """Parts of the policy in force that this version of the agent does not know."""
        return list(self._running.plan.unknown) if self._running else []

    def known_etags(self) -> list[str]:
        """What need not be sent again: the newest that was accepted, and those that were rejected."""
        latest = self._latest()
        return [*([latest.etag] if latest else []), *reversed([*self._rejected, *self._doubted])][:4]

    # What happens ---------------------------------------------------------------------------------

    def handle(self, event: events.Event) -> list[Effect]:
        """One thing happened; these are to be done."""
        match event:
            case events.Started():
                return self._started()
            case events.Received(document):
                return [] if self._ending else self._received(document)
            case events.Applied(number) if self._is_current(number):
                return self._applied()
            case events.NotApplied(number, error) if self._is_current(number):
                return self._not_applied(error)
            case events.Stopped():
                return [Report(self.status()), *([effects.End(self._ending)] if self._ending else [])]
            case _:
                return self._asides(event)

    def _asides(self, event: events.Event) -> list[Effect]:
        match event:
            case events.Acknowledged(word):
                return self._acknowledge(word)
            case events.Kept(word):
                self._unsent = [other for other in self._unsent if other != word]
                return [self._save()]
            case events.DoorsClosed(why):
                return self._close(why)
            case events.DoorsOpen():
                return self._open()
            case events.Revoked(reason):
                return self._revoke(reason)
        return []

    def _started(self) -> list[Effect]:
        todo: list[Effect] = [effects.Deliver(word) for word in self._unsent]
        if self._cached is None:
            return [Say("No config in the cache: nothing is recorded until the server sends one"), *todo]
        try:
            plan, self._ring = judge(self._cached, self._ring, self._company_id)
        except Refused as refusal:
            return [Say(f"The config in the cache cannot be used: {refusal}. Waiting for the server"), *todo]
        return [Say(f"Config loaded from cache: v{plan.document.version}"), *todo, *self._begin(plan)]

    # A policy came --------------------------------------------------------------------------------

    def _received(self, document: PolicyDocument) -> list[Effect]:
        latest = self._latest()
        if latest and latest.etag == document.etag:
            return self._same_again()
        if known := self._rejected.get(document.etag):
            self._answer = self._answer_of(known)
            return [Report(self.status())]
        try:
            plan, ring = judge(document, self._ring, self._company_id)
        except Refused as refusal:
            return self._refuse(document, refusal)
        if latest and is_older(document, latest):
            line = f"Config v{document.version} from the server is older than v{latest.version}: kept v{latest.version}"
            return [Say(line), Report(self.status())]
        self._ring = ring
        self._doubted.clear()
        return self._accept(plan, latest)

    def _accept(self, plan: Plan, latest: PolicyDocument | None) -> list[Effect]:
        new = plan.document.version
        self._answer = self._named(plan.document, "received")
        heard = Say(f"Config update: v{latest.version} -> v{new}" if latest else f"Config loaded from server: v{new}")
        if self._running and not self._applying and not self._closed and self._running.plan.same_as(plan):
            # Signed anew: the collectors run on these very values already.
            self._running = replace(self._running, plan=plan)
            return [heard, *self._settled([])]
        return [heard, Report(self.status()), *self._begin(plan)]

    def _same_again(self) -> list[Effect]:
        if self._running and not self._applying and not self._closed:
            self._answer = self._good_answer(self._running)
        return [Report(self.status())]

    def _refuse(self, document: PolicyDocument, refusal: Refused) -> list[Effect]:
        memory = self._rejected if refusal.signed else self._doubted
        new = document.etag not in memory
        self._reject(document, str(refusal), memory)
        said = [Say(f"Config v{document.version} rejected: {refusal}. {self._kept_words()}")] if new else []
        return [*said, Report(self.status()), *([self._save()] if refusal.signed else [])]

    def _reject(self, document: PolicyDocument, reason: str, memory: dict[str, Rejection]) -> None:
        memory[document.etag] = Rejection(document.epoch, document.version, document.etag, reason[:1000])
        for oldest in list(memory)[:-REJECTIONS_KEPT]:
            del memory[oldest]
        self._answer = self._answer_of(memory[document.etag])

    # The collectors -------------------------------------------------------------------------------

    def _begin(self, plan: Plan) -> list[Effect]:
        if self._applying or self._closed or self._ending:
            self._next = plan
            return []
        self._next = None
        apply = self._attempt(plan, plan.withheld(self._acknowledged))
        self._answer = self._named(plan.document, "applying")
        return [Report(self.status()), apply]

    def _attempt(self, plan: Plan, withheld: tuple[Kind, ...], *, again: bool = False) -> effects.Apply:
        self._numbers += 1
        self._applying = Attempt(self._numbers, plan, withheld, again)
        return effects.Apply(self._applying.number, self._applying.settings, plan.details)

    def _applied(self) -> list[Effect]:
        attempt, before = self._applying, self._running
        assert attempt is not None
        self._applying, self._running = None, attempt
        # A kind that was switched off is asked for anew when it is switched on again.
        self._acknowledged &= frozenset(kinds_on(attempt.plan.settings))
        if self._closed or self._ending:
            return [self._save()]
        if self._next:
            return [self._save(), *self._begin(self._next)]
        if attempt.again:
            return [Report(self.status())]
        return self._settled(self._change_words(before, attempt))

    def _settled(self, said: list[Effect]) -> list[Effect]:
        assert self._running is not None
        running = self._running
        self._answer = self._good_answer(running)
        todo: list[Effect] = [*said, Report(self.status()), self._save()]
        if running.withheld:
            text = asking.text_for(running.withheld, running.plan.settings, running.plan.details)
            todo += [
                Say(f"Waiting for the person's acknowledgement: {', '.join(running.withheld)}"),
                effects.Ask(running.plan.etag, running.withheld, text),
            ]
        return todo

    def _not_applied(self, error: str) -> list[Effect]:
        attempt = self._applying
        assert attempt is not None
        self._applying = None
        document = attempt.plan.document
        if attempt.again:
            self._running = None
            return [Say(f"The last good config failed too: {error}. Recording stopped"), effects.Stop()]
        self._reject(document, error, self._rejected)
        said = Say(f"Config v{document.version} could not be applied: {error}. {self._kept_words()}")
        if self._closed or self._ending:
            return [said, self._save()]
        if self._next:
            return [said, Report(self.status()), self._save(), *self._begin(self._next)]
        if self._running:
            return [said, self._save(), self._attempt(self._running.plan, self._running.withheld, again=True)]
        return [said, self._save(), effects.Stop()]

    # The person -----------------------------------------------------------------------------------

    def _acknowledge(self, word: Acknowledgement) -> list[Effect]:
        plan = self._newest()
        # An answer to an old question counts only for what is still waited for.
        fresh = frozenset(word.kinds) & frozenset(plan.withheld(self._acknowledged)) if plan else frozenset()
        if plan is None or not fresh or self._ending:
            return []
        self._acknowledged |= fresh
        self._unsent.append(word)
        said: list[Effect] = [Say(f"Acknowledged by the person: {', '.join(word.kinds)}"), effects.Deliver(word)]
        return [*said, self._save(), *self._begin(plan)]

    # The server's doors ---------------------------------------------------------------------------

    def _close(self, why: events.Closed) -> list[Effect]:
        if why in self._closed or self._ending:
            return []
        first = not self._closed
        self._closed.add(why)
        if self._answer.state != "rejected":
            self._answer = replace(self._answer, state="received", error="")
        return [Say(CLOSED_WORDS[why]), *([effects.Stop()] if first else [])]

    def _open(self) -> list[Effect]:
        if not self._closed or self._ending:
            return []
        self._closed.clear()
        plan = self._newest()
        line = Say("The server's doors are open again" + (": recording goes on" if plan else ""))
        if self._answer.state == "rejected" and self._running and not (self._next or self._applying):
            return [line, self._attempt(self._running.plan, self._running.withheld, again=True)]
        return [line, *(self._begin(plan) if plan else [Report(self.status())])]

    def _revoke(self, reason: str) -> list[Effect]:
        if self._ending:
            return []
        self._ending = reason or "revoked"
        return [Say(f"This device was revoked ({self._ending}): recording stopped for good"), effects.Stop()]

    # Small words ----------------------------------------------------------------------------------

    def _is_current(self, number: int) -> bool:
        return self._applying is not None and self._applying.number == number

    def _newest(self) -> Plan | None:
        attempt = self._applying or self._running
        return self._next or (attempt.plan if attempt else None)

    def _latest(self) -> PolicyDocument | None:
        plan = self._newest()
        return plan.document if plan else None

    def _good_answer(self, attempt: Attempt) -> Answer:
        if attempt.withheld:
            return self._named(attempt.plan.document, "waiting")
        if attempt.plan.unknown:
            unknown = ", ".join(attempt.plan.unknown)
            return self._named(attempt.plan.document, "unsupported", f"not known here: {unknown}")
        return self._named(attempt.plan.document, "applied")

    def _change_words(self, before: Attempt | None, after: Attempt) -> list[Effect]:
        if before is None:
            return [Say(f"Config applied: v{after.plan.document.version}")]
        changes = {
            **differences(before.plan.settings, after.plan.settings),
            **switches.differences(before.plan.switched, after.plan.switched),
        }
        count = "1 change" if len(changes) == 1 else f"{len(changes)} changes"
        old, new = before.plan.document.version, after.plan.document.version
        told: list[Effect] = [effects.Tell(old, new, tuple(in_words(changes)))] if changes else []
        return [Say(f"Config applied: {count}"), *told]

    def _kept_words(self) -> str:
        return f"Kept v{self._running.plan.document.version}" if self._running else "Nothing is recorded"

    def _save(self) -> effects.Save:
        return effects.Save(
            Saved(
                document=self._running.plan.document if self._running else self._cached,
                keys=list(self._ring.public_keys),
                acknowledged=sorted(self._acknowledged),
                rejected=list(self._rejected.values()),
                unsent=list(self._unsent),
            )
        )

    @staticmethod
    def _named(document: PolicyDocument, state: PolicyState, error: str = "") -> Answer:
        return Answer(document.epoch, document.version, document.etag, state, error)

    @staticmethod
    def _answer_of(rejection: Rejection) -> Answer:
        return Answer(rejection.epoch, rejection.version, rejection.etag, "rejected", rejection.error)

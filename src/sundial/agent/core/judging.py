"""Whether a policy that came may be obeyed, before anything is done with it."""

from dataclasses import dataclass

from sundial.protocol import policy, switches
from sundial.protocol.messages import PolicyDocument
from sundial.protocol.settings import KINDS, Kind, Settings, Value, kinds_on
from sundial.protocol.signing import BadSignature, KeyRing


class Refused(Exception):
    """It may not; `signed` says whether a trusted key stands behind it all the same."""

    def __init__(self, reason: str, *, signed: bool) -> None:
        super().__init__(reason)
        self.signed = signed


@dataclass(frozen=True, slots=True)
class Plan:
    """A policy that may be obeyed, and what in it is beyond this version of the agent."""

    document: PolicyDocument
    settings: Settings
    details: policy.Details
    unknown: tuple[str, ...]

    @property
    def etag(self) -> str:
        return self.document.etag

    @property
    def switched(self) -> dict[str, Value]:
        """What its sections switch on and off."""
        return switches.switched(self.document.doc.get("sections", {}))

    def same_as(self, other: "Plan") -> bool:
        """Whether collectors that run on the one run on the other."""
        return (self.settings, self.details) == (other.settings, other.details)

    def withheld(self, acknowledged: frozenset[Kind]) -> tuple[Kind, ...]:
        """The kinds it switches on that the person has not acknowledged."""
        return tuple(kind for kind in kinds_on(self.settings) if kind not in acknowledged)

    def effective(self, withheld: tuple[Kind, ...]) -> Settings:
        """Its settings with the withheld kinds off; all else holds at once."""
        return {**self.settings, **{KINDS[kind]: False for kind in withheld}}


def judge(document: PolicyDocument, ring: KeyRing, company_id: int) -> tuple[Plan, KeyRing]:
    """The plan, and the keys to trust from now on; raises Refused."""
    try:
        trusted = policy.verify(document, ring)
    except (BadSignature, policy.BadPolicy) as error:
        raise Refused(str(error), signed=False) from error
    if document.company_id != company_id:
        raise Refused(f"it is for company {document.company_id}, not {company_id}", signed=True)
    try:
        settings, details = policy.checked_settings(document), policy.details_of(document)
    except policy.BadPolicy as error:
        raise Refused(str(error), signed=True) from error
    return Plan(document, settings, details, tuple(policy.unknown_sections(document))), trusted


def is_older(document: PolicyDocument, than: PolicyDocument) -> bool:
    """A new epoch is never older: the server began to count anew."""
    return document.epoch == than.epoch and document.version < than.version

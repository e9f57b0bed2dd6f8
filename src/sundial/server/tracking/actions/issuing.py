"""The head row and the signed document in it; used by every action that changes either."""

from datetime import datetime
from typing import Any

from sundial.protocol import codec, policy
from sundial.protocol.messages import PolicyDocument
from sundial.protocol.settings import Settings
from sundial.server.lib import hints
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import NotFound
from sundial.server.tracking import queries, rules
from sundial.server.tracking.models import PolicyHead, PolicyVersion
from sundial.server.tracking.types import COMPANY_SCOPE, Head, Signer


def locked_head(company_id: int, scope: str = COMPANY_SCOPE) -> PolicyHead:
    """The head, held until the transaction ends: that is what makes versions dense."""
    found = PolicyHead.objects.select_for_update(no_key=True).filter(company_id=company_id, scope=scope).first()
    if found is None:
        raise NotFound
    return found


def add_version(
    head: PolicyHead,
    *,
    acting: Acting,
    settings: Settings,
    sections: dict[str, Any],
    now: datetime,
    restored_from: int | None = None,
) -> Head:
    """Write the next version and put it in force; the head must be locked, or new."""
    head.version += 1
    head.saved_at = now
    settings = {**settings, "config_version": head.version}
    document = issued(head, settings, sections, queries.signer())
    PolicyVersion.objects.create(
        company_id=head.company_id,
        scope=head.scope,
        epoch=head.epoch,
        version=head.version,
        etag=document.etag,
        settings=settings,
        sections=sections,
        saved_at=now,
        saved_by_kind=acting.kind,
        saved_by_id=acting.id,
        saved_by_role=acting.role,
        restored_from=restored_from,
    )
    head.config_json = rules.config_body(settings, now)
    put(head, document)
    return queries.head_of(head)


def issued(head: PolicyHead, settings: Settings, sections: dict[str, Any], signer: Signer) -> PolicyDocument:
    """The signed document of this head's version."""
    return policy.issue(
        company_id=head.company_id,
        scope=head.scope,
        epoch=head.epoch,
        version=head.version,
        settings=rules.in_order(settings),
        sections=sections,
        key=signer.key,
        announced=signer.announced,
        endorsements=signer.endorsements,
    )


def put(head: PolicyHead, document: PolicyDocument) -> None:
    """Make this the document that agents are given, and tell every gateway at commit."""
    head.etag = document.etag
    head.document = codec.encode(document).decode()
    head.save()
    hints.send("policy", str(head.company_id))

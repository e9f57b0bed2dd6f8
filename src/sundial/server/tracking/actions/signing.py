"""Replacing the key that signs policies, in two steps; the key lives in a file outside the database."""

from datetime import datetime

from django.db import transaction

from sundial.protocol.messages import Endorsement
from sundial.server.audit.actions import record
from sundial.server.lib import keys
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import Conflict, NotAllowed
from sundial.server.lib.scope import PLATFORM, acting_for
from sundial.server.tracking import queries
from sundial.server.tracking.actions.issuing import issued, locked_head, put
from sundial.server.tracking.models import KeyEndorsement
from sundial.server.tracking.types import Signer


def rotate_signing_key(*, acting: Acting, now: datetime) -> str:
    """Announce a new key and switch to it; a device that missed the announcement follows the endorsement."""
    announce_signing_key(acting=acting, now=now)
    return switch_signing_key(acting=acting, now=now)


def announce_signing_key(*, acting: Acting, now: datetime) -> str:
    """Make the next signing key and announce it in documents that the present one signs; answers its id."""
    _require_owner(acting)
    if queries.announced_keys():
        raise Conflict("A new signing key is announced already. Switch to it first.")
    signer = queries.signing_key()
    with transaction.atomic():
        fresh = keys.rotate(queries.KEY_PURPOSE)
        _keep(signer.endorse(fresh.public), now)
        _audit_key(acting, "SIGNING_KEY_ANNOUNCED", {"key_id": fresh.key_id, "signed_by": signer.key_id}, now)
    reissue_all()
    return fresh.key_id


def switch_signing_key(*, acting: Acting, now: datetime) -> str:
    """Sign with the announced key from now on and destroy the former one; answers the id of the key that signs."""
    _require_owner(acting)
    if not queries.announced_keys():
        raise Conflict("No new signing key is announced. Announce one first.")
    former, fresh = queries.signing_key().key_id, queries.announced_keys()[0].key_id
    with transaction.atomic():
        _audit_key(acting, "SIGNING_KEY_ROTATED", {"key_id": fresh, "retired": former}, now)
        keys.retire(queries.KEY_PURPOSE, former)
    reissue_all()
    return fresh


def reissue_all() -> int:
    """Sign every head again with the keys as they are now; how many changed. The versions stay what they are."""
    signer = queries.signer()
    return sum(_reissue(company_id, scope, signer) for company_id, scope in queries.companies_with_a_policy())


def _reissue(company_id: int, scope: str, signer: Signer) -> bool:
    with acting_for(company_id), transaction.atomic():
        head = locked_head(company_id, scope)
        version = queries.version_of(head)
        document = issued(head, version.settings, version.sections, signer)
        if document.etag == head.etag:
            return False
        put(head, document)
    return True


def _require_owner(acting: Acting) -> None:
    if acting.role not in {Role.OWNER, Role.SYSTEM}:
        raise NotAllowed


def _keep(word: Endorsement, now: datetime) -> None:
    with acting_for(PLATFORM):
        KeyEndorsement.objects.create(
            company_id=PLATFORM,
            key_id=word.key.key_id,
            public_key=word.key.public_key,
            by=word.by,
            signature=word.signature,
            made_at=now,
        )


def _audit_key(acting: Acting, action: str, details: dict[str, str], now: datetime) -> None:
    with acting_for(PLATFORM), transaction.atomic():
        record(
            acting=acting,
            company_id=PLATFORM,
            action=action,
            description=f"Signing key of tracking policies: {details['key_id']}",
            details=details,
            now=now,
        )

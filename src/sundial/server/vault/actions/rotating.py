"""Keys are replaced while in use: a new one is made, what lies under the old is wrapped again, the old one goes.

What is wrapped again is wrapped in small transactions, each by itself whole: after a kill it goes on where it was.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction

from sundial.server.activity import actions as activity
from sundial.server.audit.actions import record
from sundial.server.companies import queries as companies
from sundial.server.lib import root_keys
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import Conflict, NotAllowed
from sundial.server.lib.rewrapping import Rewrapped, rewrapped
from sundial.server.lib.root_keys import RootKeyMissing
from sundial.server.lib.scope import PLATFORM, across_companies, acting_for
from sundial.server.vault.actions.keys import company_key_for, in_use, make_next
from sundial.server.vault.models import CompanyKey, File, Upload, Version
from sundial.server.vault.storage.erase_secrets import SECRETS
from sundial.server.vault.storage.opening import PURPOSE, company_binding, company_key, file_key, upload_key
from sundial.server.vault.storage.wrapping import Rule, file_binding, upload_binding, wrap_file_key

AT_ONCE = 100  # keys wrapped again in one transaction
UNDER_WAY = timedelta(hours=1)  # no transaction that still wraps with a replaced root lasts so long
PICTURES = "pictures"
PURPOSES = (PURPOSE, PICTURES)


def rotate_root(*, acting: Acting, now: datetime) -> dict[str, int]:
    """Put a new root key in use for files and for pictures; the number of each. `rewrap_under_root` follows.

    Raises Conflict where the keys are held by the environment, which only its operator can change.
    """
    _require_owner(acting)
    made = {}
    for purpose in PURPOSES:
        with transaction.atomic():
            keeper = root_keys.roots(purpose)
            number = keeper.current() + 1
            _audit_root(acting, "ROOT_KEY_ROTATED", purpose, number, now)
            try:
                made[purpose] = keeper.rotate()
            except RootKeyMissing as error:
                raise Conflict(str(error)) from error
    return made


def rewrap_under_root() -> Rewrapped:
    """Wrap every key that lies under a former root under the one in use; it can be killed and begun again.

    A key that cannot be read stays as it is, and so does the root that it names.
    """
    total = Rewrapped()
    for company_id in companies.every_company():
        total += _in_batches(company_id, _rewrap_company_keys)
        total += _in_batches(company_id, activity.rewrap_person_keys)
    return total


def _in_batches(company_id: int, batch: Callable[[int, int, int], tuple[Rewrapped, int]]) -> Rewrapped:
    total, after = Rewrapped(), 0
    while True:
        some, last = batch(company_id, after, AT_ONCE)
        total += some
        if last == after:
            return total
        after = last


def retire_roots(*, acting: Acting, now: datetime) -> dict[str, list[int]]:
    """Destroy the former roots that no key names any more; which, for each purpose.

    Raises Conflict while a key still names one, and within an hour of its replacement.
    """
    _require_owner(acting)
    return {purpose: _retire(acting, purpose, now) for purpose in PURPOSES}


def rotate_company_key(*, acting: Acting, company_id: int, now: datetime) -> int:
    """Give a company a new key, wrap its files' keys under that one and let the former go; the new number."""
    if acting.role not in {Role.OWNER, Role.SYSTEM} and (acting.role, acting.company_id) != (Role.ADMIN, company_id):
        raise NotAllowed
    with acting_for(company_id), transaction.atomic():
        former = company_key_for(company_id, now)
        number = make_next(company_id, now)
        record(
            acting=acting,
            company_id=company_id,
            action="COMPANY_KEY_ROTATED",
            description=f"The key of the vault was replaced: number {number}",
            details={"number": number, "former": former},
            now=now,
        )
    finish_company_keys(company_id=company_id, now=now)
    return number


def finish_company_keys(*, company_id: int, now: datetime) -> None:
    """Wrap again what lies under former keys of a company, and retire these; also after a kill midway."""
    while rewrap_files(company_id, now) or not _retire_company_keys(company_id, now):
        pass


def rewrap_files(company_id: int, now: datetime) -> int:
    """Wrap some keys of files and uploads under the company's key in use; how many, 0 once all are."""
    with acting_for(company_id), transaction.atomic():
        number = company_key_for(company_id, now)
        fresh = company_key(company_id, number)
        old = Version.objects.select_for_update().filter(wrapped_key__isnull=False, company_key__lt=number)
        versions = list(old.order_by("id")[:AT_ONCE])
        files = File.objects.in_bulk({version.file_id for version in versions})
        for version in versions:
            _rewrap_version(files[version.file_id], version, number, fresh)
        uploads = list(Upload.objects.select_for_update().filter(company_key__lt=number).order_by("id")[:AT_ONCE])
        for upload in uploads:
            _rewrap_upload(upload, number, fresh)
    return len(versions) + len(uploads)


def _rewrap_version(file: File, version: Version, number: int, fresh: bytes) -> None:
    bound = file_binding(
        company_id=version.company_id,
        file_id=file.pk,
        version=version.number,
        storage=version.storage,
        rule=Rule(file.rule_text, file.rule_language),
    )
    secret = SECRETS.read(version.company_id, version.storage)
    version.wrapped_key = wrap_file_key(file_key(file, version), company_key=fresh, secret=secret, bound=bound)
    version.company_key = number
    version.save(update_fields=["wrapped_key", "company_key"])


def _rewrap_upload(upload: Upload, number: int, fresh: bytes) -> None:
    bound = upload_binding(company_id=upload.company_id, storage=upload.storage)
    secret = SECRETS.read(upload.company_id, upload.storage)
    upload.wrapped_key = wrap_file_key(upload_key(upload), company_key=fresh, secret=secret, bound=bound)
    upload.company_key = number
    upload.save(update_fields=["wrapped_key", "company_key"])


def _retire_company_keys(company_id: int, now: datetime) -> bool:
    """Destroy the company's former keys unless something still lies under them, which is then wrapped first."""
    with acting_for(company_id), transaction.atomic():
        number = in_use(company_id)
        former = CompanyKey.objects.select_for_update().filter(number__lt=number, retired_at=None)
        list(former)  # waits for whoever still wraps under one
        if (
            Version.objects.filter(wrapped_key__isnull=False, company_key__lt=number).exists()
            or Upload.objects.filter(company_key__lt=number).exists()
        ):
            return False
        former.update(wrapped=b"", retired_at=now)
    return True


def _rewrap_company_keys(company_id: int, after: int, limit: int) -> tuple[Rewrapped, int]:
    root = root_keys.roots(PURPOSE).current()
    total = Rewrapped()
    with acting_for(company_id), transaction.atomic():
        old = CompanyKey.objects.select_for_update().filter(retired_at=None, id__gt=after).exclude(root=root)
        rows = list(old.order_by("id")[:limit])
        for row in rows:
            fresh = rewrapped(PURPOSE, bytes(row.wrapped), company_binding(company_id, row.number))
            total = total.and_one(fresh)
            if fresh is not None:
                row.wrapped, row.root = fresh, root_keys.root_of(fresh)
                row.save(update_fields=["wrapped", "root"])
    return total, rows[-1].pk if rows else after


def _retire(acting: Acting, purpose: str, now: datetime) -> list[int]:
    keeper = root_keys.roots(purpose)
    former = keeper.former()
    named = roots_named(purpose)
    for number, replaced_at in former.items():
        if number in named:
            raise Conflict(f"Keys still lie under root key {number} of {purpose}. Wrap them again first.")
        if now < replaced_at + UNDER_WAY:
            raise Conflict(f"Root key {number} of {purpose} was replaced less than an hour ago. Retire it later.")
    for number in former:
        with transaction.atomic():
            _audit_root(acting, "ROOT_KEY_RETIRED", purpose, number, now)
            try:
                keeper.retire(number)
            except RootKeyMissing as error:
                raise Conflict(str(error)) from error
    return list(former)


def root_in_use(purpose: str) -> int:
    """The number of the root that wraps what is new."""
    return root_keys.roots(purpose).current()


def roots_named(purpose: str) -> dict[int, int]:
    """How many keys lie under each root of a purpose, in all companies."""
    if purpose == PICTURES:
        return activity.roots_of_person_keys(companies.every_company())
    with transaction.atomic(), across_companies():
        roots = list(CompanyKey.objects.filter(retired_at=None).values_list("root", flat=True))
    return {root: roots.count(root) for root in set(roots)}


def _require_owner(acting: Acting) -> None:
    if acting.role not in {Role.OWNER, Role.SYSTEM}:
        raise NotAllowed


def _audit_root(acting: Acting, action: str, purpose: str, number: int, now: datetime) -> None:
    with acting_for(PLATFORM):
        record(
            acting=acting,
            company_id=PLATFORM,
            action=action,
            description=f"Root key {number} of {purpose}",
            details={"purpose": purpose, "number": number},
            now=now,
        )

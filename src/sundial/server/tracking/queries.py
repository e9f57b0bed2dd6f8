"""Reads of the tracking policy."""

from collections.abc import Iterable, Sequence

from django.db import transaction

from sundial.protocol import switches
from sundial.protocol.messages import Endorsement, PublicKey
from sundial.protocol.settings import Value
from sundial.protocol.signing import SigningKey
from sundial.server.accounts import queries as accounts
from sundial.server.lib import keys
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import NotFound
from sundial.server.lib.scope import PLATFORM, across_companies, acting_for
from sundial.server.lib.words import holds
from sundial.server.tracking import rules
from sundial.server.tracking.models import KeyEndorsement, PolicyHead, PolicyVersion
from sundial.server.tracking.types import COMPANY_SCOPE, Head, SavedBy, Signer, VersionPage, VersionRow

KEY_PURPOSE = "policy"


def head(company_id: int, scope: str = COMPANY_SCOPE) -> Head:
    """The policy in force, whoever asks; raises NotFound."""
    with acting_for(company_id), transaction.atomic():
        row = PolicyHead.objects.filter(company_id=company_id, scope=scope).first()
        if row is None:
            raise NotFound
        return head_of(row)


def head_for(acting: Acting, company_id: int) -> Head:
    """The policy in force, if `acting` may know of it; raises NotFound, for a foreign company as for an unknown one."""
    if not rules.may_read(acting, company_id):
        raise NotFound
    return head(company_id)


def head_of(row: PolicyHead) -> Head:
    """A head row with the settings of its version; inside the company's scope."""
    version = version_of(row)
    return Head(
        company_id=row.company_id,
        scope=row.scope,
        epoch=row.epoch,
        version=row.version,
        etag=row.etag,
        settings=rules.in_order(version.settings),
        sections=version.sections,
        document=row.document,
        config_json=row.config_json,
        saved_at=row.saved_at,
    )


def version_of(row: PolicyHead) -> PolicyVersion:
    """The version that a head row stands for."""
    return PolicyVersion.objects.get(company_id=row.company_id, scope=row.scope, epoch=row.epoch, version=row.version)


def set_in(row: PolicyVersion) -> dict[str, Value]:
    """All that people set in a version, by name."""
    return switches.whole(row.settings, row.sections)


def versions(
    acting: Acting,
    company_id: int,
    *,
    search: str = "",
    ordering: str = "-version",
    page: int = 1,
    page_size: int = 20,
    scope: str = COMPANY_SCOPE,
) -> VersionPage:
    """All versions, each with its differences from the one before; a page past the end is the last.

    `search` looks into who saved a version, which settings it changed, and its number.
    """
    if not rules.may_read(acting, company_id):
        raise NotFound
    with acting_for(company_id), transaction.atomic():
        rows = PolicyVersion.objects.filter(company_id=company_id, scope=scope).order_by("-epoch", "-version")
        count = rows.count()
        if count == 0:
            raise NotFound
        newest_first = ordering.startswith("-")
        if search.strip():
            whole = _with_differences(acting, list(rows), count, newest_is_current=True)
            met = [one for one in whole if holds(_words_of(one), search)]
            return _page(met if newest_first else met[::-1], page, page_size)
        pages = -(-count // page_size)
        page = min(max(page, 1), pages)
        start, end = _cut(count, page, page_size, newest_first=newest_first)
        # One more than is shown: the eldest on the page is compared with the one before it.
        found = list(rows[start : end + 1])
        items = _with_differences(acting, found, end - start, newest_is_current=start == 0)
    return VersionPage(items if newest_first else items[::-1], count, page, pages)


def _words_of(row: VersionRow) -> str:
    changed = [f"{one.name} {switches.NAMED[one.name].label}" for one in row.differences]
    return " ".join([str(row.version), row.saved_by.label, *changed])


def _page(rows: Sequence[VersionRow], page: int, page_size: int) -> VersionPage:
    pages = max(1, -(-len(rows) // page_size))
    page = min(max(page, 1), pages)
    return VersionPage(tuple(rows[(page - 1) * page_size : page * page_size]), len(rows), page, pages)


def _cut(count: int, page: int, page_size: int, *, newest_first: bool) -> tuple[int, int]:
    """Where a page begins and ends among all, counted from the newest."""
    before, after = (page - 1) * page_size, min(page * page_size, count)
    return (before, after) if newest_first else (count - after, count - before)


def last_change(acting: Acting, company_id: int) -> VersionRow:
    """The version in force, who made it and what it changed; raises NotFound."""
    return versions(acting, company_id, page_size=1).items[0]


def version(acting: Acting, company_id: int, number: int) -> VersionRow:
    """One version of the running epoch; raises NotFound."""
    if not rules.may_read(acting, company_id):
        raise NotFound
    with acting_for(company_id), transaction.atomic():
        now = head(company_id)
        found = list(
            PolicyVersion.objects.filter(
                company_id=company_id, scope=COMPANY_SCOPE, epoch=now.epoch, version__in=(number, number - 1)
            ).order_by("-version")
        )
        if not found or found[0].version != number:
            raise NotFound
        return _with_differences(acting, found, 1, newest_is_current=number == now.version)[0]


def _with_differences(
    acting: Acting, rows: list[PolicyVersion], shown: int, *, newest_is_current: bool
) -> tuple[VersionRow, ...]:
    labels = accounts.emails({row.saved_by_id for row in rows if row.saved_by_id and row.saved_by_kind == "person"})
    before: list[PolicyVersion | None] = [*rows[1:], None]
    return tuple(
        VersionRow(
            epoch=row.epoch,
            version=row.version,
            saved_at=row.saved_at,
            saved_by=_saved_by(acting, row, labels),
            settings=rules.in_order(row.settings),
            sections=row.sections,
            differences=rules.differences(set_in(old), set_in(row)) if old else (),
            restored_from=row.restored_from,
            current=newest_is_current and index == 0,
        )
        for index, (row, old) in enumerate(zip(rows, before, strict=True))
        if index < shown
    )


def _saved_by(acting: Acting, row: PolicyVersion, labels: dict[int, str]) -> SavedBy:
    role = Role(row.saved_by_role)
    label = labels.get(row.saved_by_id or 0, "")
    return SavedBy(row.saved_by_kind, row.saved_by_id, role, rules.label_for(acting.role, role, label))


def companies_with_a_policy() -> list[tuple[int, str]]:
    """Every (company, scope) that has a head."""
    with transaction.atomic(), across_companies():
        return list(PolicyHead.objects.order_by("company_id", "scope").values_list("company_id", "scope"))


def version_numbers(company_ids: Iterable[int]) -> dict[int, int]:
    """The number of the version in force in each of these companies; for the owner's list."""
    with transaction.atomic(), across_companies():
        heads = PolicyHead.objects.filter(company_id__in=list(company_ids), scope=COMPANY_SCOPE)
        return dict(heads.values_list("company_id", "version"))


def signing_key() -> SigningKey:
    """The key that signs policies now: while a newer one is being announced, still the one that agents know."""
    current = keys.load_or_make(KEY_PURPOSE)
    return next(iter(keys.former(KEY_PURPOSE)), current)


def announced_keys() -> list[PublicKey]:
    """Newer keys, which agents are to trust from now on although they do not sign yet."""
    waiting = [*keys.former(KEY_PURPOSE), keys.load_or_make(KEY_PURPOSE)]
    return [key.public for key in waiting[1:]]


def signer() -> Signer:
    """All that goes into signing, as it is now."""
    with acting_for(PLATFORM), transaction.atomic():
        rows = KeyEndorsement.objects.order_by("id")
        words = [Endorsement(PublicKey(row.key_id, row.public_key), row.by, row.signature) for row in rows]
    return Signer(signing_key(), tuple(announced_keys()), tuple(words))


def public_keys() -> list[PublicKey]:
    """What a new device is told to trust."""
    return [signing_key().public, *announced_keys()]

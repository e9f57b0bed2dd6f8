"""The signing key: outside the database, replaced without a new version, followed by every agent."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from sundial.protocol import policy
from sundial.protocol.signing import BadSignature, KeyRing
from sundial.server.lib import hints, keys
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import Conflict, NotAllowed
from sundial.server.lib.scope import PLATFORM
from sundial.server.tracking import actions, queries
from tests.cast import Cast
from tests.server.tracking.plays import audit, details, document, save

SYSTEM = Acting.system()


def ring() -> KeyRing:
    """What a device that enrols now is told to trust."""
    return KeyRing(queries.public_keys())


@pytest.fixture(autouse=True)
def steady_keys(cast: Cast) -> Iterator[None]:
    """No test leaves a key announced."""
    yield
    if queries.announced_keys():
        actions.switch_signing_key(acting=SYSTEM, now=cast.now)


def test_a_document_is_signed_by_a_key_that_new_devices_are_told_of(cast: Cast) -> None:
    policy.verify(document(cast.company.pk), ring())
    with pytest.raises(BadSignature):
        policy.verify(document(cast.company.pk), KeyRing())


def test_the_key_lives_in_a_file_that_only_its_owner_reads(cast: Cast) -> None:
    files = list((Path(django_settings.KEYS_DIR) / queries.KEY_PURPOSE).glob("*.pem"))
    assert files
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}


def test_an_announced_key_does_not_sign_yet(cast: Cast) -> None:
    before, signer = queries.head(cast.company.pk), queries.signing_key().key_id
    fresh = actions.announce_signing_key(acting=SYSTEM, now=cast.now)
    now = document(cast.company.pk)
    assert now.key_id == signer != fresh
    assert fresh in [key.key_id for key in policy.announced_keys(now)]
    assert (now.version, now.etag != before.etag) == (before.version, True)


def test_an_agent_that_stays_connected_follows_from_key_to_key(cast: Cast) -> None:
    trusted = ring()
    actions.announce_signing_key(acting=SYSTEM, now=cast.now)
    trusted = policy.verify(document(cast.company.pk), trusted)
    actions.switch_signing_key(acting=SYSTEM, now=cast.now)
    trusted = policy.verify(document(cast.company.pk), trusted)
    assert [key.key_id for key in trusted.public_keys] == [queries.signing_key().key_id]


def test_an_agent_that_slept_through_two_rotations_still_finds_across(cast: Cast) -> None:
    trusted = ring()
    for _ in range(2):
        actions.rotate_signing_key(acting=SYSTEM, now=cast.now)
    policy.verify(document(cast.company.pk), trusted)
    policy.verify(document(cast.company.pk), ring())


def test_rotating_changes_every_etag_and_no_version(cast: Cast) -> None:
    companies = (cast.company.pk, cast.other.pk)
    before = {company: queries.head(company) for company in companies}
    heard: list[str] = []
    hints.on_commit("policy", heard.append)
    actions.rotate_signing_key(acting=SYSTEM, now=cast.now)
    for company in companies:
        after = queries.head(company)
        assert after.etag != before[company].etag
        assert (after.version, after.settings, after.config_json, after.saved_at) == (
            before[company].version,
            before[company].settings,
            before[company].config_json,
            before[company].saved_at,
        )
        assert str(company) in heard
    assert queries.versions(cast.owner.acting, cast.company.pk).count == 1


def test_a_page_that_was_opened_before_a_rotation_may_still_save(cast: Cast) -> None:
    opened = queries.head(cast.company.pk).etag
    actions.rotate_signing_key(acting=SYSTEM, now=cast.now)
    assert save(cast, {"screenshot_quality": 60}, if_match=opened).changed


def test_a_rotation_stands_in_the_log_of_the_platform(cast: Cast) -> None:
    fresh = actions.rotate_signing_key(acting=cast.owner.acting, now=cast.now)
    entry, _ = audit(PLATFORM, "SIGNING_KEY_ROTATED")[-1]
    assert details(entry)["key_id"] == fresh
    assert entry.actor_id == cast.owner.id
    announced, _ = audit(PLATFORM, "SIGNING_KEY_ANNOUNCED")[-1]
    assert details(announced)["key_id"] == fresh


def test_the_former_key_is_destroyed(cast: Cast) -> None:
    former = queries.signing_key().key_id
    actions.rotate_signing_key(acting=SYSTEM, now=cast.now)
    assert keys.former(queries.KEY_PURPOSE) == ()
    assert former in [key.key_id for key in keys.publics(queries.KEY_PURPOSE)]


def test_the_steps_cannot_be_taken_twice_or_in_the_wrong_order(cast: Cast) -> None:
    with pytest.raises(Conflict):
        actions.switch_signing_key(acting=SYSTEM, now=cast.now)
    actions.announce_signing_key(acting=SYSTEM, now=cast.now)
    with pytest.raises(Conflict):
        actions.announce_signing_key(acting=SYSTEM, now=cast.now)


def test_nobody_but_the_owner_rotates(cast: Cast) -> None:
    for step in (actions.rotate_signing_key, actions.announce_signing_key, actions.switch_signing_key):
        with pytest.raises(NotAllowed):
            step(acting=cast.admin.acting, now=cast.now)


def test_signing_anew_when_nothing_changed_touches_nothing(cast: Cast) -> None:
    actions.reissue_all()
    before = queries.head(cast.company.pk)
    assert actions.reissue_all() == 0
    assert queries.head(cast.company.pk) == before


def test_a_key_that_was_lost_with_its_file_is_replaced_at_the_next_save(
    cast: Cast, settings: Settings, tmp_path: Path
) -> None:
    settings.KEYS_DIR = tmp_path
    save(cast, {"screenshot_quality": 60})
    policy.verify(document(cast.company.pk), ring())


def test_the_command_rotates_and_says_so(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("rotate_signing_key")
    assert queries.signing_key().key_id in capsys.readouterr().out
    call_command("rotate_signing_key", "announce")
    with pytest.raises(CommandError, match="announced already"):
        call_command("rotate_signing_key", "announce")
    call_command("rotate_signing_key", "switch")
    call_command("rotate_signing_key", "reissue")
    assert "0 policies" in capsys.readouterr().out

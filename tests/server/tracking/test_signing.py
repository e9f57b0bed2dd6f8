"""The signing key: outside the database, replaced without a new version, followed by every agent.

A rotation signs the policy of every company anew, so one play is staged for all tests here, and looked at afterwards.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.db import connections
from pytest_django.fixtures import Settings
from pytest_django.plugin import DjangoDbBlocker

from sundial.protocol import policy
from sundial.protocol.messages import PolicyDocument
from sundial.protocol.signing import BadSignature, KeyRing
from sundial.server.lib import hints, keys
from sundial.server.lib.errors import Conflict, NotAllowed
from sundial.server.lib.scope import PLATFORM
from sundial.server.tracking import actions, queries
from sundial.server.tracking.types import Head
from tests.cast import Cast, make_cast
from tests.server.tracking.plays import audit, details, document, save

pytestmark = pytest.mark.usefixtures("own_database")


@dataclass(frozen=True)
class Scene:
    """How things stood at one moment: heads of both companies, the document of the first, a newcomer's ring."""

    heads: tuple[Head, Head]
    document: PolicyDocument
    ring: KeyRing
    signer: str


@dataclass(frozen=True)
class Play:
    """The first rotation in two steps by the owner, a second one by the command."""

    cast: Cast
    before: Scene
    announced: Scene
    switched: Scene
    again: Scene
    refusals: list[str]
    said: str
    heard: list[str]


def _scene(cast: Cast) -> Scene:
    heads = queries.head(cast.company.pk), queries.head(cast.other.pk)
    ring = KeyRing(queries.public_keys())
    return Scene(heads, document(cast.company.pk), ring, queries.signing_key().key_id)


def _refused(step: str) -> str:
    with pytest.raises(CommandError) as why:
        call_command("rotate_signing_key", step)
    return str(why.value)


def _stage() -> Play:
    cast, said, heard, refusals = make_cast(), StringIO(), list[str](), list[str]()
    before = _scene(cast)
    refusals.append(_refused("switch"))
    hints.on_commit("policy", heard.append)
    actions.announce_signing_key(acting=cast.owner.acting, now=cast.now)
    announced = _scene(cast)
    refusals.append(_refused("announce"))
    actions.switch_signing_key(acting=cast.owner.acting, now=cast.now)
    switched = _scene(cast)
    call_command("rotate_signing_key", stdout=said)
    call_command("rotate_signing_key", "reissue", stdout=said)
    return Play(cast, before, announced, switched, _scene(cast), refusals, said.getvalue(), heard)


@pytest.fixture(scope="module")
def play(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Play]:
    """The play, staged once."""
    with django_db_blocker.unblock():
        yield _stage()
        connections["default"].close()


def test_a_document_is_signed_by_a_key_that_new_devices_are_told_of(play: Play) -> None:
    for scene in (play.before, play.announced, play.switched, play.again):
        policy.verify(scene.document, scene.ring)
    with pytest.raises(BadSignature):
        policy.verify(play.before.document, KeyRing())


def test_an_announced_key_is_in_the_documents_and_does_not_sign_yet(play: Play) -> None:
    assert play.announced.signer == play.announced.document.key_id == play.before.signer
    listed = [key.key_id for key in policy.announced_keys(play.announced.document)]
    assert listed == [play.before.signer, play.switched.signer]


def test_after_the_switch_the_new_key_signs_and_stands_alone(play: Play) -> None:
    assert play.switched.document.key_id == play.switched.signer != play.before.signer
    assert [key.key_id for key in policy.announced_keys(play.switched.document)] == [play.switched.signer]


def test_an_agent_that_stays_connected_follows_from_key_to_key(play: Play) -> None:
    ring = play.before.ring
    for scene in (play.announced, play.switched):
        ring = policy.verify(scene.document, ring)
    assert [key.key_id for key in ring.public_keys] == [play.switched.signer]


def test_an_agent_that_slept_through_two_rotations_still_finds_across(play: Play) -> None:
    ring = policy.verify(play.again.document, play.before.ring)
    assert [key.key_id for key in ring.public_keys] == [play.again.signer]


def test_every_etag_changes_at_each_step_and_nothing_else_does(play: Play) -> None:
    scenes = (play.before, play.announced, play.switched, play.again)
    for company in (0, 1):
        heads = [scene.heads[company] for scene in scenes]
        assert len({head.etag for head in heads}) == len(scenes)
        assert len({(head.epoch, head.version, head.config_json, head.saved_at) for head in heads}) == 1


def test_every_company_is_hinted_at_each_step(play: Play) -> None:
    for company in (play.cast.company.pk, play.cast.other.pk):
        assert play.heard.count(str(company)) >= 3


def test_both_steps_stand_in_the_log_of_the_platform(play: Play) -> None:
    for action in ("SIGNING_KEY_ANNOUNCED", "SIGNING_KEY_ROTATED"):
        entries = [(entry.actor_id, details(entry)["key_id"]) for entry, _ in audit(PLATFORM, action)]
        assert (play.cast.owner.id, play.switched.signer) in entries
        assert (None, play.again.signer) in entries


def test_the_private_half_of_a_former_key_is_destroyed_and_the_public_one_kept(play: Play) -> None:
    assert keys.former(queries.KEY_PURPOSE) == ()
    assert {play.before.signer, play.switched.signer} <= {key.key_id for key in keys.publics(queries.KEY_PURPOSE)}


def test_keys_live_in_files_that_only_their_owner_reads(play: Play) -> None:
    files = list((Path(django_settings.KEYS_DIR) / queries.KEY_PURPOSE).glob("*.pem"))
    assert files
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}


def test_the_steps_cannot_be_taken_twice_or_in_the_wrong_order(play: Play) -> None:
    assert "No new signing key" in play.refusals[0]
    assert "announced already" in play.refusals[1]


def test_the_command_says_what_it_did_and_finds_nothing_left_to_sign(play: Play) -> None:
    assert play.again.signer in play.said
    assert "0 policies" in play.said


def test_a_page_that_was_opened_before_a_rotation_may_still_save(play: Play) -> None:
    opened = play.before.heads[0].etag
    assert save(play.cast, {"screenshot_quality": 60}, if_match=opened).changed
    with pytest.raises(Conflict):
        save(play.cast, {"screenshot_quality": 61}, if_match=opened)


def test_nobody_but_the_owner_rotates(play: Play) -> None:
    for step in (actions.rotate_signing_key, actions.announce_signing_key, actions.switch_signing_key):
        with pytest.raises(NotAllowed):
            step(acting=play.cast.admin.acting, now=play.cast.now)


def test_when_the_files_are_lost_the_next_save_makes_a_key_that_nobody_vouches_for(
    play: Play, settings: Settings, tmp_path: Path
) -> None:
    settings.KEYS_DIR = tmp_path
    other = play.cast.other.pk
    changes = {"idle_threshold_seconds": 120}
    actions.change_policy(acting=play.cast.owner.acting, company_id=other, changes=changes, now=play.cast.now)
    made = document(other)
    policy.verify(made, KeyRing(queries.public_keys()))
    with pytest.raises(BadSignature):
        policy.verify(made, play.again.ring)

"""The signed policy document: its bytes, its name, its checks."""

from typing import Any

import msgspec
import pytest

from sundial.protocol import policy
from sundial.protocol.messages import PolicyDocument
from sundial.protocol.policy import BadPolicy
from sundial.protocol.settings import defaults
from sundial.protocol.signing import BadSignature, KeyRing, SigningKey

KEY = SigningKey.from_bytes(bytes(range(32)))


def document(**given: Any) -> PolicyDocument:
    return policy.issue(**{"company_id": 5, "epoch": 1, "version": 3, "settings": defaults(), "key": KEY, **given})


def changed(whole: PolicyDocument, **settings: object) -> PolicyDocument:
    """The document with settings put into it after signing was prepared, signed anew."""
    doc = {**whole.doc, "settings": {**whole.doc["settings"], **settings}}
    draft = msgspec.structs.replace(whole, doc=doc)
    return msgspec.structs.replace(draft, signature=KEY.sign(policy.signed_bytes(draft)))


def test_the_signed_bytes_are_pinned() -> None:
    """RFC 8785: names in order, no blanks; if this changes, every agent in the world refuses."""
    whole = PolicyDocument(5, "company", 1, 3, "e", {"settings": {"b": 2, "a": True}, "sections": {}}, "k", "s")
    assert policy.signed_bytes(whole) == (
        b'{"company_id":5,"doc":{"sections":{},"settings":{"a":true,"b":2}},"epoch":1,"etag":"e","scope":"company",'
        b'"version":3}'
    )


def test_an_issued_document_is_verified_and_carries_its_version() -> None:
    whole = document()
    assert policy.verify(whole, KeyRing([KEY.public])).public_keys == (KEY.public,)
    assert policy.checked_settings(whole) == {**defaults(), "config_version": 3}
    assert policy.etag_of(whole) == whole.etag


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("company_id", 6),
        ("scope", "team"),
        ("epoch", 2),
        ("version", 4),
        ("etag", "x"),
        ("doc", {"settings": {}, "sections": {}}),
        ("key_id", "x"),
        ("signature", "x" * 86),
    ],
)
def test_any_changed_field_breaks_the_signature(field: str, value: object) -> None:
    with pytest.raises(BadSignature):
        policy.verify(msgspec.structs.replace(document(), **{field: value}), KeyRing([KEY.public]))


def test_the_etag_names_content_and_key() -> None:
    other = SigningKey.generate()
    etags = {
        document().etag,
        document(version=4).etag,
        document(epoch=2).etag,
        document(company_id=6).etag,
        document(settings={**defaults(), "screenshot_quality": 90}).etag,
        document(key=other, announced=[KEY.public]).etag,
        document(key=KEY, announced=[other.public]).etag,
    }
    assert len(etags) == 7
    assert document().etag == document().etag


def test_a_new_key_is_trusted_when_the_old_one_announced_it() -> None:
    new = SigningKey.generate()
    ring = policy.verify(document(announced=[new.public]), KeyRing([KEY.public]))
    ring = policy.verify(document(key=new, version=4), ring)
    assert ring.public_keys == (new.public,)
    with pytest.raises(BadSignature):
        policy.verify(document(version=5), ring)


def test_a_new_key_announced_by_itself_is_not_trusted() -> None:
    stranger = SigningKey.generate()
    with pytest.raises(BadSignature, match="not known"):
        policy.verify(document(key=stranger, announced=[KEY.public]), KeyRing([KEY.public]))


def test_an_agent_that_slept_through_a_rotation_finds_across() -> None:
    new, newest = SigningKey.generate(), SigningKey.generate()
    said = [KEY.endorse(new.public), new.endorse(newest.public)]
    ring = policy.verify(document(key=newest, endorsements=said), KeyRing([KEY.public]))
    assert ring.public_keys == (newest.public,)


@pytest.mark.parametrize("section", [{"keys": 5}, {"keys": [{"key_id": 1}]}, [], "x", {"endorsements": [{}]}])
def test_keys_that_cannot_be_read_are_a_bad_policy(section: object) -> None:
    whole = document()
    broken = {**whole.doc, "sections": {"signing_keys": section}}
    with pytest.raises(BadPolicy, match="cannot be read"):
        policy.verify(msgspec.structs.replace(whole, doc=broken), KeyRing([KEY.public]))


def test_sections_that_are_no_object_are_a_bad_policy() -> None:
    with pytest.raises(BadPolicy, match="not an object"):
        policy.announced_keys(msgspec.structs.replace(document(), doc={"settings": {}, "sections": []}))


def test_a_document_without_a_canonical_form_is_a_bad_policy() -> None:
    whole = document()
    broken = {**whole.doc, "more": 2**60}
    with pytest.raises(BadPolicy, match="canonical"):
        policy.verify(msgspec.structs.replace(whole, doc=broken), KeyRing([KEY.public]))


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("screenshot_interval_seconds", 1, "between 30 and 3600"),
        ("screenshot_interval_seconds", True, "whole number"),
        ("screenshots_enabled", "yes", "true or false"),
    ],
)
def test_hard_limits_hold_even_under_a_true_signature(name: str, value: object, problem: str) -> None:
    whole = changed(document(), **{name: value})
    policy.verify(whole, KeyRing([KEY.public]))
    with pytest.raises(BadPolicy, match=f"{name}: Must be .*{problem}"):
        policy.checked_settings(whole)


def test_a_missing_setting_is_named() -> None:
    whole = document()
    settings = {name: value for name, value in whole.doc["settings"].items() if name != "screenshot_quality"}
    with pytest.raises(BadPolicy, match="screenshot_quality: is missing"):
        policy.checked_settings(msgspec.structs.replace(whole, doc={**whole.doc, "settings": settings}))
    with pytest.raises(BadPolicy, match="no settings"):
        policy.checked_settings(msgspec.structs.replace(whole, doc={"sections": {}}))


def test_what_a_newer_server_sends_is_named_and_harmless() -> None:
    whole = changed(document(sections={"working_hours": {"from": "09:00"}}), blur_screenshots=True)
    assert policy.unknown_sections(whole) == ["section working_hours", "setting blur_screenshots"]
    assert policy.checked_settings(whole)["screenshot_quality"] == 85
    assert policy.unknown_sections(document()) == []

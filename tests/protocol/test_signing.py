"""Keys, signatures, and how trust moves from one key to the next."""

import msgspec
import pytest

from sundial.protocol.messages import Endorsement, PublicKey
from sundial.protocol.signing import BadSignature, KeyRing, SigningKey, from_text, is_named_truly, to_text


def test_a_key_comes_back_from_its_bytes() -> None:
    key = SigningKey.generate()
    assert SigningKey.from_bytes(key.to_bytes()).public == key.public
    assert len(key.to_bytes()) == 32
    assert len(key.key_id) == 16


def test_only_the_very_bytes_under_a_known_key_are_believed() -> None:
    key, other = SigningKey.generate(), SigningKey.generate()
    ring = KeyRing([key.public])
    ring.verify(key.key_id, b"words", key.sign(b"words"))
    with pytest.raises(BadSignature, match="does not fit"):
        ring.verify(key.key_id, b"other words", key.sign(b"words"))
    with pytest.raises(BadSignature, match="not known"):
        ring.verify(other.key_id, b"words", other.sign(b"words"))
    with pytest.raises(BadSignature, match="does not fit"):
        ring.verify(key.key_id, b"words", other.sign(b"words"))


@pytest.mark.parametrize("signature", ["", "!", "AAAA", "ü", "A" * 86])
def test_a_signature_that_is_none_is_refused(signature: str) -> None:
    key = SigningKey.generate()
    with pytest.raises(BadSignature):
        KeyRing([key.public]).verify(key.key_id, b"words", signature)


def test_a_ring_with_a_broken_key_refuses_rather_than_fails() -> None:
    with pytest.raises(BadSignature):
        KeyRing([PublicKey("broken", "AAAA")]).verify("broken", b"words", "A" * 86)


def test_announced_keys_replace_all_but_the_signer() -> None:
    old, signer, new = (SigningKey.generate() for _ in range(3))
    ring = KeyRing([old.public, signer.public]).replaced_by([new.public], signer.key_id)
    assert {key.key_id for key in ring.public_keys} == {signer.key_id, new.key_id}


def test_a_key_under_a_false_name_is_passed_over() -> None:
    signer, liar = SigningKey.generate(), SigningKey.generate()
    false = PublicKey(signer.key_id, liar.public.public_key)
    assert not is_named_truly(false)
    assert not is_named_truly(PublicKey("x", "no base 64!"))
    ring = KeyRing([signer.public]).replaced_by([false], signer.key_id)
    assert ring.public_keys == (signer.public,)


def test_a_word_from_key_to_key_leads_across_several_rotations() -> None:
    first, second, third = (SigningKey.generate() for _ in range(3))
    said = [second.endorse(third.public), first.endorse(second.public)]
    assert third.key_id in KeyRing([first.public]).extended_by(said)
    assert third.key_id not in KeyRing([first.public]).extended_by(said[:1])


def test_a_false_word_adds_no_key() -> None:
    known, liar = SigningKey.generate(), SigningKey.generate()
    word = liar.endorse(liar.public)
    forged = msgspec.structs.replace(word, by=known.key_id)
    ring = KeyRing([known.public]).extended_by([word, forged])
    assert ring.public_keys == (known.public,)


def test_a_true_word_for_a_falsely_named_key_adds_no_key() -> None:
    known, liar = SigningKey.generate(), SigningKey.generate()
    word: Endorsement = known.endorse(PublicKey("0" * 16, liar.public.public_key))
    assert KeyRing([known.public]).extended_by([word]).public_keys == (known.public,)


def test_base_64_goes_both_ways() -> None:
    for raw in (b"", b"a", b"ab", b"abc", bytes(range(256))):
        assert from_text(to_text(raw)) == raw
    with pytest.raises(ValueError, match="base 64"):
        from_text("not base 64!")

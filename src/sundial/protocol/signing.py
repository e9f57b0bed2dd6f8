"""Ed25519 signatures; a key is known by the first 16 hexadecimal digits of the SHA-256 of its public half."""

import base64
import binascii
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sundial.protocol.messages import Endorsement, PublicKey


class BadSignature(Exception):
    """The bytes were not signed by a key that is known; the text says which of the two it is."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key and the name of its public half."""

    private: Ed25519PrivateKey

    @classmethod
    def generate(cls) -> "SigningKey":
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def from_bytes(cls, seed: bytes) -> "SigningKey":
        """From the 32 secret bytes that `to_bytes` gave."""
        return cls(Ed25519PrivateKey.from_private_bytes(seed))

    def to_bytes(self) -> bytes:
        """The 32 secret bytes."""
        return self.private.private_bytes_raw()

    @property
    def public(self) -> PublicKey:
        raw = self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return PublicKey(key_id=key_id_of(raw), public_key=to_text(raw))

    @property
    def key_id(self) -> str:
        return self.public.key_id

    def sign(self, message: bytes) -> str:
        return to_text(self.private.sign(message))

    def endorse(self, newer: PublicKey) -> Endorsement:
        """This key's word for its successor; made while this key is still trusted, kept for good."""
        return Endorsement(newer, self.key_id, self.sign(_endorsed_bytes(newer)))


class KeyRing:
    """The public keys that are trusted; cannot be changed, only grown into a new one."""

    def __init__(self, keys: Iterable[PublicKey] = ()) -> None:
        self._keys: Mapping[str, PublicKey] = {key.key_id: key for key in keys}

    def __contains__(self, key_id: object) -> bool:
        return key_id in self._keys

    @property
    def public_keys(self) -> tuple[PublicKey, ...]:
        return tuple(self._keys.values())

    def verify(self, key_id: str, message: bytes, signature: str) -> None:
        """Raises BadSignature unless this known key signed exactly these bytes."""
        key = self._keys.get(key_id)
        if key is None:
            raise BadSignature(f"the signing key {key_id[:32]!r} is not known")
        try:
            _public(key).verify(from_text(signature), message)
        except (InvalidSignature, ValueError) as error:
            raise BadSignature(f"the signature by key {key_id} does not fit the document") from error

    def extended_by(self, endorsements: Iterable[Endorsement]) -> "KeyRing":
        """The ring with every key that one of its own vouches for, from word to word; the order does not matter."""
        ring, left = self, list(endorsements)
        while fresh := [word for word in left if ring._vouches(word)]:
            ring = KeyRing([*ring.public_keys, *(word.key for word in fresh)])
            left = [word for word in left if word not in fresh]
        return ring

    def _vouches(self, word: Endorsement) -> bool:
        try:
            self.verify(word.by, _endorsed_bytes(word.key), word.signature)
        except BadSignature:
            return False
        return is_named_truly(word.key)

    def replaced_by(self, announced: Iterable[PublicKey], signer: str) -> "KeyRing":
        """The ring after a trusted document announced these keys: they, and the key that signed it.

        Keys that are no longer announced are forgotten, which is how an old key is retired.
        A key whose name does not fit its bytes is passed over.
        """
        kept = [key for key in self.public_keys if key.key_id == signer]
        return KeyRing([*kept, *(key for key in announced if is_named_truly(key))])


def _endorsed_bytes(key: PublicKey) -> bytes:
    # The first words keep this from ever being taken for a policy, which is a JSON object.
    return f"sundial policy key {key.key_id} {key.public_key}".encode()


def key_id_of(raw: bytes) -> str:
    """The name of a public key, from its 32 bytes."""
    return hashlib.sha256(raw).hexdigest()[:16]


def is_named_truly(key: PublicKey) -> bool:
    """Whether the id belongs to the bytes."""
    try:
        raw = from_text(key.public_key)
    except ValueError:
        return False
    return len(raw) == 32 and key_id_of(raw) == key.key_id


def to_text(raw: bytes) -> str:
    """Base 64 with the URL alphabet, without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def from_text(text: str) -> bytes:
    """The bytes; ValueError if these are none."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("not base 64") from error


def _public(key: PublicKey) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(from_text(key.public_key))

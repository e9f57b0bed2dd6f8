"""A file's key under its company's key and its erase secret, bound to where the file belongs and to its rule."""

from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from sundial.server.lib.seal import KEY_BYTES, seal, unseal


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as its row holds it."""

    text: str
    language: int

    @property
    def digest(self) -> bytes:
        """What a key is bound to."""
        return sha256(f"{self.language}|{self.text}".encode()).digest()


def file_binding(*, company_id: int, file_id: int, version: int, storage: UUID, rule: Rule) -> bytes:
    """The name that the key of a version is wrapped under."""
    return f"vault-file-key|{company_id}|{file_id}|{version}|{storage}|".encode() + rule.digest


def upload_binding(*, company_id: int, storage: UUID) -> bytes:
    """The name that the key of an upload is wrapped under: it belongs to no file yet."""
    return f"vault-upload-key|{company_id}|{storage}".encode()


def wrap_file_key(key: bytes, *, company_key: bytes, secret: bytes, bound: bytes) -> bytes:
    """The key as its row holds it."""
    return seal(_wrapping_key(company_key, secret), key, bound)


def unwrap_file_key(wrapped: bytes, *, company_key: bytes, secret: bytes, bound: bytes) -> bytes:
    """The key; SealBroken for another file, version, company, rule, or a destroyed secret."""
    return unseal(_wrapping_key(company_key, secret), wrapped, bound)


def _wrapping_key(company_key: bytes, secret: bytes) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=secret, info=b"sundial vault file key").derive(company_key)

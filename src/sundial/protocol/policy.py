"""The signed policy document: what is signed, how it is named, and how it is checked."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
import rfc8785

from sundial.protocol.messages import PolicyDocument, PublicKey
from sundial.protocol.settings import SETTINGS, Value
from sundial.protocol.signing import KeyRing, SigningKey

KEYS_SECTION = "signing_keys"
KNOWN_SECTIONS = frozenset({KEYS_SECTION})


class BadPolicy(Exception):
    """The document is truly signed, and still not one that may be obeyed."""


def signed_bytes(document: PolicyDocument) -> bytes:
    """The RFC 8785 bytes of `{company_id, scope, epoch, version, etag, doc}`."""
    return rfc8785.dumps(
        {
            "company_id": document.company_id,
            "scope": document.scope,
            "epoch": document.epoch,
            "version": document.version,
            "etag": document.etag,
            "doc": document.doc,
        }
    )


def etag_of(document: PolicyDocument) -> str:
    """The name of exactly this content under exactly this key; the etag that it carries is left out.

    The key is part of it, so that signing anew under another key reaches every agent.
    """
    named = msgspec.structs.replace(document, etag="")
    return hashlib.sha256(signed_bytes(named) + document.key_id.encode()).hexdigest()[:32]


def issue(
    *,
    company_id: int,
    epoch: int,
    version: int,
    settings: Mapping[str, Value],
    key: SigningKey,
    announced: Iterable[PublicKey] = (),
    sections: Mapping[str, Mapping[str, Any]] | None = None,
    scope: str = "company",
) -> PolicyDocument:
    """A document named and signed; `announced` are the public keys that agents shall trust from now on."""
    doc = {
        "settings": {**settings, "config_version": version},
        "sections": {**(sections or {}), KEYS_SECTION: keys_section([key.public, *announced])},
    }
    draft = PolicyDocument(company_id, scope, epoch, version, "", doc, key.key_id, "")
    named = msgspec.structs.replace(draft, etag=etag_of(draft))
    return msgspec.structs.replace(named, signature=key.sign(signed_bytes(named)))


def verify(document: PolicyDocument, ring: KeyRing) -> None:
    """Raises BadSignature, or BadPolicy if the document cannot be brought into its signed form."""
    try:
        message = signed_bytes(document)
    except rfc8785.CanonicalizationError as error:
        raise BadPolicy(f"the document has no canonical form: {error}") from error
    ring.verify(document.key_id, message, document.signature)


def keys_section(keys: Iterable[PublicKey]) -> dict[str, Any]:
    """What stands in `sections["signing_keys"]`: `{"keys": [{"key_id", "public_key"}]}`, each key once."""
    once = {key.key_id: key for key in keys}
    return {"keys": [{"key_id": key.key_id, "public_key": key.public_key} for key in once.values()]}


def announced_keys(document: PolicyDocument) -> list[PublicKey]:
    """The keys that a document announces; to be trusted only after `verify`. BadPolicy if they cannot be read."""
    section = document.doc.get("sections", {}).get(KEYS_SECTION)
    if section is None:
        return []
    try:
        return msgspec.convert(section["keys"], list[PublicKey])
    except (msgspec.ValidationError, KeyError, TypeError) as error:
        raise BadPolicy(f"the announced keys cannot be read: {error}") from error


def unknown_sections(document: PolicyDocument) -> list[str]:
    """Names of sections and settings that this version of Sundial does not know."""
    sections = [f"section {name}" for name in document.doc["sections"] if name not in KNOWN_SECTIONS]
    known = {setting.name for setting in SETTINGS}
    return sections + [f"setting {name}" for name in document.doc["settings"] if name not in known]


def checked_settings(document: PolicyDocument) -> dict[str, Value]:
    """The 15 settings, each of the right type and inside the hard limits; else BadPolicy names what is not."""
    settings = document.doc.get("settings")
    if not isinstance(settings, dict) or not isinstance(document.doc.get("sections", {}), dict):
        raise BadPolicy("the document has no settings")
    problems = [
        f"{setting.name}: {'is missing' if setting.name not in settings else problem}"
        for setting in SETTINGS
        if (problem := setting.problem_with(settings.get(setting.name)))
    ]
    if problems:
        raise BadPolicy("; ".join(problems))
    return {setting.name: settings[setting.name] for setting in SETTINGS}

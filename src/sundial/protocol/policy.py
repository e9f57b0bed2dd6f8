"""The signed policy document: what is signed, how it is named, and how it is checked."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
import rfc8785

from sundial.protocol.messages import Endorsement, PolicyDocument, PublicKey
from sundial.protocol.settings import SETTINGS, Value
from sundial.protocol.signing import KeyRing, SigningKey

KEYS_SECTION = "signing_keys"
WEBSITES_SECTION, SCREENSHOTS_SECTION = "websites", "screenshots"
KNOWN_SECTIONS = frozenset({KEYS_SECTION, WEBSITES_SECTION, SCREENSHOTS_SECTION})


@dataclass(frozen=True, slots=True)
class Details:
    """What a policy says beyond the 15 settings; without a section as little as possible is recorded.

    `website_detail` adds the address and the title of a page to its domain; `blurred` has every screenshot blurred on
    the device.
    """

    website_detail: bool = False
    blurred: bool = False


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
    endorsements: Iterable[Endorsement] = (),
    sections: Mapping[str, Mapping[str, Any]] | None = None,
    scope: str = "company",
) -> PolicyDocument:
    """A document named and signed; `announced` are the public keys, beside its own, to be trusted from now on.

    `endorsements` are what earlier keys said of later ones; give all that were ever made.
    """
    doc = {
        "settings": {**settings, "config_version": version},
        "sections": {**(sections or {}), KEYS_SECTION: keys_section([key.public, *announced], endorsements)},
    }
    draft = PolicyDocument(company_id, scope, epoch, version, "", doc, key.key_id, "")
    named = msgspec.structs.replace(draft, etag=etag_of(draft))
    return msgspec.structs.replace(named, signature=key.sign(signed_bytes(named)))


def verify(document: PolicyDocument, ring: KeyRing) -> KeyRing:
    """The ring to trust from now on; raises BadSignature unless the ring that was given leads to the signer.

    BadPolicy if the document has no signed form, or its keys cannot be read.
    """
    section = _keys_section(document)
    try:
        message = signed_bytes(document)
    except rfc8785.CanonicalizationError as error:
        raise BadPolicy(f"the document has no canonical form: {error}") from error
    if document.key_id not in ring:
        ring = ring.extended_by(section.endorsements)
    ring.verify(document.key_id, message, document.signature)
    return ring.replaced_by(section.keys, document.key_id) if section.keys else ring


class _KeysSection(msgspec.Struct):
    keys: list[PublicKey] = []
    endorsements: list[Endorsement] = []


def keys_section(keys: Iterable[PublicKey], endorsements: Iterable[Endorsement] = ()) -> dict[str, Any]:
    """What stands in `sections["signing_keys"]`: `{"keys": [{"key_id", "public_key"}], "endorsements": […]}`."""
    section = _KeysSection(list({key.key_id: key for key in keys}.values()), list(endorsements))
    built: dict[str, Any] = msgspec.to_builtins(section)
    return built


def announced_keys(document: PolicyDocument) -> list[PublicKey]:
    """The keys that a document announces; only `verify` says whether to trust them. BadPolicy if unreadable."""
    return _keys_section(document).keys


def _keys_section(document: PolicyDocument) -> _KeysSection:
    sections = document.doc.get("sections", {})
    if not isinstance(sections, dict):
        raise BadPolicy("the sections of the document are not an object")
    try:
        return msgspec.convert(sections.get(KEYS_SECTION, {}), _KeysSection)
    except msgspec.ValidationError as error:
        raise BadPolicy(f"the announced keys cannot be read: {error}") from error


def unknown_sections(document: PolicyDocument) -> list[str]:
    """Names of sections and settings that this version of Sundial does not know."""
    sections = [f"section {name}" for name in document.doc.get("sections", {}) if name not in KNOWN_SECTIONS]
    known = {setting.name for setting in SETTINGS}
    return sections + [f"setting {name}" for name in document.doc["settings"] if name not in known]


def details_of(document: PolicyDocument) -> Details:
    """The sections that say more about a kind of data; BadPolicy if one cannot be read."""
    return Details(
        website_detail=_switch(document, WEBSITES_SECTION, "detail"),
        blurred=_switch(document, SCREENSHOTS_SECTION, "blurred"),
    )


def _switch(document: PolicyDocument, section: str, name: str) -> bool:
    found = document.doc.get("sections", {}).get(section, {})
    value = found.get(name, False) if isinstance(found, dict) else None
    if not isinstance(value, bool):
        raise BadPolicy(f"section {section}: {name} must be true or false")
    return value


def checked_settings(document: PolicyDocument) -> dict[str, Value]:
    """The 15 settings, each of the right type and inside the hard limits; else BadPolicy names what is not."""
    settings = document.doc.get("settings")
    if not isinstance(settings, dict):
        raise BadPolicy("the document has no settings")
    problems = [
        f"{setting.name}: {'is missing' if setting.name not in settings else problem}"
        for setting in SETTINGS
        if (problem := setting.problem_with(settings.get(setting.name)))
    ]
    if problems:
        raise BadPolicy("; ".join(problems))
    return {setting.name: settings[setting.name] for setting in SETTINGS}

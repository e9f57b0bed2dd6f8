"""What callers present: only digests of it are kept, and what cannot be a token is known without asking anyone."""

from hashlib import sha256

from sundial.protocol import tokens


def bearer(authorization: bytes | None) -> bytes | None:
    """The secret after `Bearer`."""
    if authorization is None:
        return None
    return authorization[7:] if authorization[:7] == b"Bearer " else _after(authorization, b"bearer")


def token(authorization: bytes | None) -> bytes | None:
    """The secret after `Token`."""
    return None if authorization is None else _after(authorization, b"token")


def digest(secret: bytes) -> bytes:
    """What a secret is known by."""
    return sha256(secret).digest()


def can_be(secret: bytes, kind: tokens.TokenKind) -> bool:
    """Whether this has the form and checksum of such a token."""
    return tokens.well_formed(secret.decode("latin-1"), kind)


def _after(authorization: bytes, scheme: bytes) -> bytes | None:
    named, _blank, secret = authorization.partition(b" ")
    return secret.strip() if named.lower() == scheme else None

"""Tokens that can be recognised by their look: prefix, 192 random bits or more, checksum; only digests are stored."""

import hashlib
import secrets
import zlib
from typing import Literal

TokenKind = Literal["device", "person"]

PREFIXES: dict[TokenKind, str] = {"device": "sdd_", "person": "sdu_"}
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
RANDOM_LENGTH = 36
CHECKSUM_LENGTH = 6
TOKEN_LENGTH = 4 + RANDOM_LENGTH + CHECKSUM_LENGTH

# Crockford's base 32: no I, L, O, U, so that a code can be read aloud and typed.
CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 12
CODE_GROUP = 4
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


def new_token(kind: TokenKind) -> str:
    """A fresh token; it is shown once and then known only by its digest."""
    body = PREFIXES[kind] + "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_LENGTH))
    return body + _checksum(body)


def well_formed(token: str, kind: TokenKind) -> bool:
    """Whether this can be a token of that kind at all; costs no look into a table."""
    if len(token) != TOKEN_LENGTH or not token.isascii() or not token.startswith(PREFIXES[kind]):
        return False
    return token[-CHECKSUM_LENGTH:] == _checksum(token[:-CHECKSUM_LENGTH])


def digest(secret: str) -> bytes:
    """What is stored of a token or a code: the SHA-256 of its characters."""
    return hashlib.sha256(secret.encode()).digest()


def new_enrolment_code() -> str:
    """A code of 60 random bits in groups of four, such as `K7QF-9X2M-4TBD`."""
    code = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
    return "-".join(code[i : i + CODE_GROUP] for i in range(0, CODE_LENGTH, CODE_GROUP))


def normal_code(typed: str) -> str | None:
    """The code as it was made, from what a person typed; None if it cannot be one."""
    code = typed.strip().upper().translate(_READ_AS)
    if len(code) != CODE_LENGTH or any(letter not in CODE_ALPHABET for letter in code):
        return None
    return "-".join(code[i : i + CODE_GROUP] for i in range(0, CODE_LENGTH, CODE_GROUP))


def _checksum(body: str) -> str:
    number, letters = zlib.crc32(body.encode()), ""
    for _ in range(CHECKSUM_LENGTH):
        number, index = divmod(number, len(ALPHABET))
        letters += ALPHABET[index]
    return letters

"""What the policy manager remembers from one start to the next."""

from msgspec import Struct

from sundial.protocol.messages import Acknowledgement, PolicyDocument, PublicKey
from sundial.protocol.settings import Kind


class Rejection(Struct, frozen=True):
    """A truly signed policy that could not be obeyed."""

    epoch: int
    version: int
    etag: str
    error: str


class Saved(Struct, frozen=True):
    """`document` is the last good policy; `keys` are those trusted now, `unsent` words that the server has not kept."""

    document: PolicyDocument | None = None
    keys: list[PublicKey] = []
    acknowledged: list[Kind] = []
    rejected: list[Rejection] = []
    unsent: list[Acknowledgement] = []

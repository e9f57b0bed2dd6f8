"""What a door can answer instead of what was asked for.

LinkError
├── Trouble      passing: ask again later (no connection, 5xx, 429, nonsense)
├── Refused      this very request will never be taken (400, 404, 413, 422 …)
├── Suspended    403: stop recording, ask again every 5 minutes
├── Unknown      401: the token is not known
└── Revoked      403, or the stream's last word: stop for good
"""


class LinkError(Exception):
    """A door did not answer as hoped; the text says what happened, for the log.

    `status` is the answer's, if there was one; `code` is the server's own word, empty where someone else answered.
    """

    def __init__(self, reason: str, *, status: int = 0, code: str = "") -> None:
        super().__init__(reason)
        self.status = status
        self.code = code


class Trouble(LinkError):
    """`wait_s` is what the server asked for, if it did."""

    def __init__(self, reason: str, wait_s: float | None = None, *, status: int = 0, code: str = "") -> None:
        super().__init__(reason, status=status, code=code)
        self.wait_s = wait_s


class Refused(LinkError):
    """Asking again in the same words is of no use."""


class Suspended(LinkError):
    """The company is suspended."""


class Unknown(LinkError):
    """The server does not know this token."""


class Revoked(LinkError):
    """The token was ended for good."""

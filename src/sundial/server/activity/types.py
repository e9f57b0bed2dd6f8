"""What other apps may know of work sessions, spans, their sums and screenshots."""

from enum import IntEnum, StrEnum


class SpanKind(IntEnum):
    """The kinds of spans, as the database numbers them; the names are the protocol's."""

    APP = 1
    WEBSITE = 2
    AWAY = 3
    PRIVATE = 4
    INPUT = 5


class EndedBy(StrEnum):
    """Who or what ended a work session."""

    OPEN = ""
    PERSON = "person"
    ADMIN = "admin"
    OTHER_DEVICE = "other_device"
    CRASH = "crash"
    LEFT = "left"  # the person was let go, deactivated, or the device revoked
    IMPLIED = "implied"  # facts came of a session whose start was never told
    SILENCE = "silence"


class PictureState(StrEnum):
    """How far a screenshot has come."""

    RECEIVED = "received"
    READY = "ready"
    BROKEN = "broken"
    DELETED = "deleted"


BUCKET_MINUTES = 15
NAME_IN_USAGE = 200  # characters of a name in the sums: an index holds no longer one

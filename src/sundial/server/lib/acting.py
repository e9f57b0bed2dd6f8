"""Who is doing something: given to every action, written into every audit entry."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class Role(StrEnum):
    """What someone may be; OWNER belongs to no company, DEVICE and SYSTEM are not people."""

    OWNER = "OWNER"
    ADMIN = "ADMIN"
    MANAGER = "MANAGER"
    EMPLOYEE = "EMPLOYEE"
    DEVICE = "DEVICE"
    SYSTEM = "SYSTEM"


@dataclass(frozen=True)
class Acting:
    """One actor: `id` is the user's or device's, `label` what people read, `company_id` None for the platform."""

    kind: Literal["person", "device", "system"]
    id: int | None
    label: str
    role: Role
    company_id: int | None = None
    ip: str | None = None

    @classmethod
    def system(cls) -> "Acting":
        """The platform itself, for timed work."""
        return cls(kind="system", id=None, label="system", role=Role.SYSTEM)

    @property
    def is_owner(self) -> bool:
        """True for the one who runs the platform."""
        return self.role is Role.OWNER

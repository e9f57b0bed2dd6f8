"""What an agent is told before it starts: where it runs, and who it is to the server."""

from dataclasses import dataclass

from msgspec import Struct

from sundial.protocol.messages import PublicKey


@dataclass(frozen=True, slots=True)
class Machine:
    """The machine and this run of the program; `boot_id` is new at each start of the machine."""

    hostname: str
    os: str
    app_version: str
    boot_id: str


class Identity(Struct, frozen=True):
    """Who this device is to one server; `keys` are those that enrolment gave."""

    server: str
    device_id: int
    token: str
    company_id: int
    company_name: str
    keys: list[PublicKey]

"""Tiny hints between processes: "look again", never the data itself; a lost one must cost little.

Whoever hears a hint reads the truth from the database, so hints may come twice, late, or not at all.
"""

from sundial.bus.interface import Bus, TooLong
from sundial.bus.memory import MemoryBus
from sundial.bus.postgres import PostgresBus

__all__ = ["Bus", "MemoryBus", "PostgresBus", "TooLong", "UnknownBus", "open_bus"]


class UnknownBus(ValueError):
    """There is no bus of that kind."""


def open_bus(kind: str, dsn: str) -> Bus:
    """The bus of that kind; `dsn` is the database's address, for the kind that goes through it."""
    match kind:
        case "memory":
            return MemoryBus()
        case "postgres":
            return PostgresBus(dsn)
    raise UnknownBus(f"SUNDIAL_BUS is {kind!r}: it can be 'memory' or 'postgres'")

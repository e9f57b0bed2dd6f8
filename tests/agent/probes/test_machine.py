"""What a machine says of itself, and its clocks."""

import socket
import time
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sundial.agent.probes import machine


def test_a_machine_has_a_name_a_system_and_the_kernels_boot_id() -> None:
    told = machine.this_machine("1.2.3")
    assert told.hostname == socket.gethostname()[:128]
    assert told.os
    assert len(told.os) <= 128
    assert told.app_version == "1.2.3"
    assert told.boot_id == machine.LINUX_BOOT_ID.read_text().strip()


def test_without_the_kernels_word_the_boot_id_comes_from_the_time_of_the_start(tmp_path: Path) -> None:
    told = machine.boot_id(tmp_path / "missing")
    assert uuid.UUID(told) == uuid.UUID(machine.boot_id(tmp_path / "missing"))
    (tmp_path / "broken").write_text("not a uuid")
    assert machine.boot_id(tmp_path / "broken") == told


def test_a_derived_boot_id_bears_a_clock_that_is_set_by_seconds_and_not_another_start() -> None:
    first = machine.derived_boot_id("ada", 1_000_020.0)
    assert machine.derived_boot_id("ada", 1_000_024.0) == first
    assert machine.derived_boot_id("ada", 1_003_620.0) != first
    assert machine.derived_boot_id("grace", 1_000_020.0) != first


def clocks() -> tuple[datetime, float, float]:
    return datetime.fromtimestamp(time.time(), UTC), time.monotonic(), time.clock_gettime(time.CLOCK_BOOTTIME)


def test_a_moment_reads_three_clocks() -> None:
    before = clocks()
    now = machine.moment()
    after = clocks()
    assert before[0] - timedelta(seconds=1) <= now.now <= after[0] + timedelta(seconds=1)
    assert before[1] <= now.mono_s <= after[1]
    assert before[2] <= now.boot_s <= after[2]
    assert now.now.tzinfo is UTC

"""The agent's log."""

import io
from datetime import UTC, datetime
from pathlib import Path

from sundial.agent.keeping import log

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_a_line_stands_in_the_file_and_in_the_terminal(tmp_path: Path) -> None:
    terminal = io.StringIO()
    log.Log(tmp_path, lambda: NOON, terminal).line("Config update: v5 -> v6")
    assert terminal.getvalue() == "2026-03-02T12:00:00Z Config update: v5 -> v6\n"
    assert list(log.last_lines(tmp_path, 10)) == ["2026-03-02T12:00:00Z Config update: v5 -> v6"]
    assert log.path_in(tmp_path).stat().st_mode & 0o777 == 0o600


def test_text_from_outside_cannot_make_lines_of_its_own(tmp_path: Path) -> None:
    log.Log(tmp_path, lambda: NOON).line("title\nConfig applied: forged\x1b[2J\x00")
    assert len(list(log.last_lines(tmp_path, 10))) == 1
    assert "\x1b" not in log.path_in(tmp_path).read_text()


def test_only_the_newest_lines_are_shown_and_a_long_log_is_set_aside(tmp_path: Path) -> None:
    written = log.Log(tmp_path, lambda: NOON)
    written.line("x" * log.LARGEST)
    written.line("second")
    written.line("third")
    assert [line.split()[-1] for line in log.last_lines(tmp_path, 5)] == ["second", "third"]
    assert [line.split()[-1] for line in log.last_lines(tmp_path, 1)] == ["third"]
    assert log.path_in(tmp_path).with_suffix(".log.1").exists()


def test_a_log_that_cannot_be_written_ends_nothing(tmp_path: Path) -> None:
    log.path_in(tmp_path).mkdir()
    terminal = io.StringIO()
    log.Log(tmp_path, lambda: NOON, terminal).line("still here")
    assert "still here" in terminal.getvalue()


def test_a_profile_without_a_log_shows_none(tmp_path: Path) -> None:
    assert list(log.last_lines(tmp_path, 10)) == []

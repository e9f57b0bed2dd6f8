"""The command line: what it prints, how it ends, and what it asks of a program that runs."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sundial.agent.__main__ import main
from sundial.agent.keeping.instance import Instance
from sundial.agent.keeping.log import Log
from tests.agent.app.house import PATIENCE, QuickClock, Stage

CapSys = pytest.CaptureFixture[str]


def agent(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """As somebody types it."""
    return subprocess.run(
        [sys.executable, "-m", "sundial.agent", "--profile", str(folder), *words],
        capture_output=True, text=True, timeout=PATIENCE, check=False,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )  # fmt: skip


@pytest.mark.parametrize("command", ["status", "refresh"])
def test_without_a_running_agent_it_says_so_in_one_line(tmp_path: Path, capsys: CapSys, command: str) -> None:
    assert main(["--profile", str(tmp_path), command]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err == f"sundial-agent: the agent does not run with the profile {tmp_path}\n"


@pytest.mark.parametrize("words", [["dance"], ["status", "--loudly"], ["browser", "eat"], ["log", "-n", "many"]])
def test_what_is_not_understood_ends_with_2_and_how_it_is_used(capsys: CapSys, words: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert "usage: sundial-agent" in capsys.readouterr().err


def test_the_log_shows_the_newest_lines_also_of_a_program_that_ended(tmp_path: Path, capsys: CapSys) -> None:
    log = Log(tmp_path, QuickClock().now)
    for number in range(5):
        log.line(f"line {number}")
    assert main(["log", "-n", "2", "--profile", str(tmp_path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(" ")[2] for line in lines] == ["line 3", "line 4"]


def test_without_a_log_there_is_nothing_to_show(tmp_path: Path, capsys: CapSys) -> None:
    assert main(["log", "--profile", str(tmp_path)]) == 0
    assert capsys.readouterr().out == ""


async def test_status_of_a_running_agent_is_for_people_and_for_programs(stage: Stage, capsys: CapSys) -> None:
    async with stage.at_work():
        assert await asyncio.to_thread(main, ["--profile", str(stage.folder), "status"]) == 0
        plain = capsys.readouterr().out
        assert f"Gnomon Ltd at {stage.house.address}: live" in plain
        assert "Working: yes" in plain
        assert await asyncio.to_thread(main, ["status", "--json", "--profile", str(stage.folder)]) == 0
        status = json.loads(capsys.readouterr().out)
        assert (status["company"], status["working"], status["task"]) == ("Gnomon Ltd", "yes", "budget")


async def test_a_second_start_brings_the_window_of_the_first_to_the_front(stage: Stage) -> None:
    instance = Instance(stage.folder)
    instance.take()
    try:
        async with stage.running():
            await stage.window.comes_to(lambda now: not now.enrolled)
            second = await asyncio.to_thread(agent, stage.folder)
            assert (second.returncode, second.stdout) == (0, "")
            assert "runs already with this profile; its window was brought to the front" in second.stderr
            assert stage.window.opened == 1
            with_a_code = await asyncio.to_thread(agent, stage.folder, "--enrol", "AAAA-BBBB-CCCC")
            assert with_a_code.returncode == 1, "the code was not used, and a script should know"
    finally:
        instance.release()

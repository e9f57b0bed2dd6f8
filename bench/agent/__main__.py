"""python -m bench.agent [--seconds 120]"""

import argparse
import contextlib
import itertools
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import psutil

from bench import machine
from bench.agent import users
from tests.journeys.desktop import Server, Workplace, workplace
from tests.running import SUNDIAL, Platform, open_folder, start_platform, stop_platform

MB = 1_000_000
MOST_CPU, MOST_MEMORY = 0.01, 110 * MB
LOOK_S, WINDOW_S, WARM_S = 1.0, 10.0, 20.0
PICTURE_EVERY_S = 30
POLICY = {
    "screenshots_enabled": True,
    "screenshot_interval_seconds": PICTURE_EVERY_S,
    "app_tracking_enabled": True,
    "website_tracking_enabled": False,
    "enable_keyboard_tracking": True,
    "enable_mouse_tracking": True,
    "enable_idle_detection": True,
    "show_tracker_notification": False,
}
WORDS = "dear sir or madam we have your letter of the third and thank you for it "
KEY_MS = 180  # some 65 words a minute, while it lasts
TERMINALS = ("Ledger", "Letters", "Plans")
EMPTY_WINDOW = """
from PySide6.QtWidgets import QApplication, QLabel
program = QApplication([])
label = QLabel("Nothing"); label.resize(420, 640); label.show()
program.exec()
"""


@dataclass
class Cost:
    """What one program took while the person worked, its children counted."""

    name: str
    pid: int
    cpu_s: list[tuple[float, float]] = field(default_factory=list)
    rss: list[int] = field(default_factory=list)
    pss: list[int] = field(default_factory=list)
    uss: list[int] = field(default_factory=list)

    def look(self, now: float) -> None:
        """One sample."""
        root = psutil.Process(self.pid)
        cpu, rss, pss, uss = 0.0, 0, 0, 0
        for process in (root, *root.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess):
                times = process.cpu_times()
                cpu += times.user + times.system
                full = process.memory_full_info()
                rss, pss, uss = rss + full.rss, pss + full.pss, uss + full.uss
        self.cpu_s.append((now, cpu))
        self.rss.append(rss)
        self.pss.append(pss)
        self.uss.append(uss)

    def shares(self) -> list[float]:
        """Of one core, in windows of ten seconds."""
        step = int(WINDOW_S / LOOK_S)
        marks = self.cpu_s[::step]
        if len(marks) < 2:  # a busy machine was looked at less often
            marks = [self.cpu_s[0], self.cpu_s[-1]]
        return [(b[1] - a[1]) / (b[0] - a[0]) for a, b in itertools.pairwise(marks)]

    def outcome(self) -> "Outcome":
        """The whole run's share, and medians."""
        (begin, before), (end, after) = self.cpu_s[0], self.cpu_s[-1]
        median = machine.median
        return Outcome(
            self.name,
            (after - before) / (end - begin),
            median(self.shares()),
            median(self.rss) / MB,
            median(self.pss) / MB,
            max(self.pss) / MB,
            median(self.uss) / MB,
        )


@dataclass
class Outcome:
    """Shares are of one core; memory is in MB."""

    name: str
    cpu: float
    cpu_median: float
    rss_mb: float
    pss_mb: float
    pss_most_mb: float
    uss_mb: float  # what nobody else has: PSS is lower while other programs use the same libraries


@contextlib.contextmanager
def platform() -> Iterator[Platform]:
    """A company and its people, and no simulated agents, which would take the processor from what is measured."""
    with open_folder() as folder:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        seeding = {**kept, "SUNDIAL_DATA_DIR": str(folder / "var"), "SUNDIAL_MODE": "demo"}
        subprocess.run([SUNDIAL, "demo"], env=seeding, check=True, stdout=subprocess.DEVNULL)
        running = start_platform(folder / "var", demo=False)
        running.demo = json.loads((running.data / "demo.json").read_text())
        try:
            yield running
        finally:
            stop_platform(running)


def begin(desk: Workplace, person: Server) -> None:
    """Enrol, agree, start work, as a person does."""
    desk.start_agent("--enrol", person.code())
    desk.wait(lambda shown: shown["question"], "the first question")
    desk.press("ctrl+Return")
    desk.wait(lambda shown: not shown["question"], "the answer")
    desk.press("ctrl+s")
    desk.wait(lambda shown: "screenshots" in shown["recording"], "work that is recorded")


def work(desk: Workplace, over: threading.Event) -> None:
    """Turn to a window, write a while, move the mouse, think; until it is over."""
    for turn in itertools.count():
        desk.activate(TERMINALS[turn % len(TERMINALS)])
        desk.room.run("xdotool", "type", "--delay", str(KEY_MS), WORDS[:30])
        desk.room.run("xdotool", "mousemove", str(200 + 37 * turn % 600), str(200 + 53 * turn % 400), "click", "1")
        if over.wait(2.0):
            return


def watch(cost: Cost, seconds: float) -> Outcome:
    """Look once a second."""
    begun = time.monotonic()
    while (now := time.monotonic()) < begun + seconds + LOOK_S:
        cost.look(now)
        machine.settle(LOOK_S)
    return cost.outcome()


def measure(desk: Workplace, seconds: float) -> Outcome:
    """The agent, while the person works."""
    assert desk.agent is not None
    over = threading.Event()
    person = threading.Thread(target=work, args=(desk, over))
    person.start()
    try:
        machine.settle(WARM_S)
        return watch(Cost("sundial-agent", desk.agent.pid), seconds)
    finally:
        over.set()
        person.join()


def floor(desk: Workplace) -> Outcome:
    """What a window costs in which nothing happens; after the agent, for the two would share their libraries."""
    empty = desk.room.start(sys.executable, "-c", EMPTY_WINDOW)
    machine.settle(WARM_S / 4)
    return watch(Cost("an empty Qt window in Python, the floor", empty.pid), WINDOW_S)


def run(seconds: float, folder: Path) -> tuple[list[Outcome], int, list[list[float]]]:
    """The outcomes, how many pictures came to the server, and the machine's load before and after."""
    loads = [list(os.getloadavg())]
    with platform() as running, workplace(folder, running, program=users.write_program(folder)) as desk:
        company = running.demo["companies"][1]
        owner, person = Server(running, running.demo["owner"]), Server(running, company["employees"][0])
        owner.change_policy(company["id"], **POLICY)
        begin(desk, person)
        for title in TERMINALS:
            desk.open_terminal(title)
        ours = measure(desk, seconds)
        pictures = len(person.get("screenshots", user=person.user_id, page_size=50)["items"])
        loads.append(list(os.getloadavg()))
        desk.kill_agent()
        outcomes = [ours, floor(desk)]
        for server in (owner, person):
            server.close()
    return outcomes, pictures, loads


def show(outcomes: list[Outcome], seconds: float, pictures: int, loads: list[list[float]]) -> None:
    """The table."""
    rows: list[tuple[Any, ...]] = [
        (
            one.name,
            f"{one.cpu:.2%}",
            f"{one.cpu_median:.2%}",
            f"{one.rss_mb:.0f}",
            f"{one.pss_mb:.0f}",
            f"{one.pss_most_mb:.0f}",
            f"{one.uss_mb:.0f}",
        )
        for one in outcomes
    ]
    heads = ("program", "CPU", "median of 10 s", "RSS MB", "PSS MB", "most PSS MB", "own MB")
    title = f"At work for {seconds:.0f} s: windows, typing, a screenshot every {PICTURE_EVERY_S} s; shares of one core"
    machine.table(title, heads, rows)
    print(f"\n  {pictures} pictures came to the server; load {loads[0][0]:.1f} before, {loads[1][0]:.1f} after")
    print("  ActivityWatch's watchers are no packages of Debian or PyPI: not measured, so no figure of it")


def main() -> int:
    """Measure, print, keep; 1 if a promise is broken."""
    parser = argparse.ArgumentParser(prog="python -m bench.agent", description=__doc__)
    parser.add_argument("--seconds", type=float, default=120.0)
    seconds = parser.parse_args().seconds
    with open_folder() as folder:
        outcomes, pictures, loads = run(seconds, folder)
    show(outcomes, seconds, pictures, loads)
    ours = outcomes[0]
    promises = {
        f"the agent takes at most 1 % of a core ({ours.cpu:.2%})": ours.cpu <= MOST_CPU,
        f"the agent takes at most 110 MB, as PSS ({ours.pss_mb:.0f})": (ours.pss_mb * MB <= MOST_MEMORY),
        f"pictures were taken and came ({pictures})": pictures >= seconds // PICTURE_EVERY_S,
    }
    holds = machine.verdict(promises)
    results = {"seconds": seconds, "pictures": pictures, "load": loads}
    machine.save("agent", {**results, "outcomes": [asdict(one) for one in outcomes], "promises": promises})
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())

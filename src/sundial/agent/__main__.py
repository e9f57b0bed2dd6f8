"""`sundial-agent`: the desktop program, and what may be asked of one that runs."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
from platformdirs import user_data_path

from sundial import __version__
from sundial.agent.app import starting
from sundial.agent.control.client import NotRunning, ask
from sundial.agent.keeping.instance import AlreadyRunning, Instance
from sundial.agent.keeping.log import last_lines
from sundial.agent.probes.browser import CannotInstall, install, relay, uninstall

Command = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """0 if it did its work, 1 if not, 2 if it was not understood."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words[:1] == ["browser-relay"]:  # a browser adds words of its own
        return relay.main(words[1:])
    given = _parser().parse_args(words)
    command: Command = given.run
    try:
        return command(given)
    except (NotRunning, CannotInstall, OSError) as error:
        sys.stderr.write(f"sundial-agent: {error}\n")
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="sundial-agent",
        description="Records working time as your company's policy says, in a window that is never hidden.",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    parser.add_argument("--server", default="", metavar="URL", help="the address of your company's Sundial")
    parser.add_argument("--enrol", default="", metavar="CODE", help="become a device of your company by this code")
    parser.set_defaults(run=_start, profile=None)
    _add_profile(parser)
    commands = parser.add_subparsers(title="of a running agent")
    status = _command(commands, "status", _status, "what it does, records and waits to send")
    status.add_argument("--json", action="store_true", help="all of it, for programs")
    _command(commands, "refresh", _refresh, "fetch the policy and send what waits, now")
    log = _command(commands, "log", _log, "what it did lately")
    log.add_argument("-n", type=int, default=50, metavar="LINES", help="how many lines (50)")
    browser = _command(commands, "browser", _browser, "let your browsers tell the agent which website is in front")
    browser.add_argument("do", choices=["install", "uninstall"])
    browser.add_argument("--user-data-dir", type=Path, help="one browser folder instead of all that are known")
    return parser


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, run: Command, text: str
) -> argparse.ArgumentParser:
    made = commands.add_parser(name, help=text, description=text)
    _add_profile(made)
    made.set_defaults(run=run)
    return made


def _add_profile(parser: argparse.ArgumentParser) -> None:
    # Said before or after the command, and not forgotten by the command's own default.
    parser.add_argument(
        "--profile",
        type=Path,
        metavar="DIR",
        default=argparse.SUPPRESS,
        help="another profile; several may run at once",
    )


def _folder(given: argparse.Namespace) -> Path:
    return given.profile or user_data_path("sundial-agent", appauthor=False)


def _start(given: argparse.Namespace) -> int:
    folder = _folder(given)
    instance: Instance | None = None
    try:
        instance = Instance(folder)
        instance.take()
    except AlreadyRunning:
        ask(folder, "show")
        sys.stderr.write("sundial-agent runs already with this profile; its window was brought to the front.\n")
        return 0 if not given.enrol else 1
    except OSError as error:  # a full or read-only disk: the window opens all the same, and says so
        sys.stderr.write(f"sundial-agent: {error}\n")
    try:
        return starting.run(folder, server=given.server, code=given.enrol, terminal=sys.stdout)
    finally:
        if instance:
            instance.release()


def _status(given: argparse.Namespace) -> int:
    status = ask(_folder(given), "status").status
    if given.json:
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(status), indent=2).decode() + "\n")
        return 0
    policy = status["policy"] or {"version": 0, "lines": ["No policy is in force: nothing is recorded."]}
    lines = [
        f"{status['company'] or 'Not enrolled'} at {status['server'] or 'no server'}: {status['connection']}",
        f"Working: {status['working']}, today {status['today_s'] // 60} min",
        f"Policy v{policy['version']}:",
        *(f"  {line}" for line in policy["lines"]),
        f"Waiting to be sent: {status['queue']['waiting']}",
        *status["notes"],
        *status["problems"],
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


def _refresh(given: argparse.Namespace) -> int:
    ask(_folder(given), "refresh")
    sys.stdout.write("Asked for the newest policy; what waits is being sent.\n")
    return 0


def _log(given: argparse.Namespace) -> int:
    for line in last_lines(_folder(given), max(1, given.n)):
        sys.stdout.write(line + "\n")
    return 0


def _browser(given: argparse.Namespace) -> int:
    if given.do == "install":
        sys.stdout.write(install(given.user_data_dir, _folder(given), os.environ).next_step + "\n")
    else:
        for path in uninstall(given.user_data_dir, _folder(given), os.environ):
            sys.stdout.write(f"Removed {path}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

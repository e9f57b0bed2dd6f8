"""The `sundial` command: what it may be told, and where each word leads."""

import argparse
import contextlib
import os
import sys
from collections.abc import Sequence
from typing import Never

from pydantic import ValidationError

from sundial.run import commands, lifeline, logs
from sundial.run.errors import CannotRun
from sundial.server.config import env


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 if it did its work."""
    lifeline.end_with_supervisor()
    given = understood(list(sys.argv[1:] if arguments is None else arguments))
    try:
        code = _run(given)
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else 1
        if given.run is not commands.serve:
            raise
    if given.run is commands.serve:
        _leave_at_once(code)
    return code


def _run(given: argparse.Namespace) -> int:
    try:
        apply(given)
        environment = env.read()
        logs.configure(environment.log_format)
        return int(given.run(environment, given))
    except CannotRun as refusal:
        sys.stderr.write(f"sundial: {refusal}\n")
        return 2
    except ValidationError as problem:
        for fault in problem.errors():
            field = str(fault["loc"][0])
            name = field if field.isupper() else f"SUNDIAL_{field.upper()}"
            sys.stderr.write(f"sundial: {name}: {fault['msg'].removeprefix('Value error, ')}\n")
        return 2
    except KeyboardInterrupt:
        return 130


def _leave_at_once(code: int) -> Never:
    """Everything that was open is closed by now; taking the interpreter apart as well would take seconds."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


def understood(words: Sequence[str]) -> argparse.Namespace:
    """The words as options; what follows `manage` is Django's to understand, --help included."""
    if words[:1] == ["manage"]:
        return argparse.Namespace(run=commands.manage, rest=list(words[1:]))
    return parser().parse_args(words)


def apply(given: argparse.Namespace) -> None:
    """What is typed wins over the environment; children inherit it."""
    if port := os.environ.get("PORT"):
        os.environ.setdefault("SUNDIAL_PORT", port)
    for option in ("host", "port"):
        value = getattr(given, option, None)
        if value is not None:
            os.environ[f"SUNDIAL_{option.upper()}"] = str(value)


def parser() -> argparse.ArgumentParser:
    """All commands and their options."""
    top = argparse.ArgumentParser(prog="sundial", description="Workforce time and activity, recorded in the light.")
    add = top.add_subparsers(title="commands", required=True, metavar="COMMAND").add_parser
    _serve(add("serve", help="serve the platform"))
    owner = add("owner", help="people who run the platform").add_subparsers(required=True, metavar="ACTION")
    create = owner.add_parser("create", help="make an owner and print a one-time link to set the password")
    create.add_argument("email")
    create.set_defaults(run=commands.create_owner)
    demo = add("demo", help="seed the demo platform; refused in production")
    demo.add_argument("--scale", choices=("small", "large"), default="small", help="large: 1,000 people, a year")
    demo.set_defaults(run=commands.demo)
    _simulate(add("simulate", help="run agents over the real protocol"))
    devices = add("devices", help="ready devices for load tests, `device_id token` a line; refused in production")
    devices.add_argument("--company", type=int, required=True, metavar="ID")
    devices.add_argument("--count", type=int, required=True, metavar="N")
    devices.set_defaults(run=commands.devices)
    add("manage", help="Django's management commands", add_help=False)
    audit = add("audit", help="the audit log").add_subparsers(required=True, metavar="ACTION")
    verify = audit.add_parser("verify", help="check the audit log: 0 intact, 1 tampered, 2 cannot run")
    verify.add_argument("--export", metavar="FILE", help="check an exported bundle instead of the live log")
    verify.add_argument("--archive", metavar="FILE", help="check one archive of old entries instead")
    verify.add_argument("--checkpoint", metavar="FILE", help="a checkpoint kept elsewhere")
    verify.add_argument("--key", metavar="FILE", help="the public key of checkpoints, kept elsewhere")
    verify.set_defaults(run=commands.verify)
    return top


def _serve(serve: argparse.ArgumentParser) -> None:
    serve.add_argument("--host")
    serve.add_argument("--port", type=int)
    serve.add_argument("--role", choices=("all", "web", "gateway", "worker", "front"), default="all")
    serve.add_argument("--demo", action="store_true", help="seed the demo platform and run 25 simulated agents")
    serve.set_defaults(run=commands.serve)


def _simulate(simulate: argparse.ArgumentParser) -> None:
    simulate.add_argument("--agents", type=int, required=True, metavar="N")
    simulate.add_argument(
        "--admins", type=int, default=0, metavar="M", help="administrators who change things on a console and undo it"
    )
    simulate.add_argument("--seconds", type=float, metavar="S", help="stop by itself after so long")
    simulate.add_argument("--unruly", action="store_true", help="some reject, wait for their person, or drop the line")
    simulate.add_argument("--quiet", action="store_true", help="say nothing while it goes well")
    simulate.set_defaults(run=commands.simulate)

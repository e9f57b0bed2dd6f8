"""What each word of the `sundial` command does: the database for its time, Django where it is needed, then the work."""

import argparse
import importlib
import os
import sys
from types import ModuleType

from sundial.run import database, web
from sundial.run.database import Database
from sundial.run.errors import CannotRun
from sundial.run.instance import only_one
from sundial.run.processes import Part, Supervisor, sundial
from sundial.server.config.env import Environment

DEMO_AGENTS = 25


def _after_setup(db: Database, module: str) -> ModuleType:
    """A module that imports models, which can only be loaded once Django is set up for this database."""
    database.set_up_django(db)
    return importlib.import_module(module)


def say(text: str) -> None:
    """A line for whoever typed the command."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


# -- serve ------------------------------------------------------------------------------------


def serve(env: Environment, given: argparse.Namespace) -> int:
    """One part, or the supervisor of all."""
    if given.demo and env.production:
        raise CannotRun("The demo is refused in production mode.")
    roles = {"web": _serve_web, "front": _serve_web, "gateway": _serve_gateway, "worker": _serve_worker}
    if given.role in roles:
        return roles[given.role](env, given)
    with only_one(env.data):
        web.require_free_port(env)
        with database.opened(env) as db:
            return _serve_all(env, given, db)


def _serve_web(env: Environment, given: argparse.Namespace) -> int:
    with database.opened(env) as db:
        front = _after_setup(db, "sundial.run.front")
        _after_setup(db, "sundial.run.platform").require_safe()
        web.run(env, front.build(env, db.app_dsn, with_gateway=given.role == "front"))
    return 0


def _serve_gateway(env: Environment, given: argparse.Namespace) -> int:
    with database.opened(env) as db:
        web.run(env, web.gateway_alone(env, db.app_dsn))
    return 0


def _serve_worker(env: Environment, given: argparse.Namespace) -> int:
    with database.opened(env) as db:
        _after_setup(db, "sundial.run.worker").run()
    return 0


def _serve_all(env: Environment, given: argparse.Namespace, db: Database) -> int:
    platform = _after_setup(db, "sundial.run.platform")
    database.bring_up_to_date(db)
    platform.require_safe()
    platform.make_keys()
    demo = platform.seed_demo(env, db.app_dsn, DEMO_AGENTS) if given.demo else None
    link = None if demo else platform.first_owner_link(env)
    platform.attest()
    parts = [
        Part("web", sundial("serve", "--role", "front")),
        Part("worker", sundial("serve", "--role", "worker")),
    ]
    if given.demo:
        parts.append(Part("simulated agents", sundial("simulate", "--agents", str(DEMO_AGENTS), "--quiet")))
    supervisor = Supervisor(
        parts,
        environment={**os.environ, "DATABASE_URL": db.app_dsn, "SUNDIAL_MIGRATE_URL": ""},
        cluster=db.cluster,
        ready_at=(env.host, env.port),
        ready=lambda: say(platform.welcome(env, demo, link)),
    )
    platform.let_go_of_database()
    supervisor.run()
    return 0


# -- the other commands -----------------------------------------------------------------------


def create_owner(env: Environment, given: argparse.Namespace) -> int:
    """Make an owner and print their one-time link."""
    with database.opened(env) as db:
        platform = _after_setup(db, "sundial.run.platform")
        database.bring_up_to_date(db)
        say(platform.create_owner(env, given.email))
    return 0


def demo(env: Environment, given: argparse.Namespace) -> int:
    """Seed the demo platform."""
    _refuse_in_production(env)
    with database.opened(env) as db:
        platform = _after_setup(db, "sundial.run.platform")
        database.bring_up_to_date(db)
        platform.make_keys()
        platform.seed_demo(env, db.app_dsn, DEMO_AGENTS)
        if given.scale == "large":
            platform.seed_large_demo(env, say, db.owner_dsn)
        platform.attest()
        say(f"The demo platform stands; its accounts are in {platform.demo_file(env)}")
    return 0


def devices(env: Environment, given: argparse.Namespace) -> int:
    """Ready devices, one a line."""
    _refuse_in_production(env)
    if given.count < 1:
        raise CannotRun("--count must be at least 1.")
    with database.opened(env) as db:
        platform = _after_setup(db, "sundial.run.platform")
        for device_id, token in platform.ready_devices(given.company, given.count):
            say(f"{device_id} {token}")
    return 0


def simulate(env: Environment, given: argparse.Namespace) -> int:
    """Run agents against the running platform."""
    _refuse_in_production(env)
    if given.agents < 1:
        raise CannotRun("--agents must be at least 1.")
    if given.admins < 0:
        raise CannotRun("--admins must not be less than 0.")
    web.raise_file_limit()
    with database.opened(env) as db:
        platform = _after_setup(db, "sundial.run.platform")
        fleet = platform.fleet(env, given.agents)
        admins = platform.demo_admins(env, given.admins) if given.admins else []
    tell = _nothing if given.quiet else say
    return int(platform.simulate(env, fleet, admins, seconds=given.seconds, unruly=given.unruly, say=tell))


def _nothing(line: str) -> None:
    return None


def verify(env: Environment, given: argparse.Namespace) -> int:
    """Check the audit log."""
    with database.opened(env) as db:
        platform = _after_setup(db, "sundial.run.platform")
        report = platform.verify(env, given)
    for line in report.lines():
        say(line)
    return int(report.exit_code)


def manage(env: Environment, given: argparse.Namespace) -> int:
    """Django's management commands, as the login that they need."""
    with database.opened(env) as db:
        platform = _after_setup(db, "sundial.run.platform")
        if given.rest[:1] == ["migrate"] and len(given.rest) == 1:
            database.bring_up_to_date(db)
            return 0
        platform.manage(given.rest)
    return 0


def _refuse_in_production(env: Environment) -> None:
    if env.production:
        raise CannotRun("This command is refused in production mode.")

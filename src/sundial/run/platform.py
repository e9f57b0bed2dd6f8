"""What commands do on the platform itself: keys, owners, the demo, devices, simulated agents. Needs Django set up."""

import asyncio
import json
import os
from argparse import Namespace
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from django.core import checks
from django.core.management import ManagementUtility
from django.db import connections
from django.db.backends.postgresql.base import DatabaseWrapper

from sundial.run import demo
from sundial.run.demo_large import Size
from sundial.run.errors import CannotRun
from sundial.run.simulate import ReadyDevice, Summary
from sundial.run.simulate import simulate as run_agents
from sundial.run.simulated_admins import Acts, Admin, simulate_admins
from sundial.server.accounts import actions as accounts
from sundial.server.accounts import queries as account_queries
from sundial.server.audit.actions import write_checkpoints
from sundial.server.audit.actions.checkpoints import KEY_PURPOSE as CHECKPOINT_KEY
from sundial.server.audit.types import Report
from sundial.server.audit.verify import verify_archive, verify_export, verify_live
from sundial.server.config.env import Environment
from sundial.server.devices import actions as device_actions
from sundial.server.lib import clock, keys
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import Invalid, SundialError
from sundial.server.tracking import queries as tracking
from sundial.server.tracking.queries import KEY_PURPOSE as POLICY_KEY

FLEET = "agents.json"


def attest() -> None:
    """Write the first checkpoints now: until there is one outside, nothing could be verified."""
    write_checkpoints(now=clock.now())


def make_keys() -> None:
    """Make the keys that sign policies and checkpoints, where there are none."""
    for purpose in (POLICY_KEY, CHECKPOINT_KEY):
        keys.load_or_make(purpose)


def require_safe() -> None:
    """Refuse to serve what the checks call an error, with their way out; warnings are for `manage check --deploy`."""
    found = checks.run_checks(include_deployment_checks=True, databases=["default"])
    faults = [one for one in found if one.is_serious() and not one.is_silenced()]
    if faults:
        raise CannotRun("\n".join(f"{one.msg} {one.hint or ''}".strip() for one in faults))


def let_go_of_database() -> None:
    """The supervisor itself needs no connection, and should not hold one through a restart of the database."""
    for connection in cast(list[DatabaseWrapper], connections.all()):
        connection.close()
        if connection.pool is not None:
            connection.close_pool()


def create_owner(env: Environment, email: str) -> str:
    """Make an OWNER and say how they set their password."""
    try:
        owner = accounts.create_owner(email=email, acting=Acting.system(), now=clock.now())
    except SundialError as refusal:
        raise CannotRun(_words(refusal)) from refusal
    link = accounts.one_time_link(user=owner, base_url=env.address)
    return f"{owner.email} may run the platform. To set a password, open (once, within 3 days):\n{link}"


def _words(refusal: SundialError) -> str:
    return " ".join(refusal.fields.values()) if isinstance(refusal, Invalid) else refusal.message


def first_owner_link(env: Environment) -> str | None:
    """On a platform that nobody runs yet, how to begin; else None."""
    if account_queries.an_owner_exists():
        return None
    return create_owner(env, "owner@localhost.localdomain")


def welcome(env: Environment, made: dict[str, Any] | None, link: str | None) -> str:
    """What the console says once everything answers."""
    lines = ["", f"Sundial is ready: {env.address}"]
    if link:
        lines += ["Nobody runs this platform yet.", link]
    if made:
        first, second = made["companies"][:2]
        accounts_listed = [
            ("owner of the platform", made["owner"]),
            (f"administrator of {first['name']}", first["admin"]),
            (f"manager of {first['name']}", first["manager"]),
            (f"employee of {first['name']}", first["employees"][0]),
            (f"administrator of {second['name']}, may change its policy", second["admin"]),
        ]
        lines += ["", f"Sign in at {env.address}/login/ as"]
        lines += [f"  {who['email']:<34} {who['password']:<18} {what}" for what, who in accounts_listed]
        company = f"{env.address}/owner/company/{first['id']}/policy/"
        lines += [f"All accounts: {demo_file(env)}"]
        lines += [f"Mails: {env.mail_folder}"] if env.mail_folder else []
        lines += ["", f"Move a slider as the owner: {company}"]
    lines += ["Ctrl-C stops everything.", ""]
    return "\n".join(lines)


# -- demo and simulated agents ----------------------------------------------------------------


def demo_file(env: Environment) -> Path:
    """Where the accounts of the demo are."""
    return demo.path(env.data)


def seed_demo(env: Environment, dsn: str, agents: int) -> dict[str, Any]:
    """The demo platform, made once, with a month of facts; its address follows the server's."""
    if env.mail_folder:
        env.mail_folder.mkdir(mode=0o700, exist_ok=True)  # there are links in them that set passwords
    made, devices = demo.seed(data_dir=env.data, base_url=env.address, agents=agents, now=clock.now())
    if not (env.data / FLEET).exists():  # the first time, or the last one was interrupted before the month stood
        devices = devices or demo.enrol_agents(made["companies"][0], agents, now=clock.now())
        demo.write_history(dsn, made["companies"][0], devices, now=clock.now())
        _keep_fleet(env, devices)
    return made


def seed_large_demo(env: Environment, say: Callable[[str], None], owner_dsn: str | None) -> None:
    """The large company beside the demo's others, made once; minutes."""
    demo.seed_large(data_dir=env.data, size=Size(), now=clock.now(), say=say, owner_dsn=owner_dsn)


def ready_devices(company_id: int, count: int) -> list[tuple[int, str]]:
    """Devices that are enrolled and have said nothing yet."""
    try:
        made = device_actions.ready_devices(acting=Acting.system(), company_id=company_id, count=count, now=clock.now())
    except SundialError as refusal:
        raise CannotRun(_words(refusal)) from refusal
    return [(one.device_id, one.token) for one in made]


def fleet(env: Environment, count: int) -> list[ReadyDevice]:
    """So many simulated agents of the demo's first company: the kept ones first, new ones if there are too few."""
    kept = _kept_fleet(env)
    if len(kept) < count:
        if not demo_file(env).exists():
            raise CannotRun("There is no demo platform here: run `sundial demo` first.")
        company = int(json.loads(demo_file(env).read_text())["companies"][0]["id"])
        fresh = ready_devices(company, count - len(kept))
        kept += [ReadyDevice(device_id, token, company) for device_id, token in fresh]
        _keep_fleet(env, kept)
    return kept[:count]


def _kept_fleet(env: Environment) -> list[ReadyDevice]:
    file = env.data / FLEET
    if not file.exists():
        return []
    return [ReadyDevice(one["device_id"], one["token"], one["company_id"]) for one in json.loads(file.read_text())]


def _keep_fleet(env: Environment, devices: Sequence[ReadyDevice]) -> None:
    entries = [{"device_id": d.device_id, "token": d.token, "company_id": d.company_id} for d in devices]
    file = env.data / FLEET
    fresh = file.with_suffix(f".{os.getpid()}.new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as target:
        json.dump(entries, target)
    fresh.replace(file)


def demo_admins(env: Environment, count: int) -> list[Admin]:
    """So many sessions of the demo's administrators, dealt out over its companies, each with a person to rename."""
    if not demo_file(env).exists():
        raise CannotRun("There is no demo platform here: run `sundial demo` first.")
    companies = json.loads(demo_file(env).read_text())["companies"]
    found = []
    for number in range(count):
        round_, place = divmod(number, len(companies))
        company = companies[place]
        people = company["employees"]
        person = people[-1 - round_ % len(people)]["id"]
        found.append(Admin(company["admin"]["email"], company["admin"]["password"], person))
    return found


def simulate(
    env: Environment,
    devices: Sequence[ReadyDevice],
    admins: Sequence[Admin],
    *,
    seconds: float | None,
    unruly: bool,
    say: Callable[[str], None],
) -> int:
    """Run them all until the time is over or a signal comes; 1 if one of them fell out."""
    keys = tracking.public_keys()
    let_go_of_database()

    async def run() -> tuple[Summary, Acts]:
        async with asyncio.TaskGroup() as group:
            working = group.create_task(simulate_admins(env.address, admins, write=say, seconds=seconds))
            summary = await run_agents(
                base_url=env.address,
                devices=devices,
                keys=keys,
                profile_dir=env.data / "simulated",
                write=say,
                seconds=seconds,
                unruly=unruly,
            )
        return summary, await working

    summary, acts = asyncio.run(run())
    return 1 if summary.crashed or acts.lost else 0


# -- Django's own -----------------------------------------------------------------------------


def manage(words: Sequence[str]) -> None:
    """Run one of Django's management commands."""
    ManagementUtility(["sundial manage", *words]).execute()


# -- the audit log ----------------------------------------------------------------------------


def verify(env: Environment, given: Namespace) -> Report:
    """Check the live log, an export or an archive, with evidence from outside where it is given."""
    try:
        note = Path(given.checkpoint).read_text() if given.checkpoint else None
        known = (named.public for named in keys.publics(CHECKPOINT_KEY))
        publics = [_public_key(Path(given.key))] if given.key else list(known)
    except (OSError, ValueError) as problem:
        return Report(cannot=str(problem))
    if given.archive:
        return verify_archive(path=Path(given.archive), publics=publics, checkpoint=note)
    if given.export:
        # With a key from outside the export may be another installation's, of which nothing is kept here.
        kept = None if given.key else env.checkpoints
        return verify_export(path=Path(given.export), publics=publics, checkpoint=note, directory=kept)
    return verify_live(directory=env.checkpoints, publics=publics, checkpoint=note, archives=env.archives)


def _public_key(path: Path) -> bytes:
    key = load_pem_public_key(path.read_bytes())
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError(f"{path} is not an Ed25519 public key")
    return key.public_bytes_raw()

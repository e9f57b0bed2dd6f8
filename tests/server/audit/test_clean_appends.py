"""Ten thousand honest entries, with changes rolled back and writers killed on the way: no false alarm."""

import os
import random
import signal
import subprocess
import sys
import threading
from pathlib import Path

from django.db import connection, transaction

from sundial.server.audit import actions, queries
from sundial.server.lib.scope import acting_for
from tests.server.audit.conftest import Notary
from tests.server.audit.plays import ADMIN, NOW, fresh_log

CLEAN = 10_000
WRITERS = 2
ROOT = Path(__file__).resolve().parents[3]

WRITER = """
import sys
from datetime import UTC, datetime
import django
django.setup()
from django.db import connection, transaction
from sundial.server.audit import actions
from sundial.server.config import database
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.scope import acting_for
log, dsn = int(sys.argv[1]), sys.argv[2]
connection.settings_dict.update(database.settings_from(dsn, pool_size=0))
acting = Acting("person", 7, "asha@acme.test", Role.ADMIN, log, "198.51.100.7")
number = 0
while True:
    number += 1
    with acting_for(log), transaction.atomic():
        for _ in range(1 + number % 3):
            actions.record(acting=acting, company_id=log, action="SETTINGS_CHANGED",
                           details={"number": number}, now=datetime.now(UTC))
    print(number, flush=True)
"""


def test_ten_thousand_appends_with_rollbacks_raise_no_alarm(notary: Notary) -> None:
    log = fresh_log()
    kept = [0] * WRITERS

    def write(writer: int) -> None:
        dice = random.Random(writer)
        while kept[writer] < CLEAN // WRITERS:
            batch = dice.randint(1, 40)
            with acting_for(log), transaction.atomic():
                for number in range(batch):
                    actions.record(
                        acting=ADMIN, company_id=log, action="SETTINGS_CHANGED", details={"n": number}, now=NOW
                    )
                if dice.random() < 0.15:
                    transaction.set_rollback(True)
                    continue
            kept[writer] += batch
        connection.close()

    writers = [threading.Thread(target=write, args=(number,)) for number in range(WRITERS)]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        writers[0].join(1.5)
        notary.attest(log)
        assert notary.report(log).exit_code in {0, 2}  # 2: before the first checkpoint
    notary.attest(log)
    verdict = notary.verdict(log)
    assert sum(kept) >= CLEAN
    assert (verdict.state, verdict.size, verdict.attested) == ("intact", sum(kept), sum(kept))


def test_killed_writers_leave_a_whole_log(notary: Notary, cluster: object) -> None:
    log, dice = fresh_log(), random.Random(7)
    told = 0
    for _ in range(8):
        told += _write_until_killed(log, cluster.app_dsn(), dice.randint(1, 30))
        notary.attest(log)
        verdict = notary.verdict(log)
        assert verdict.state == "intact"
        assert verdict.attested == verdict.size == queries.end_of(log).size
    assert verdict.size >= told  # what was acknowledged is there


def _write_until_killed(log: int, dsn: str, after: int) -> int:
    """Let a process write, kill it after so many acknowledged transactions; how many entries were acknowledged."""
    command = [sys.executable, "-c", WRITER, str(log), dsn]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=dict(os.environ)) as process:
        assert process.stdout is not None
        acknowledged = 0
        for line in process.stdout:
            acknowledged += 1 + int(line) % 3
            if int(line) >= after:
                break
        process.send_signal(signal.SIGKILL)
        process.wait()
    return acknowledged

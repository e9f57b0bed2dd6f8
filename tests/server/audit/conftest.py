"""A key and a checkpoint directory of one's own, and the hand of the database's owner."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from sundial.run.postgres import Cluster
from sundial.server.audit.actions import Signer, write_checkpoint
from sundial.server.audit.storage import Outside
from sundial.server.audit.types import Report, Verdict
from sundial.server.audit.verify import verify_live
from sundial.server.lib import keys
from tests.server.audit.plays import NOW
from tests.server.audit.tampering import Row, without_triggers


class Notary:
    """Writes checkpoints of single logs into a directory of its own, and checks against them."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory / "checkpoints"
        self.outside = Outside(self.directory)
        self.keys = directory / "keys"
        self.signer = self._signer()

    def _signer(self) -> Signer:
        key = keys.load_or_make("checkpoint", self.keys)
        return Signer(key, tuple(named.public for named in keys.publics("checkpoint", self.keys)))

    def rotate(self) -> None:
        keys.rotate("checkpoint", self.keys)
        self.signer = self._signer()

    def attest(self, log: int) -> bool:
        return write_checkpoint(log=log, folder=self.outside.log(log), signer=self.signer, now=NOW)

    def report(self, log: int, checkpoint: str | None = None) -> Report:
        return verify_live(directory=self.directory, publics=self.signer.publics, checkpoint=checkpoint, only=log)

    def verdict(self, log: int, checkpoint: str | None = None) -> Verdict:
        return self.report(log, checkpoint).verdicts[0]

    def note(self, log: int) -> str:
        return self.outside.log(log).note() or ""


@pytest.fixture
def notary(committed_db: None, tmp_path: Path) -> Notary:
    """Checkpoints of this test's logs alone."""
    return Notary(tmp_path)


@pytest.fixture
def owner(committed_db: None, cluster: Cluster) -> Iterator[psycopg.Connection[Row]]:
    """A connection with all the rights of the database's owner, triggers out of the way."""
    with without_triggers(cluster.owner_dsn()) as connection:
        yield connection

"""`root_key` replaces the root keys that all other keys lie under; each step can be taken apart and taken again."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sundial.server.lib import clock
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import Conflict
from sundial.server.vault import actions


class Command(BaseCommand):
    """Makes new root keys, wraps what lies under the old ones again while all goes on, and destroys those."""

    help = "Show, rotate, re-wrap or retire the root keys of files and screenshots."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to do."""
        parser.add_argument("step", choices=("status", "rotate", "rewrap", "retire"))

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, and say what was done."""
        try:
            getattr(self, f"_{options['step']}")()
        except Conflict as error:
            raise CommandError(error.message) from error

    def _status(self) -> None:
        for purpose in actions.PURPOSES:
            current, named = actions.root_in_use(purpose), actions.roots_named(purpose)
            for number in sorted({current, *named}):
                use = "in use" if number == current else "former"
                self.stdout.write(f"{purpose}: root key {number}, {use}, {named.get(number, 0)} keys lie under it")

    def _rotate(self) -> None:
        for purpose, number in actions.rotate_root(acting=Acting.system(), now=clock.now()).items():
            self.stdout.write(f"{purpose}: root key {number} is in use.")
        self._rewrap()

    def _rewrap(self) -> None:
        found = actions.rewrap_under_root()
        self.stdout.write(f"{found.done} keys were wrapped again.")
        if found.unreadable:
            raise CommandError(f"{found.unreadable} keys cannot be read and stay as they are; the log names them.")

    def _retire(self) -> None:
        for purpose, numbers in actions.retire_roots(acting=Acting.system(), now=clock.now()).items():
            gone = ", ".join(map(str, numbers)) or "none"
            self.stdout.write(f"{purpose}: root keys destroyed: {gone}.")

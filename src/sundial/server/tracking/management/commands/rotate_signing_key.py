"""`rotate_signing_key announce`, and when every agent has had the time to hear of it, `rotate_signing_key switch`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sundial.server.lib import clock
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import Conflict
from sundial.server.tracking import actions


class Command(BaseCommand):
    """Replaces the key that signs tracking policies, in two steps, so that no agent is left behind."""

    help = "Announce a new signing key for tracking policies, or switch to the one that was announced."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One word: which step; `reissue` finishes one that was interrupted."""
        parser.add_argument("step", choices=("announce", "switch", "reissue"))

    def handle(self, *args: Any, **options: Any) -> None:
        """Do the step and say what comes next."""
        if options["step"] == "reissue":
            self.stdout.write(f"{actions.reissue_all()} policies were signed anew.")
            return
        step = actions.announce_signing_key if options["step"] == "announce" else actions.switch_signing_key
        try:
            key_id = step(acting=Acting.system(), now=clock.now())
        except Conflict as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"Key {key_id}: {_NEXT[options['step']]}")


_NEXT = {
    "announce": (
        "announced to every agent, not yet signing. Devices that do not connect before the switch have to be "
        "enrolled again; leave them some days, then run `rotate_signing_key switch`."
    ),
    "switch": "signs from now on. The former key is destroyed.",
}

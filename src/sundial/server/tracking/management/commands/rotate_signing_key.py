"""`rotate_signing_key` replaces the key that signs tracking policies; its two steps can also be taken apart."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sundial.server.lib import clock
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import Conflict
from sundial.server.tracking import actions

_STEPS = {
    "both": actions.rotate_signing_key,
    "announce": actions.announce_signing_key,
    "switch": actions.switch_signing_key,
}
_DONE = {
    "both": "was announced, and signs from now on. The former key is destroyed.",
    "announce": "is announced to every agent and does not sign yet. Then run `rotate_signing_key switch`.",
    "switch": "signs from now on. The former key is destroyed.",
}


class Command(BaseCommand):
    """Makes a new signing key, announces it under the old one, switches, and signs every policy anew."""

    help = "Replace the key that signs tracking policies; versions stay what they are."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Both steps, or one of them; `reissue` finishes what was interrupted."""
        parser.add_argument("step", nargs="?", default="both", choices=(*_STEPS, "reissue"))

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, and say what was done."""
        step: str = options["step"]
        if step == "reissue":
            self.stdout.write(f"{actions.reissue_all()} policies were signed anew.")
            return
        try:
            key_id = _STEPS[step](acting=Acting.system(), now=clock.now())
        except Conflict as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"Key {key_id} {_DONE[step]}")

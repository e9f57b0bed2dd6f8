"""`rotate_company_key` gives a company's vault a new key and wraps the keys of its files under that one."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sundial.server.companies.queries import every_company
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting
from sundial.server.vault import actions


class Command(BaseCommand):
    """Makes the next key, wraps all files' keys again while all goes on, and destroys the former one."""

    help = "Replace the key of one company's vault."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which company; `--finish` only goes on where a rotation was interrupted."""
        parser.add_argument("company", type=int, help="the company's number")
        parser.add_argument("--finish", action="store_true", help="make no new key")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, and say what was done."""
        company_id: int = options["company"]
        if company_id not in every_company():
            raise CommandError("There is no such company.")
        if options["finish"]:
            actions.finish_company_keys(company_id=company_id, now=clock.now())
            self.stdout.write("Every key of a file lies under the key in use.")
            return
        number = actions.rotate_company_key(acting=Acting.system(), company_id=company_id, now=clock.now())
        self.stdout.write(f"Key {number} of company {company_id} is in use; the former one is destroyed.")

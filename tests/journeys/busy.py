"""An administrator who is busy: changes of every kind that the console's tables show, one request each."""

import itertools
import secrets
from collections.abc import Callable
from typing import Any

from tests.journeys.acts import Api

PEOPLE = 12
FILES = 4


class Busy:
    """Changes people, attributes, roles, files and their rules, in turn; all are its own, and `tidy` removes them."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.mark = f"busy-{secrets.token_hex(4)}"
        self._numbers = itertools.count(1)
        self._word = f"{self.mark}-held"
        api.ask("POST", "/attributes", {"name": self._word})
        self._words = [self._word]
        self._people = [self._person() for _ in range(PEOPLE)]
        self._on: set[object] = set()
        self._files = [self._file() for _ in range(FILES)]
        kinds: list[Callable[[], object]] = [
            self._rename, self._role, self._carry, self._many, self._rule, self._rename, self._no_rule, self._role,
            self._add_word, self._add_person, self._rename_file, self._bin, self._remove_person, self._remove_word,
        ]  # fmt: skip
        self._turns = itertools.cycle(kinds)

    def work(self, changes: int) -> None:
        """So many changes, each an HTTP request that was granted."""
        for _ in range(changes):
            next(self._turns)()

    def mark_now(self) -> str:
        """One change that can be told from all others: the attribute that is made."""
        self._add_word()
        return self._words[-1]

    def tidy(self) -> None:
        """Remove what is left of it."""
        for file in self._files:
            self.api.ask("DELETE", f"/files/{file}?for_good=true")
        self.api.ask("POST", "/users/bulk-delete", {"ids": self._people})
        for word in self._words:
            self.api.ask("DELETE", f"/attributes/{word}")

    # -- one change each ------------------------------------------------------------------------

    def _turn(self, many: list[int]) -> int:
        return many[next(self._numbers) % len(many)]

    def _other_way(self, what: object) -> bool:
        """On if it was off the time before, so that each request changes something."""
        self._on ^= {what}
        return what in self._on

    def _rename(self) -> None:
        self._change(self._turn(self._people), last_name=f"Number {next(self._numbers)}")

    def _role(self) -> None:
        person = self._turn(self._people)
        self._change(person, role="MANAGER" if self._other_way(("role", person)) else "EMPLOYEE")

    def _carry(self) -> None:
        person = self._people[-1]
        self._change(person, attributes=[self._word] if self._other_way(("carries", person)) else [])

    def _change(self, person: int, **changes: Any) -> None:
        self.api.ask("PATCH", f"/users/{person}", changes)

    def _many(self) -> None:
        held = [self._word] if self._other_way("many") else []
        self.api.ask("POST", "/users/bulk-attributes", {"ids": self._people[:5], "attributes": held})

    def _add_word(self) -> None:
        self._words.append(f"{self.mark}-{next(self._numbers)}")
        self.api.ask("POST", "/attributes", {"name": self._words[-1]})

    def _remove_word(self) -> None:
        self.api.ask("DELETE", f"/attributes/{self._words.pop()}")

    def _person(self) -> int:
        number = next(self._numbers)
        asked = {"email": f"{self.mark}-{number}@meghna.example", "first_name": "Busy", "last_name": f"Person {number}"}
        return int(self.api.ask("POST", "/users", asked)["id"])

    def _add_person(self) -> None:
        self._people.append(self._person())

    def _remove_person(self) -> None:
        self.api.ask("DELETE", f"/users/{self._people.pop(0)}")

    def _file(self) -> int:
        name = f"{self.mark}-{next(self._numbers)}.txt"
        sent = {"files": {"file": (name, b"what it says")}, "data": {"policy": self._word}}
        return int(self.api.ask("POST", "/files", **sent)["id"])

    def _rule(self) -> None:
        self.api.ask("PUT", f"/files/{self._turn(self._files)}/policy", {"policy": f"{self._word} or role = admin"})

    def _no_rule(self) -> None:
        self.api.ask("POST", "/files/policies/bulk-delete", {"ids": self._files[:2]})

    def _rename_file(self) -> None:
        name = f"{self.mark}-{next(self._numbers)}.txt"
        self.api.ask("PATCH", f"/files/{self._turn(self._files)}", {"name": name})

    def _bin(self) -> None:
        """One goes for good and another comes, in turn."""
        if len(self._files) < FILES:
            self._files.append(self._file())
        else:
            self.api.ask("DELETE", f"/files/{self._files.pop(0)}?for_good=true")

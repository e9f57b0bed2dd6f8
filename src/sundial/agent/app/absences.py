"""The absences that the person is asked about, from the moment they are back until they answer or begin another day."""

from dataclasses import dataclass

from msgspec import UNSET, UnsetType

from sundial.agent.core.absence import Absence

MOST = 20  # the eldest stay away, unasked


@dataclass(slots=True)
class Absences:
    """`waiting` is what is asked, the eldest first; `unsaved` what of it the disk does not know."""

    waiting: tuple[Absence, ...] = ()
    _unsaved: bool = False

    def restore(self, kept: tuple[Absence, ...]) -> None:
        """What an earlier run of the program had asked."""
        self.waiting = kept

    def ask(self, absence: Absence) -> None:
        """One more."""
        self._become((*self.waiting, absence)[-MOST:])

    def take(self, eid: str) -> Absence | None:
        """The one that is answered; None if it is not asked any more."""
        found = next((one for one in self.waiting if one.eid == eid), None)
        if found:
            self._become(tuple(one for one in self.waiting if one is not found))
        return found

    def forget(self) -> None:
        """They stay away: another session begins, or the device is another one."""
        if self.waiting:
            self._become(())

    def take_unsaved(self) -> tuple[Absence, ...] | UnsetType:
        """What is to be written now, if anything is."""
        changed, self._unsaved = self._unsaved, False
        return self.waiting if changed else UNSET

    def _become(self, waiting: tuple[Absence, ...]) -> None:
        self.waiting, self._unsaved = waiting, True

"""Folders as a tree: everybody in the company reads their names."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from sundial.server.lib.acting import Acting
from sundial.server.lib.scope import acting_for
from sundial.server.lib.words import storable
from sundial.server.vault import rules
from sundial.server.vault.models import Folder
from sundial.server.vault.queries.visible import company_of, folder_in_use, inside
from sundial.server.vault.types import FolderView


@dataclass(frozen=True, slots=True)
class Tree:
    """All folders in use: parent and name of each."""

    nodes: Mapping[int, tuple[int | None, str]]

    def path(self, folder_id: int | None) -> tuple[tuple[int, str], ...]:
        """Id and name of each folder from the top down to this one; nothing for one that is not in use."""
        found: list[tuple[int, str]] = []
        while folder_id is not None and folder_id in self.nodes and len(found) <= len(self.nodes):
            parent, name = self.nodes[folder_id]
            found.append((folder_id, name))
            folder_id = parent
        return tuple(reversed(found))

    def words(self, folder_id: int | None) -> str:
        """Where a folder lies, in words; empty for the top."""
        return " / ".join(name for _key, name in self.path(folder_id))

    def below(self, folder_id: int) -> set[int]:
        """This folder and all that lie in it."""
        found = {folder_id}
        while more := {key for key, (parent, _name) in self.nodes.items() if parent in found} - found:
            found |= more
        return found

    def all(self) -> list[tuple[int, str]]:
        """Every folder with its path in words, in the order of reading."""
        return sorted(((key, self.words(key)) for key in self.nodes), key=lambda one: one[1].casefold())


def tree() -> Tree:
    """The folders of the company in scope."""
    rows = Folder.objects.filter(binned_at__isnull=True).values_list("id", "parent_id", "name")
    return Tree({key: (parent, name) for key, parent, name in rows})


def folders_of(acting: Acting) -> Tree:
    """The folders of the company that `acting` belongs to."""
    with acting_for(company_of(acting)), transaction.atomic():
        return tree()


def folder(acting: Acting, folder_id: int) -> FolderView:
    """One folder in use; raises NotFound."""
    with acting_for(inside(acting)), transaction.atomic():
        return as_folder(folder_in_use(folder_id), tree())


def folder_list(acting: Acting, *, search: str = "", ordering: str = "path") -> list[FolderView]:
    """The folders in use whose names have these words; by `path`, each stands after the one it lies in."""
    words = [rules.folded(word) for word in storable(search).split()]
    with acting_for(company_of(acting)), transaction.atomic():
        known, rows = tree(), Folder.objects.filter(binned_at__isnull=True)
        for word in words:
            rows = rows.filter(folded__contains=word)
        found = [as_folder(row, known) for row in rows]
    return sorted(found, key=_KEYS[ordering.removeprefix("-")], reverse=ordering.startswith("-"))


_KEYS: dict[str, Callable[[FolderView], Any]] = {
    "path": lambda one: ([rules.folded(name) for _key, name in one.path], one.id),
    "name": lambda one: (rules.folded(one.name), one.id),
    "created_at": lambda one: (one.created_at, one.id),
}


def as_folder(row: Folder, known: Tree) -> FolderView:
    """A folder as lists show it."""
    return FolderView(
        row.pk, row.name, row.parent_id, row.created_by_id, row.created_at, row.binned_at, known.path(row.pk)
    )

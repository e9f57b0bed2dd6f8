"""The one import contract that import-linter lacks: sibling apps meet only through their public modules."""

from typing import cast

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class PublicFaceContract(Contract):
    """Between siblings of `container`, only modules named in `public`, or those in `also`, may be imported."""

    # A field becomes its value when the contract is read: to the type checker it is that value.
    container: str = cast(str, fields.StringField())
    public: list[str] = cast(list[str], fields.ListField(subfield=fields.StringField()))
    also: list[str] = cast(list[str], fields.ListField(subfield=fields.StringField(), required=False, default=[]))
    composers: list[str] = cast(list[str], fields.ListField(subfield=fields.StringField(), required=False, default=[]))

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Look at every import inside the container."""
        faults = [
            (importer, imported)
            for importer in sorted(graph.find_descendants(self.container))
            for imported in sorted(graph.find_modules_directly_imported_by(importer))
            if self._is_fault(importer, imported)
        ]
        return ContractCheck(kept=not faults, metadata={"faults": faults})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Name each import and what to do instead."""
        for importer, imported in check.metadata["faults"]:
            output.print_error(f"{importer} imports {imported}: go through actions, queries or types", bold=False)

    def _is_fault(self, importer: str, imported: str) -> bool:
        prefix = f"{self.container}."
        if not imported.startswith(prefix):
            return False
        mine, theirs = (name.removeprefix(prefix).split(".") for name in (importer, imported))
        if mine[0] == theirs[0] or mine[0] in self.composers:
            return False
        return not (len(theirs) == 1 or theirs[1] in self.public or self._allowed(imported))

    def _allowed(self, imported: str) -> bool:
        return any(imported == name or imported.startswith(f"{name}.") for name in self.also)

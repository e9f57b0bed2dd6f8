"""What happens to several apps at once, each in one transaction: to companies, and to the people in them."""

from sundial.server.lifecycle.actions.closing import close_company, delete_closed
from sundial.server.lifecycle.actions.companies import Founded, found_company, reactivate_company, suspend_company
from sundial.server.lifecycle.actions.exporting import (
    ask_export,
    fail_export,
    fetch_export,
    forget_exports,
    make_export,
)
from sundial.server.lifecycle.actions.people import (
    deactivate_person,
    let_go,
    let_go_many,
    reactivate_person,
    revoke_device,
)
from sundial.server.lifecycle.actions.trials import end_trials, warn_of_ends

__all__ = [
    "Founded",
    "ask_export",
    "close_company",
    "deactivate_person",
    "delete_closed",
    "end_trials",
    "fail_export",
    "fetch_export",
    "forget_exports",
    "found_company",
    "let_go",
    "let_go_many",
    "make_export",
    "reactivate_company",
    "reactivate_person",
    "revoke_device",
    "suspend_company",
    "warn_of_ends",
]

"""What happens to several apps at once, each in one transaction: to companies, and to the people in them."""

from sundial.server.lifecycle.actions.companies import Founded, found_company, reactivate_company, suspend_company
from sundial.server.lifecycle.actions.people import (
    Outcome,
    deactivate_person,
    let_go,
    let_go_many,
    reactivate_person,
    revoke_device,
)
from sundial.server.lifecycle.actions.trials import end_trials, warn_of_ends

__all__ = [
    "Founded",
    "Outcome",
    "deactivate_person",
    "end_trials",
    "found_company",
    "let_go",
    "let_go_many",
    "reactivate_company",
    "reactivate_person",
    "revoke_device",
    "suspend_company",
    "warn_of_ends",
]

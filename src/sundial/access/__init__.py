"""The attribute-rule language: text to rule, rule to a decision that explains itself. Pure: facts in, answer out."""

from sundial.access.check import check
from sundial.access.decide import Decision, Part, decide
from sundial.access.explain import THEY, YOU, Voice
from sundial.access.parse import parse
from sundial.access.printing import printed
from sundial.access.trees import NO_TREE, as_tree, from_tree
from sundial.access.truth import opens
from sundial.access.types import LANGUAGE, Facts, Kind, Outcome, Problem, Rule, RuleError
from sundial.access.words import BUILT_IN, RESERVED, ROLES, is_free_name

__all__ = [
    "BUILT_IN",
    "LANGUAGE",
    "NO_TREE",
    "RESERVED",
    "ROLES",
    "THEY",
    "YOU",
    "Decision",
    "Facts",
    "Kind",
    "Outcome",
    "Part",
    "Problem",
    "Rule",
    "RuleError",
    "Voice",
    "as_tree",
    "check",
    "decide",
    "from_tree",
    "is_free_name",
    "opens",
    "parse",
    "printed",
]

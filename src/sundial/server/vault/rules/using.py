"""Which attributes a rule names."""

from functools import lru_cache

from sundial import access
from sundial.access.types import leaves


def names_attribute(rule_text: str, name: str) -> bool:
    """Whether this rule names this attribute; a text that is no rule names none."""
    return name in _names(rule_text)


@lru_cache(maxsize=1024)
def _names(rule_text: str) -> frozenset[str]:
    try:
        return frozenset(leaf.name for leaf in leaves(access.parse(rule_text)))
    except access.RuleError:
        return frozenset()

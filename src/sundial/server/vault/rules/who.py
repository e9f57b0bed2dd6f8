"""Who may do what with a file that they see."""

from sundial.server.lib.acting import Acting, Role

INSIDE = frozenset({Role.ADMIN, Role.MANAGER, Role.EMPLOYEE})


def runs_vault(acting: Acting) -> bool:
    """Sees every file's name and arranges all of them; the content still opens by its rule alone."""
    return acting.role is Role.ADMIN


def may_change(acting: Acting, owner_id: int) -> bool:
    """Rename, move, bin, bring back, delete, add versions: an administrator, and whoever uploaded it."""
    return runs_vault(acting) or acting.id == owner_id


def may_rule(acting: Acting) -> bool:
    """Change the rule of a file that is there; whoever uploads a file says its first rule."""
    return acting.role is Role.ADMIN

"""The event × role table: every event there is, and the rooms that are told it. Nobody else hears it."""

ROOM_OF = {
    "ADMIN": "admin",
    "ADMIN in the dashboard": "dashboard",
    "MANAGER": "dashboard",
    "EMPLOYEE": "dashboard",
    "OWNER": "platform",
}
ADMINS = frozenset({"admin"})
COMPANY = frozenset({"admin", "dashboard"})
AGENTS = frozenset({"admin", "platform"})
ALL = frozenset({"admin", "dashboard", "platform"})

# Numbered: told again to whoever missed them.
NUMBERED = {
    "user_added": ADMINS,
    "user_updated": ADMINS,
    "user_deleted": ADMINS,
    "users_bulk_deleted": ADMINS,
    "users_bulk_attrs_updated": ADMINS,
    "user_roles_updated": ADMINS,
    "policy_added": ADMINS,
    "policy_updated": ADMINS,
    "policy_deleted": ADMINS,
    "policies_bulk_deleted": ADMINS,
    "attribute_added": ADMINS,
    "attribute_removed": ADMINS,
    "file_uploaded": ADMINS,
    "file_updated": ADMINS,
    "file_deleted": ADMINS,
    "folder_updated": ADMINS,
    "department_updated": ADMINS,
    "audit_log_added": ADMINS,
    "tracking_policy_changed": ALL,
}
# True only now: told at most once a second, each listener their own part where they may not hear it all.
PASSING = {
    "agents_status": AGENTS,
    "alerts_changed": ALL,
    "presence": COMPANY,  # admins: who has the console open; everybody else: who works, as far as they may see it
    "tasks_changed": COMPANY,
    "upload_progress": COMPANY,
    "vault_changed": COMPANY,
    "work_status": ADMINS,
}
HEARD = NUMBERED | PASSING


def heard_in(room: str) -> set[str]:
    """The events that somebody in this room is told."""
    return {kind for kind, rooms in HEARD.items() if room in rooms}

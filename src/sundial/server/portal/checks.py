"""What must hold before real people's data is recorded; each fault comes with the way out."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

_OWNED = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner = session_user"
_UNBOUND = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = session_user"
_FAR_PAGES = "SELECT current_setting('random_page_cost')::float"
_SLOW_DISK = 2.0  # as it comes it is 4: right where a disk turns, and wrong everywhere else
_TWO_LOGINS = "Point DATABASE_URL to a login of its own, and SUNDIAL_MIGRATE_URL to the one that owns the tables."


@register(Tags.security, deploy=True)
def production_is_safe(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Settings that production cannot do without, once anyone else may reach it."""
    env = settings.ENV
    if not env.production or env.local:
        return []
    found: list[CheckMessage] = []
    if not env.address.startswith("https://"):
        hint = "Set SUNDIAL_BASE_URL to the https:// address that people open; cookies are sent over TLS only."
        found.append(Error("Sundial does not know its address.", hint=hint, id="sundial.E001"))
    if not env.allowed_hosts:
        hint = "Set SUNDIAL_ALLOWED_HOSTS to the host names that people open, separated by commas."
        found.append(Error("Sundial does not know its host names.", hint=hint, id="sundial.E002"))
    if (env.data / "demo.json").exists():
        hint = "Use a fresh SUNDIAL_DATA_DIR and database: the passwords of a demo lie in a file."
        found.append(Error("This data directory holds a demo platform.", hint=hint, id="sundial.E003"))
    if not env.email_url:
        hint = "Set SUNDIAL_EMAIL_URL, for example smtp+tls://user:password@mail.example.org:587."
        found.append(checks.Warning("No mail can be sent: nobody can reset a password.", hint=hint, id="sundial.W001"))
    if not env.trusted_proxies:
        hint = "Set SUNDIAL_TRUSTED_PROXIES to the address of the proxy that ends TLS, for example 127.0.0.1."
        found.append(
            checks.Warning("No proxy is trusted, so no request counts as secure.", hint=hint, id="sundial.W002")
        )
    return found


@register(Tags.database)
def application_is_bound(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """The application's login must not be one that could step around row-level security."""
    found: list[CheckMessage] = []
    for alias in databases or ():
        with connections[alias].cursor() as cursor:
            cursor.execute(_OWNED)
            (owned,) = cursor.fetchone()
            cursor.execute(_UNBOUND)
            (unbound,) = cursor.fetchone()
        if owned:
            said = f"The application's login owns {owned} tables."
            found.append(Error(said, hint=_TWO_LOGINS, id="sundial.E004"))
        if unbound:
            said = "The application's login is a superuser, or bypasses row-level security."
            found.append(Error(said, hint=_TWO_LOGINS, id="sundial.E005"))
    return found


@register(Tags.database)
def indexes_are_used(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """A PostgreSQL that takes its disk for one that turns reads whole tables for the reports of a year."""
    found: list[CheckMessage] = []
    for alias in databases or ():
        with connections[alias].cursor() as cursor:
            cursor.execute(_FAR_PAGES)
            (cost,) = cursor.fetchone()
        if cost > _SLOW_DISK:
            said = f"PostgreSQL's random_page_cost is {cost:g}: reports of a large company take three times as long."
            hint = "On SSD, as an administrator: ALTER DATABASE … SET random_page_cost = 1.1, then connect anew."
            found.append(checks.Warning(said, hint=hint, id="sundial.W003"))
    return found

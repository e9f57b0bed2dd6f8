"""Every environment variable Sundial reads, typed, with its default; docs/reference/settings.md is made from this."""

from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from sundial.server.config import secrets_file
from sundial.server.config.shapes import DatabaseAddress, MailAddress, Network, SiteAddress

Names = Annotated[tuple[str, ...], NoDecode]
Networks = Annotated[tuple[Network, ...], NoDecode]
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class Environment(BaseSettings):
    """The environment as Sundial understands it; a value that does not fit stops the start with its name and why."""

    model_config = SettingsConfigDict(env_prefix="SUNDIAL_", frozen=True, extra="ignore", populate_by_name=True)

    database_url: DatabaseAddress | None = Field(
        None,
        validation_alias="DATABASE_URL",
        description="PostgreSQL 15 or newer; without it Sundial starts its own.",
    )
    migrate_url: DatabaseAddress | None = Field(
        None, description="The login that owns the tables and migrates; needed with DATABASE_URL to migrate."
    )
    data_dir: Path = Field(Path("var"), description="Where the embedded database, keys and files live.")
    port: int = Field(8000, ge=1, le=65535, description="The port to listen on; `$PORT` is honoured, too.")
    host: str = Field("127.0.0.1", description="The address to listen on.")
    base_url: SiteAddress | None = Field(None, description="How people reach this server, for links in mail.")
    secret_key: str | None = Field(None, description="Signs sessions; else made once and kept in the data directory.")
    mode: Literal["development", "demo", "production"] = Field(
        "production", description="`production` insists on safe settings; `demo` allows the demo platform."
    )
    checkpoint_dir: Path | None = Field(None, description="Where audit checkpoints are written; may be a mount.")
    archive_dir: Path | None = Field(None, description="Where archives of old audit entries are kept.")
    keys_dir: Path | None = Field(None, description="Where signing keys are kept; never in the database.")
    root_keys: str | None = Field(
        None, description="Root keys as `2:<32 bytes in base64>,3:…`, the highest in use; without it they lie in files."
    )
    bus: str = Field("postgres", pattern=r"^(memory|postgres)$", description="How processes hint at one another.")
    storage: str = Field("file", pattern=r"^file$", description="Where files are kept.")
    pictures_quota_gb: float = Field(20, gt=0, description="How much room one company's screenshots may take, in GB.")
    vault_quota_gb: float = Field(100, gt=0, description="How much room one company's files may take, in GB.")
    allowed_hosts: Names = Field((), description="Host names answered, separated by commas.")
    allowed_origins: Names = Field((), description="Origins that may open consoles, separated by commas.")
    trusted_proxies: Networks = Field((), description="Proxies whose forwarded headers are believed.")
    email_url: MailAddress = Field(
        "",
        description="smtp://user:password@host:port, smtp+tls:// or smtps://; empty writes mail to the log, "
        "in demo mode into the data directory's `mail/`.",
    )
    email_from: str = Field("Sundial <sundial@localhost>", description="The sender of mail.")
    log_format: Literal["console", "json"] = Field("console", description="How logs are written.")
    metrics_token: str | None = Field(None, description="Lets `/metrics` be read from elsewhere than loopback.")

    @field_validator("allowed_hosts", "allowed_origins", "trusted_proxies", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @property
    def production(self) -> bool:
        """True when real people's data is at stake and unsafe settings are refused."""
        return self.mode == "production"

    @property
    def local(self) -> bool:
        """True when nobody but this machine itself can reach the server, and no proxy speaks for it."""
        return self.host in LOOPBACK and not self.base_url and not self.allowed_hosts

    @property
    def data(self) -> Path:
        """The data directory, absolute."""
        return self.data_dir.resolve()

    @property
    def keys(self) -> Path:
        """Where key files live, absolute."""
        return (self.keys_dir or self.data / "keys").resolve()

    @property
    def checkpoints(self) -> Path:
        """Where audit checkpoints go, absolute."""
        return (self.checkpoint_dir or self.data / "checkpoints").resolve()

    @property
    def archives(self) -> Path:
        """Where old audit entries are archived, absolute."""
        return (self.archive_dir or self.data / "archives").resolve()

    @property
    def mail_folder(self) -> Path | None:
        """Where a demo without a mail server puts its mails, absolute; None elsewhere."""
        return self.data / "mail" if self.mode == "demo" and not self.email_url else None

    @property
    def address(self) -> str:
        """The address people open, without a final slash."""
        return (self.base_url or f"http://{self.host}:{self.port}").rstrip("/")

    @cached_property
    def secret(self) -> str:
        """The key that signs sessions, made on first use."""
        return self.secret_key or secrets_file.read_or_make(self.data / "secret_key")


def read() -> Environment:
    """Read the process's environment."""
    return Environment()

"""What may be typed, and what is said when it cannot be done."""

import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from sundial.run import cli
from sundial.run.commands import create_owner, manage, serve, simulate, verify
from sundial.run.errors import CannotRun
from sundial.run.instance import only_one
from sundial.run.web import require_free_port
from sundial.server.config.env import Environment
from tests.running import SUNDIAL


def sundial(*words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [str(SUNDIAL), *words], env=kept | environment, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody else listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield int(listener.getsockname()[1])


@pytest.mark.parametrize(
    ("words", "leads_to"),
    [
        (["serve"], serve),
        (["serve", "--role", "gateway", "--host", "0.0.0.0", "--port", "9"], serve),
        (["owner", "create", "a@example.test"], create_owner),
        (["simulate", "--agents", "5", "--seconds", "2", "--unruly"], simulate),
        (["audit", "verify", "--export", "e", "--checkpoint", "c", "--key", "k"], verify),
        (["audit", "verify", "--archive", "a", "--key", "k"], verify),
    ],
)
def test_each_command_is_understood(words: list[str], leads_to: object) -> None:
    assert cli.parser().parse_args(words).run is leads_to


def test_what_follows_manage_is_djangos_to_understand() -> None:
    given = cli.understood(["manage", "migrate", "--help"])
    assert (given.run, given.rest) == (manage, ["migrate", "--help"])


@pytest.mark.parametrize(
    "words", [[], ["nonsense"], ["serve", "--role", "queen"], ["devices", "--company", "x", "--count", "1"], ["audit"]]
)
def test_what_is_not_understood_is_said_with_the_usage(words: list[str]) -> None:
    done = sundial(*words)
    assert done.returncode == 2
    assert "usage: sundial" in done.stderr
    assert "Traceback" not in done.stderr


def test_help_names_every_command() -> None:
    said = sundial("--help").stdout
    assert all(name in said for name in ("serve", "owner", "demo", "simulate", "devices", "manage", "audit"))


def test_the_port_that_hosts_give_is_honoured_and_what_is_typed_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SUNDIAL_PORT", "SUNDIAL_HOST"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    monkeypatch.setenv("PORT", "7001")
    cli.apply(cli.parser().parse_args(["serve"]))
    assert os.environ["SUNDIAL_PORT"] == "7001"
    cli.apply(cli.parser().parse_args(["serve", "--port", "7002", "--host", "0.0.0.0"]))
    assert (os.environ["SUNDIAL_PORT"], os.environ["SUNDIAL_HOST"]) == ("7002", "0.0.0.0")


def test_a_taken_port_is_named_before_anything_is_begun(taken: int, open_dir: Path) -> None:
    done = sundial("serve", "--port", str(taken), SUNDIAL_DATA_DIR=str(open_dir / "var"))
    assert done.returncode == 2
    assert f"Port {taken} of 127.0.0.1 is already in use" in done.stderr
    assert not (open_dir / "var" / "pg").exists()


def test_an_address_that_is_not_ours_is_named() -> None:
    with pytest.raises(CannotRun, match=r"203\.0\.113\.9"):
        require_free_port(Environment(host="203.0.113.9"))


def test_a_database_that_does_not_answer_is_said_plainly(open_dir: Path) -> None:
    done = sundial(
        "demo",
        DATABASE_URL="postgresql://nobody@127.0.0.1:1/none",
        SUNDIAL_MIGRATE_URL="postgresql://nobody@127.0.0.1:1/none",
        SUNDIAL_DATA_DIR=str(open_dir / "var"),
        SUNDIAL_MODE="demo",
    )
    assert done.returncode == 2
    assert "The database does not answer" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SUNDIAL_PORT", "abc", "integer"),
        ("DATABASE_URL", "mysql://nobody@127.0.0.1/none", "postgresql://"),
        ("SUNDIAL_MIGRATE_URL", "nonsense", "postgresql://"),
        ("SUNDIAL_EMAIL_URL", "ftp://mail.example.org", "smtp://"),
        ("SUNDIAL_EMAIL_URL", "smtp://", "smtp://"),
        ("SUNDIAL_BASE_URL", "sundial.example.org", "https://"),
        ("SUNDIAL_EMAIL_URL", "smtp://mail.example.org:many", "smtp://"),
        ("SUNDIAL_TRUSTED_PROXIES", "127.0.0.1, nonsense", "nonsense"),
    ],
)
def test_a_value_that_does_not_fit_is_named_with_how_it_is_written(
    open_dir: Path, name: str, value: str, said: str
) -> None:
    done = sundial("serve", SUNDIAL_DATA_DIR=str(open_dir / "var"), **{name: value})
    assert done.returncode == 2
    assert done.stderr.startswith(f"sundial: {name}: ")
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not (open_dir / "var" / "pg").exists()


def test_the_demo_is_not_served_in_production(open_dir: Path) -> None:
    done = sundial("serve", "--demo", SUNDIAL_MODE="production", SUNDIAL_DATA_DIR=str(open_dir / "var"))
    assert done.returncode == 2
    assert "production" in done.stderr


def test_a_data_directory_is_given_back_when_its_holder_ends(tmp_path: Path) -> None:
    with only_one(tmp_path), pytest.raises(CannotRun, match=f"pid {os.getpid()}"), only_one(tmp_path):
        pass
    with only_one(tmp_path):
        assert (tmp_path / "serve.lock").read_text() == str(os.getpid())

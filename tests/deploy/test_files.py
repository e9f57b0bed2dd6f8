"""The files of deploy/ are what the programs that read them accept."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from sundial.run import cli
from tests.deploy.conftest import DEPLOY, NGINX, certify, nginx_text

ROOT = DEPLOY.parent
UNITS = sorted((DEPLOY / "systemd").iterdir())


def checked(*command: str | Path) -> None:
    """The program finds nothing to say."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


def test_systemd_accepts_every_unit(tmp_path: Path) -> None:
    """Names that systemd must find are made to be there: the program, the account, the settings."""
    program = tmp_path / "sundial"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    for unit in UNITS:
        text = unit.read_text().replace("/opt/sundial/.venv/bin/sundial", str(program))
        (tmp_path / unit.name.replace("@.", "@8001.")).write_text(text)
        if "@." in unit.name:
            (tmp_path / unit.name).write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", *sorted(tmp_path.glob("sundial*.*"))],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    said = [line for line in done.stderr.splitlines() if "sundial" in line]
    assert said == []


def test_every_unit_starts_a_command_that_exists() -> None:
    for unit in UNITS:
        for command in re.findall(r"^ExecStart=\S+ (.+)$", unit.read_text(), re.MULTILINE):
            cli.parser().parse_args(command.replace("%i", "8001").split())


def test_every_line_of_the_procfile_is_a_command_that_exists() -> None:
    lines = [line for line in (DEPLOY / "Procfile").read_text().splitlines() if not line.startswith("#")]
    assert [line.split(":")[0] for line in lines] == ["release", "web", "worker"]
    for line in lines:
        program, *words = line.split(": ", 1)[1].split()
        assert program == ".venv/bin/sundial"
        if words[0] != "manage":
            cli.parser().parse_args(words)


@pytest.mark.parametrize(
    "script", sorted([*DEPLOY.glob("*.sh"), *(ROOT / "tools").glob("*.sh")]), ids=lambda one: one.name
)
def test_shell_scripts_are_clean(script: Path) -> None:
    checked("shellcheck", script)


def test_nginx_accepts_the_sample(tmp_path: Path) -> None:
    certify(tmp_path)
    (tmp_path / "webs.conf").write_text((DEPLOY / "nginx" / "webs.conf").read_text())
    (tmp_path / "nginx.conf").write_text(nginx_text(tmp_path, 18443, 18080))
    checked(NGINX, "-t", "-q", "-c", tmp_path / "nginx.conf")


def test_nginx_accepts_it_with_gateways_of_their_own(tmp_path: Path) -> None:
    certify(tmp_path)
    (tmp_path / "webs.conf").write_text((DEPLOY / "nginx" / "webs.conf").read_text())
    upstream, locations = (DEPLOY / "nginx" / "split.conf").read_text().split("# 2. ")
    text = nginx_text(tmp_path, 18443, 18080)
    text = text.replace("upstream sundial {", upstream + "\nupstream sundial {", 1)
    text = text.replace("    location / {", "# " + locations + "\n    location / {", 1)
    (tmp_path / "nginx.conf").write_text(text)
    checked(NGINX, "-t", "-q", "-c", tmp_path / "nginx.conf")


def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    return loaded


def test_compose_names_files_that_exist_and_commands_that_exist() -> None:
    found = compose()
    for name, service in found["services"].items():
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            if source.startswith("./") and source != "./certificates":
                assert (DEPLOY / source).is_file(), (name, source)
            elif not source.startswith("./"):
                assert source in found["volumes"], (name, source)
        for other in service.get("depends_on", {}):
            assert other in found["services"]
        if service.get("image") == "sundial" and service["command"][0] != "manage":
            cli.parser().parse_args(service["command"])
    build = found["services"]["web"]["build"]
    assert (DEPLOY / build["context"] / build["dockerfile"]).resolve() == DEPLOY / "Containerfile"


def test_compose_keeps_no_password() -> None:
    for service in compose()["services"].values():
        for name, value in service.get("environment", {}).items():
            if "PASSWORD" in name:
                assert value.startswith("${"), name
            assert not re.search(r"://\w+:[^$]", str(value)), name


def test_the_script_of_the_database_replaces_both_passwords(tmp_path: Path) -> None:
    """What would go to psql has the given passwords and none of the sample's."""
    psql = tmp_path / "psql"
    psql.write_text(f"#!/bin/sh\ncat >{tmp_path}/asked.sql\n")
    psql.chmod(0o755)
    subprocess.run(
        ["sh", str(DEPLOY / "postgresql.sh")],
        env={
            "PATH": f"{tmp_path}:/usr/bin:/bin",
            "SUNDIAL_OWNER_PASSWORD": "first1",
            "SUNDIAL_APP_PASSWORD": "second2",
            "SUNDIAL_SQL": str(DEPLOY / "postgresql.sql"),
        },
        check=True,
        timeout=20,
    )
    asked = (tmp_path / "asked.sql").read_text()
    assert "'first1'" in asked
    assert "'second2'" in asked
    assert "change-this-owner" not in asked
    assert "change-this-app" not in asked


def test_the_container_is_built_from_files_that_exist_and_runs_as_nobody_special() -> None:
    lines = (DEPLOY / "Containerfile").read_text().replace("\\\n", " ").splitlines()
    for line in lines:
        if line.startswith("COPY ") and "--from=" not in line:
            for source in line.split()[1:-1]:
                assert (ROOT / source).exists(), source
    assert "USER sundial" in lines
    assert lines.index("USER sundial") < next(n for n, line in enumerate(lines) if line.startswith("ENTRYPOINT"))
    assert not [line for line in lines if line.startswith("FROM") and (":latest" in line or ":" not in line)]
    command = next(line for line in lines if line.startswith("CMD ["))
    cli.parser().parse_args(yaml.safe_load(command.removeprefix("CMD ")))


def test_what_the_container_is_not_built_from_is_none_of_what_it_needs() -> None:
    left_out = {line for line in (ROOT / ".containerignore").read_text().split("\n") if line and line[0] != "#"}
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (DEPLOY / "Containerfile").read_text(), re.MULTILINE)
    assert not left_out & {source for line in copied for source in line.split()}


def test_the_programs_that_check_are_there() -> None:
    """Else these tests would say nothing: tools/system_packages.sh installs them."""
    assert all(shutil.which(tool) for tool in ("shellcheck", "systemd-analyze"))

"""Section 1: the commands, and what they write."""

import json
import os
import re
import stat
import subprocess
from collections.abc import Callable
from itertools import takewhile
from pathlib import Path

import pytest

from tests.contract.house import Device, Firm, Person, ask, in_browser, known
from tests.running import SUNDIAL, Platform


def test_the_demo_writes_who_may_sign_in(platform: Platform) -> None:
    file = platform.data / "demo.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    demo = json.loads(file.read_text())
    assert set(demo) == {"base_url", "owner", "companies"}
    assert demo["base_url"] == platform.base_url
    first, second = demo["companies"][:2]
    for company in demo["companies"]:
        assert set(company) == {"id", "name", "company_key", "policy_delegated", "admin", "manager", "employees"}
        assert set(company["admin"]) == set(company["manager"]) == {"email", "password"}
        assert all(set(one) == {"id", "email", "password"} for one in company["employees"])
    assert (len(first["employees"]), first["policy_delegated"]) == (30, False)
    assert (len(second["employees"]), second["policy_delegated"]) == (4, True)
    passwords = re.findall(r'"password": "([^"]+)"', file.read_text())
    assert len(set(passwords)) == len(passwords) == 1 + 2 + 30 + 2 + 4
    assert all(len(one) >= 12 for one in passwords)


def test_everyone_of_the_demo_signs_in(platform: Platform, owner: Person) -> None:
    for company in platform.demo["companies"]:
        for account, role in ((company["admin"], "ADMIN"), (company["manager"], "MANAGER")):
            asked = {"email": account["email"], "password": account["password"]}
            data = ask(platform.base_url, "POST", "/api/login", json=asked).json()["data"]
            assert (data["role"], data["company_id"]) == (role, company["id"])
        for account in company["employees"][:2]:
            asked = {"email": account["email"], "password": account["password"]}
            data = ask(platform.base_url, "POST", "/api/login", json=asked).json()["data"]
            assert (data["role"], data["id"]) == ("EMPLOYEE", account["id"])
    listed = {item["id"]: item for item in owner.get("/api/v1/companies?page_size=100&ordering=id").json()["items"]}
    first, second = platform.demo["companies"][:2]
    assert (listed[first["id"]]["status"], listed[second["id"]]["status"]) == ("ACTIVE", "TRIAL")
    assert (listed[first["id"]]["policy_delegated"], listed[second["id"]]["policy_delegated"]) == (False, True)
    assert listed[first["id"]]["classic_clients"] is True
    assert listed[first["id"]]["company_key"] == first["company_key"]


def test_the_demo_s_logs_read_in_the_order_of_what_happened(platform: Platform) -> None:
    for company in platform.demo["companies"][:2]:
        admin = known(platform, company["admin"])
        entries = admin.get("/api/v1/audit/export?format=json").json()
        told = takewhile(
            lambda one: one["action_type"] != "POLICY_ACKNOWLEDGED", entries
        )  # then agents come, all at once
        moments = [one["timestamp"] for one in told]
        assert len(moments) > 20
        assert moments == sorted(moments)


def test_the_first_look_at_the_demo_finds_agents_that_were_there_and_sums_that_are_made(
    platform: Platform, owner: Person
) -> None:
    first = platform.demo["companies"][0]
    admin = known(platform, first["admin"])
    silent = {one["email"] for one in admin.get("/api/dashboard-alerts/").json()["never_synced_agents"]}
    assert silent == {one["email"] for one in first["employees"][25:]}, "the others have a month behind them"
    asked = admin.get("/api/v1/manual-time?state=ASKED").json()
    assert asked["count"] > 0, "somebody waits for an answer"
    with in_browser(owner) as browser:
        page = browser.get("/owner/").text
    assert ">0:00:00<" not in page.split(f">{first['name']}<")[1].split("</tr>")[0]


def test_seeding_again_changes_nothing(platform: Platform) -> None:
    before = (platform.data / "demo.json").read_bytes()
    assert platform.run("demo").returncode == 0
    assert (platform.data / "demo.json").read_bytes() == before


def test_devices_are_ready_to_poll(platform: Platform, firm: Firm) -> None:
    made = platform.run("devices", "--company", str(firm.id), "--count", "3")
    assert made.returncode == 0, made.stderr
    lines = [line.split(" ") for line in made.stdout.splitlines()]
    assert [len(line) for line in lines] == [2, 2, 2]
    for number, token in lines:
        device = Device(platform.base_url, int(number), token, firm.id, "", [])
        policy = device.policy()
        assert policy.status_code == 200
        assert policy.json()["company_id"] == firm.id


def test_agents_are_simulated_over_the_wire(platform: Platform) -> None:
    done = platform.run("simulate", "--agents", "5", "--admins", "1", "--seconds", "4")
    assert done.returncode == 0, done.stderr
    last = done.stdout.splitlines()[-2:]
    assert any(re.match(r"5 of 5 agents .*applied 5 .* ms", line) for line in last), done.stdout
    assert any(re.match(r"1 admin .* acts .* ms", line) for line in last), done.stdout


def test_django_commands_attach_to_the_running_database(platform: Platform) -> None:
    shown = platform.run("manage", "showmigrations", "--plan")
    assert shown.returncode == 0
    assert "[ ]" not in shown.stdout


@pytest.mark.parametrize(
    ("words", "mode"),
    [
        ("demo", {}), ("demo", {"SUNDIAL_MODE": "production"}), ("serve --demo", {}),
        ("devices --company 1 --count 1", {}), ("simulate --agents 1", {}),
    ],
)  # fmt: skip
def test_demo_commands_are_refused_in_production(tmp_path: Path, words: str, mode: dict[str, str]) -> None:
    """Which is the mode if none is said."""
    environment = {"PATH": os.environ["PATH"], "SUNDIAL_DATA_DIR": str(tmp_path), **mode}
    command = [str(SUNDIAL), *words.split()]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "production" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_live_log_is_verified(platform: Platform, firm: Firm) -> None:
    firm.save(screenshot_quality=60)
    done = platform.run("audit", "verify")
    assert done.returncode == 0, done.stdout + done.stderr


def test_an_export_is_verified_and_no_character_may_change(
    platform: Platform, found_firm: Callable[[], Firm], tmp_path: Path
) -> None:
    firm = found_firm()
    for quality in (60, 61, 62):
        firm.save(screenshot_quality=quality)
    bundle = firm.admin.get("/api/v1/audit/export").content
    file = tmp_path / "bundle"

    def verified(data: bytes) -> subprocess.CompletedProcess[str]:
        file.write_bytes(data)
        return platform.run("audit", "verify", "--export", str(file))

    good = verified(bundle)
    assert good.returncode == 0, good.stdout + good.stderr
    inside = bundle.index(b'"screenshot_quality"')
    for place in (inside + 1, len(bundle) - 1):
        changed = bytearray(bundle)
        changed[place] = ord("x") if changed[place] != ord("x") else ord("y")
        bad = verified(bytes(changed))
        assert bad.returncode == 1, (place, bad.stdout, bad.stderr)
        assert "Traceback" not in bad.stderr
    bad = verified(bundle.replace(b'"screenshot_quality":61', b'"screenshot_quality":16', 1))
    assert bad.returncode == 1
    assert re.search(r"\bseq\b\W*\d+|\bentry\b\W*\d+", bad.stdout), bad.stdout
    assert verified(bundle + b"\n").returncode == 1, "what was added is a change, too"
    missing = platform.run("audit", "verify", "--export", str(tmp_path / "none"))
    assert missing.returncode == 2


def test_unknown_words_are_refused(platform: Platform) -> None:
    for words in (("nonsense",), ("serve", "--role", "king")):
        done = platform.run(*words)
        assert done.returncode == 2
        assert "Traceback" not in done.stderr

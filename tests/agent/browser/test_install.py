"""What the install command writes for browsers, and takes back."""

import base64
import hashlib
import json
import stat
import subprocess
from pathlib import Path

import pytest

from sundial.agent.probes.browser import BrowserProbe, CannotInstall, extension_folder, install, uninstall
from sundial.agent.probes.browser.probe import NOT_CONNECTED, NOT_INSTALLED
from sundial.agent.probes.browser.words import EXTENSION_ID, HOST_NAME, ORIGIN


def test_every_browser_that_the_user_has_is_told_how_to_start_the_relay(tmp_path: Path) -> None:
    home, profile = tmp_path / "home", tmp_path / "my agent's profile"
    for name in ("chromium", "BraveSoftware/Brave-Browser"):
        (home / ".config" / name).mkdir(parents=True)
    done = install(None, profile, {"HOME": str(home)})
    assert done.browsers == ("Chromium", "Brave")
    assert str(extension_folder()) in done.next_step
    for name in ("chromium", "BraveSoftware/Brave-Browser"):
        manifest = home / ".config" / name / "NativeMessagingHosts" / f"{HOST_NAME}.json"
        words = json.loads(manifest.read_text())
        assert words["allowed_origins"] == [ORIGIN]
        assert words["path"] == str(profile / "browser-relay")
    assert not (home / ".config" / "google-chrome").exists()


def test_the_script_is_the_users_own_and_starts_the_relay_whatever_the_folder_is_called(tmp_path: Path) -> None:
    profile = tmp_path / "my agent's $(profile)"
    install(tmp_path / "data", profile, {})
    script = profile / "browser-relay"
    assert stat.S_IMODE(script.stat().st_mode) == 0o700
    done = subprocess.run([script, ORIGIN], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert (done.returncode, "the agent does not run" in done.stderr) == (1, True)


def test_installing_twice_is_installing_once_and_uninstalling_leaves_what_is_anothers(tmp_path: Path) -> None:
    data, mine, other = tmp_path / "data", tmp_path / "mine", tmp_path / "other"
    install(data, mine, {})
    install(data, mine, {})
    assert BrowserProbe(mine).available == NOT_CONNECTED
    assert len(list((data / "NativeMessagingHosts").iterdir())) == 1
    install(data, other, {})
    assert uninstall(data, mine, {}) == [mine / "browser-relay"]
    assert BrowserProbe(mine).available == NOT_INSTALLED
    assert len(uninstall(data, other, {})) == 2
    assert list((data / "NativeMessagingHosts").iterdir()) == []


def test_without_a_browser_or_a_writable_folder_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(CannotInstall, match="--user-data-dir"):
        install(None, tmp_path, {"HOME": str(tmp_path)})
    (tmp_path / "file").touch()
    with pytest.raises(CannotInstall, match="could not be written"):
        install(tmp_path / "file", tmp_path / "agent", {})


def test_the_extension_asks_for_little_and_has_the_id_that_the_relay_serves() -> None:
    manifest = json.loads((extension_folder() / "manifest.json").read_text())
    digest = hashlib.sha256(base64.b64decode(manifest["key"])).hexdigest()[:32]
    assert "".join(chr(ord("a") + int(digit, 16)) for digit in digest) == EXTENSION_ID
    assert manifest["permissions"] == ["tabs", "nativeMessaging", "alarms"]
    assert manifest["incognito"] == "not_allowed"
    assert not {"host_permissions", "content_scripts", "optional_permissions"} & manifest.keys()
    assert manifest["content_security_policy"]["extension_pages"].startswith("default-src 'none'")

"""Tells the browsers of this user how to start the relay: one manifest a browser, one small script a profile."""

import json
import os
import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sundial.agent.probes.browser.words import EXTENSION_ID, HOST_NAME, ORIGIN

MANIFESTS = "NativeMessagingHosts"
WRAPPER = "browser-relay"
LINUX = {
    "Chromium": "chromium",
    "Google Chrome": "google-chrome",
    "Brave": "BraveSoftware/Brave-Browser",
    "Microsoft Edge": "microsoft-edge",
}
MACOS = {
    "Chromium": "Chromium",
    "Google Chrome": "Google/Chrome",
    "Brave": "BraveSoftware/Brave-Browser",
    "Microsoft Edge": "Microsoft Edge",
}


class CannotInstall(Exception):
    """Nothing was installed; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Installed:
    """What was done, and what the person does next."""

    browsers: tuple[str, ...]
    extension: Path

    @property
    def next_step(self) -> str:
        """Plain words for the terminal."""
        return (
            f"Prepared: {', '.join(self.browsers)}.\n"
            "Now load the extension, once in each browser profile:\n"
            "  1. open chrome://extensions and switch on “Developer mode”\n"
            f"  2. press “Load unpacked” and choose {self.extension}\n"
            f"The extension's id is {EXTENSION_ID}."
        )


def install(user_data_dir: Path | None, profile: Path, environ: Mapping[str, str]) -> Installed:
    """For one browser folder, or for every known browser of this user; may be repeated. Raises CannotInstall."""
    if sys.platform == "win32":
        raise CannotInstall("On Windows websites are not recorded yet.")
    extension = extension_folder()
    browsers = {str(user_data_dir): user_data_dir} if user_data_dir else _browsers(environ)
    if not browsers:
        raise CannotInstall(
            "No Chromium, Google Chrome, Brave or Microsoft Edge was found for this user. "
            "Start it once, or name its folder with --user-data-dir."
        )
    try:
        wrapper = _write_wrapper(profile.expanduser().resolve())
        for folder in browsers.values():
            _write_manifest(folder.expanduser().resolve() / MANIFESTS, wrapper)
    except OSError as error:
        raise CannotInstall(f"A file could not be written: {error}") from error
    return Installed(tuple(browsers), extension)


def uninstall(user_data_dir: Path | None, profile: Path, environ: Mapping[str, str]) -> list[Path]:
    """Take back what `install` wrote for this profile, and nothing of another's; what was removed."""
    wrapper = profile.expanduser().resolve() / WRAPPER
    folders = [user_data_dir] if user_data_dir else list(_browsers(environ).values())
    manifests = [folder.expanduser().resolve() / MANIFESTS / f"{HOST_NAME}.json" for folder in folders]
    gone = [manifest for manifest in manifests if _starts(manifest, wrapper)]
    if wrapper.exists():
        gone.append(wrapper)
    for path in gone:
        path.unlink()
    return gone


def is_installed(profile: Path) -> bool:
    """Whether browsers were told how to reach this profile's agent; the extension may still be missing."""
    return (profile.expanduser().resolve() / WRAPPER).exists()


def extension_folder() -> Path:
    """In an installed agent inside the package, in a checkout at its root."""
    here = Path(__file__).resolve()
    for folder in (here.parents[2] / "extension", here.parents[5] / "extension"):
        if (folder / "manifest.json").is_file():
            return folder
    raise CannotInstall("The extension's files are missing from this installation.")


def _browsers(environ: Mapping[str, str]) -> dict[str, Path]:
    """Those that this user has started at least once."""
    home = Path(environ.get("HOME") or Path.home())
    if sys.platform == "darwin":
        root, names = home / "Library" / "Application Support", MACOS
    else:
        root, names = Path(environ.get("XDG_CONFIG_HOME") or home / ".config"), LINUX
    return {browser: root / name for browser, name in names.items() if (root / name).is_dir()}


def _write_wrapper(profile: Path) -> Path:
    """Browsers start a file without arguments of ours, so this one carries them."""
    profile.mkdir(parents=True, exist_ok=True, mode=0o700)
    command = shlex.join([*_relay(), "--profile", str(profile)])
    return _write(profile / WRAPPER, f'#!/bin/sh\nexec {command} "$@"\n', 0o700)


def _relay() -> list[str]:
    if getattr(sys, "frozen", False):  # packaged as one program, which has no `-m`
        return [sys.executable, "browser-relay"]
    return [sys.executable, "-I", "-m", "sundial.agent.probes.browser.relay"]


def _write_manifest(folder: Path, wrapper: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    manifest = {
        "name": HOST_NAME,
        "description": "Tells the Sundial agent which website is in front.",
        "path": str(wrapper),
        "type": "stdio",
        "allowed_origins": [ORIGIN],
    }
    _write(folder / f"{HOST_NAME}.json", json.dumps(manifest, indent=2) + "\n", 0o600)


def _write(path: Path, text: str, mode: int) -> Path:
    """Whole or not at all."""
    new = path.with_name(f".{path.name}.{os.getpid()}")
    new.write_text(text, encoding="utf-8")
    new.chmod(mode)
    new.replace(path)
    return path


def _starts(manifest: Path, wrapper: Path) -> bool:
    try:
        words = json.loads(manifest.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(words, dict) and words.get("path") == str(wrapper)

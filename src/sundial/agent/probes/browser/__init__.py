"""Websites: a small browser extension, the relay that the browser starts for it, and the probe that hears them."""

from sundial.agent.probes.browser.install import CannotInstall, Installed, extension_folder, install, uninstall
from sundial.agent.probes.browser.probe import BrowserProbe

__all__ = ["BrowserProbe", "CannotInstall", "Installed", "extension_folder", "install", "uninstall"]

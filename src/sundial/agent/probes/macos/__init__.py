"""Probes for macOS: written from Apple's documentation, type-checked, not yet run on such a machine."""

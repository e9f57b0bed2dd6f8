"""Probes for Windows: written from Microsoft's documentation, type-checked, not yet run on such a machine."""

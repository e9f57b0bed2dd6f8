"""The desk of a Linux machine with an X server; X11Desk is what there is to it."""

from sundial.agent.probes.x11.desk import X11Desk

__all__ = ["X11Desk"]

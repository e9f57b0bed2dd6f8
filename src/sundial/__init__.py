"""Sundial: workforce time and activity, recorded in the light."""

__version__ = "0.1.0"

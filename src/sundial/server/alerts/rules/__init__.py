"""The rules of alerts, pure: what holds at a moment, and from when on it counts."""

from sundial.server.alerts.rules.hours import working_minutes
from sundial.server.alerts.rules.places import browser_of, network_of
from sundial.server.alerts.rules.readings import company_readings, measured_rules, platform_readings
from sundial.server.alerts.rules.steps import Known, Step, step

__all__ = [
    "Known",
    "Step",
    "browser_of",
    "company_readings",
    "measured_rules",
    "network_of",
    "platform_readings",
    "step",
    "working_minutes",
]

"""Writes of devices."""

from sundial.server.devices.actions.acknowledging import acknowledge
from sundial.server.devices.actions.classic import classic_device, record_heartbeat
from sundial.server.devices.actions.ending import revoke, revoke_all_of_person
from sundial.server.devices.actions.enrolling import enrol, make_enrolment_code
from sundial.server.devices.actions.readying import heard_of, ready_devices
from sundial.server.devices.actions.telling import notify, tell_company_status, tell_person

__all__ = [
    "acknowledge",
    "classic_device",
    "enrol",
    "heard_of",
    "make_enrolment_code",
    "notify",
    "ready_devices",
    "record_heartbeat",
    "revoke",
    "revoke_all_of_person",
    "tell_company_status",
    "tell_person",
]

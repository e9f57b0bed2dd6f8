"""Devices: enrolment, tokens, acknowledgements, notices, presence, and what each has applied."""

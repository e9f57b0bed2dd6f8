"""The first system's JSON doors, kept under the same names over the same actions."""

"""What the real desktop agent costs the machine of the one who works at it."""

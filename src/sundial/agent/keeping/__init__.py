"""What belongs to a profile folder beside its data: the token's place, the log, and that only one program uses it."""

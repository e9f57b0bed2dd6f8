"""The Django side: one app per subject, each importing only the ones beneath it."""

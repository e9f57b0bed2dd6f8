"""What people did: work sessions, spans, their sums, and screenshots."""

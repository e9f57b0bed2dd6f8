"""Companies, the people in them, their teams, and what each role may do."""

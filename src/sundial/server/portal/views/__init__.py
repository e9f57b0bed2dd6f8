"""The pages of people, a module each."""

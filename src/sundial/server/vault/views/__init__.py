"""The pages of the vault."""

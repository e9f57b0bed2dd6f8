"""Whoever removes an attribute is told which files' rules name it: said to `companies`, which cannot know of files."""

from sundial.server.companies.actions.uses import register_attribute_use
from sundial.server.vault.queries.files import files_with

register_attribute_use(files_with)

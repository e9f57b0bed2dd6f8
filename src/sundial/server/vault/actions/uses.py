"""What apps beneath this one are told of files: which rules name an attribute, and how much room files take."""

from sundial.server.activity.actions.pictures import register_kept
from sundial.server.companies.actions.uses import register_attribute_use
from sundial.server.vault.queries.files import files_with
from sundial.server.vault.queries.uploads import files_kept

register_attribute_use(files_with)
register_kept(files_kept)

"""The vault's tables: folders and files, the keys they are sealed under, uploads under way, shares and refusals."""

from sundial.server.vault.models.files import File, Folder, Version
from sundial.server.vault.models.keys import CompanyKey
from sundial.server.vault.models.reading import Denial, Share
from sundial.server.vault.models.uploads import Upload

__all__ = ["CompanyKey", "Denial", "File", "Folder", "Share", "Upload", "Version"]

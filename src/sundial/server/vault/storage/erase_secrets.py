"""A secret for each version of a file: without it the version's key does not open."""

from sundial.server.lib.erase_secrets import EraseSecrets

SECRETS = EraseSecrets("vault", "files")

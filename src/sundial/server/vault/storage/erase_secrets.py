"""A secret for each version of a file: without it the version's key does not open."""

from sundial.server.lib.erase_secrets import EraseSecrets

_SECRETS = EraseSecrets("vault", "files")

make_secret, read_secret, secret_is_there = _SECRETS.make, _SECRETS.read, _SECRETS.is_there
destroy_secret, secrets_kept = _SECRETS.destroy, _SECRETS.kept

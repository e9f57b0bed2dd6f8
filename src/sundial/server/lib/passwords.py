"""How passwords are hashed: argon2id at OWASP's recommended cost, which a crowd signing in at once does not turn into
gigabytes; hashes made at another cost are renewed at the next sign-in."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2(Argon2PasswordHasher):
    """19 MiB, two passes, one lane (OWASP Password Storage Cheat Sheet)."""

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1

"""Who this device is: the identity in the profile folder, its token in the keyring where there is one."""

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from sundial.agent.cache import Cache, Unreadable
from sundial.agent.config import Identity
from sundial.agent.keeping.tokens import IN_A_FILE, NoKeyring, Tokens


@dataclass(slots=True)
class Identities:
    """`note` is what the person should know of where the token lies; empty while it is in the keyring."""

    cache: Cache
    tokens: Tokens
    say: Callable[[str], None]
    note: str = ""

    async def load(self) -> Identity | None:
        """The identity with its token; None if this device is enrolled nowhere, or its token is out of reach."""
        try:
            kept = self.cache.identity()
        except Unreadable as error:
            self.say(f"Who this device is cannot be read ({error}); enrol it again")
            self.note = "This device's identity could not be read: enrol it again."
            return None
        if kept is None:
            return None
        if kept.token:
            self.note = IN_A_FILE
            return kept
        return await self._with_token(kept)

    async def keep(self, identity: Identity) -> None:
        """Be this device from now on. Raises OSError."""
        try:
            await self.tokens.keep(identity.token)
        except NoKeyring as error:
            self.say(f"The keyring was not used: {error}; the token is in a file that only you can read")
            self.note = IN_A_FILE
            self.cache.adopt(identity)
        else:
            self.note = ""
            self.cache.adopt(msgspec.structs.replace(identity, token=""))

    async def forget(self) -> None:
        """The token has ended."""
        self.note = ""
        try:
            await self.tokens.forget()
        except NoKeyring as error:
            self.say(f"The ended token could not be taken out of the keyring: {error}")
        try:
            self.cache.forget_identity()
        except OSError as error:
            self.say(f"The ended identity could not be deleted: {error}")

    async def _with_token(self, kept: Identity) -> Identity | None:
        try:
            token = await self.tokens.read()
        except NoKeyring as error:
            self.say(f"The keyring does not give this device's token: {error}")
            self.note = "Your keyring is locked or gone. Unlock it and start the agent again, or enrol anew."
            return None
        if token is None:
            self.note = "Your keyring does not hold this device's token any more: enrol it again."
            return None
        return msgspec.structs.replace(kept, token=token)

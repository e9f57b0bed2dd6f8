"""Another web process, for tests: `python -m tests.server.realtime.second_process` says its address and serves."""

import asyncio
import os
import sys

import django

django.setup()

from sundial.server.companies.sockets import identity_of  # noqa: E402 - models need the line above
from tests.server.realtime.house import open_house  # noqa: E402 - models need the line above


async def main() -> None:
    """Serve until the parent closes the pipe."""
    async with open_house(os.environ["DATABASE_URL"], identity_of) as house:
        sys.stdout.write(house.address + "\n")
        sys.stdout.flush()
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


asyncio.run(main())

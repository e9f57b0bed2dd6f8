"""The gateway in a process of its own, exactly as `sundial serve --role gateway` serves it.

python -m bench.gateway_server DSN PORT
"""

import os
import sys

from sundial.run import web
from sundial.server.config import env

if __name__ == "__main__":
    os.environ |= {"SUNDIAL_PORT": sys.argv[2], "SUNDIAL_HOST": "127.0.0.1"}
    environment = env.read()
    web.run(environment, web.gateway_alone(environment, sys.argv[1]))

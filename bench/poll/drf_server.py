"""The peer: the same door as people write it, a Django REST framework view with token authentication, over PostgreSQL.

python -m bench.poll.drf_server DSN PORT TOKENS

Served by our own WSGI bridge, which is the fastest way we know of serving Django; everything else is as
`startproject` and the framework's documentation have it. Prints its tokens into the file TOKENS.
"""

import sys
from pathlib import Path
from typing import Any

import django
from django.conf import settings

from sundial.server.config.database import settings_from

HOW_MANY = 64


def configure(dsn: str) -> None:
    """The settings of a small project."""
    database = settings_from(dsn, pool_size=4)
    database["ENGINE"] = "django.db.backends.postgresql"
    database["ATOMIC_REQUESTS"] = False
    settings.configure(
        DEBUG=False,
        SECRET_KEY="bench",
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF=__name__,
        DATABASES={"default": database},
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.messages",
            "rest_framework",
            "rest_framework.authtoken",
        ],
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
        ],
    )
    django.setup()


configure(sys.argv[1])

import uvicorn
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.urls import path
from rest_framework.authentication import TokenAuthentication
from rest_framework.authtoken.models import Token
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from sundial.protocol.settings import defaults
from sundial.run.wsgi_bridge import Bridge

ETAG = '"v1"'


class EmployeeConfig(APIView):
    """The configuration, unchanged if the caller has it."""

    authentication_classes = (TokenAuthentication,)
    permission_classes = (IsAuthenticated,)

    def get(self, request: Request) -> Response:
        """Answer."""
        if request.headers.get("If-None-Match") == ETAG:
            return Response(status=304, headers={"ETag": ETAG})
        return Response({"status": True, "config": defaults()}, headers={"ETag": ETAG})


urlpatterns = [path("api/employee-config/", EmployeeConfig.as_view())]


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Everything is Django's."""
    await bridge(scope, receive, send)


if __name__ == "__main__":
    call_command("migrate", verbosity=0, interactive=False)
    users = [User.objects.create(username=f"employee{number}") for number in range(HOW_MANY)]
    tokens = [Token.objects.create(user=user).key for user in users]
    Path(sys.argv[3]).write_text("".join(f"{token}\n" for token in tokens))
    bridge = Bridge(get_wsgi_application(), threads=2)
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=int(sys.argv[2]),
        loop="uvloop",
        http="httptools",
        lifespan="off",
        log_level="error",
        access_log=False,
        backlog=4096,
        timeout_keep_alive=75,
    )

"""The peer: the same door as people write it, a Django REST framework view with a serializer and bulk_create.

python -m bench.ingest.drf_server DSN PORT TOKENS

Settings, server and tokens are those of `bench.poll.drf_server`; it keeps no sums.
"""

import sys
from pathlib import Path
from typing import Any

from bench.poll.drf_server import configure

if __name__ == "__main__":
    import uvicorn
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application
    from django.db import connection, models
    from django.urls import path
    from rest_framework import serializers
    from rest_framework.authentication import TokenAuthentication
    from rest_framework.authtoken.models import Token
    from rest_framework.permissions import IsAuthenticated
    from rest_framework.request import Request
    from rest_framework.response import Response
    from rest_framework.views import APIView

    from sundial.run.wsgi_bridge import Bridge

    class Fact(models.Model):
        """A span."""

        eid = models.UUIDField(primary_key=True)
        user = models.ForeignKey(User, on_delete=models.CASCADE)
        session = models.UUIDField()
        kind = models.CharField(max_length=20)
        app = models.CharField(max_length=1000, blank=True)
        title = models.CharField(max_length=1000, blank=True)
        exe = models.CharField(max_length=1000, blank=True)
        start = models.DateTimeField()
        end = models.DateTimeField()
        mono_ms = models.BigIntegerField()
        boot_id = models.CharField(max_length=128)
        tz_offset_min = models.SmallIntegerField()

        class Meta:
            """Found by person and time."""

            app_label = "bench"
            indexes = (models.Index(fields=["user", "start"], name="fact_by_person"),)

    class FactSerializer(serializers.ModelSerializer[Fact]):
        """What is taken."""

        eid = serializers.UUIDField()  # whether it is there already is left to ignore_conflicts

        class Meta:
            """All but whose it is."""

            model = Fact
            exclude = ("user",)

    class Batches(APIView):
        """Facts of whoever calls."""

        authentication_classes = (TokenAuthentication,)
        permission_classes = (IsAuthenticated,)

        def post(self, request: Request) -> Response:
            """Keep them."""
            taken = FactSerializer(data=request.data["events"], many=True)
            taken.is_valid(raise_exception=True)
            facts = [Fact(user=request.user, **one) for one in taken.validated_data]
            Fact.objects.bulk_create(facts, ignore_conflicts=True)
            return Response({"accepted": [fact.eid for fact in facts]}, status=201)

    urlpatterns = [path("batches", Batches.as_view())]

    async def app(scope: Any, receive: Any, send: Any) -> None:
        """Everything is Django's."""
        await bridge(scope, receive, send)

    configure.__globals__["urlpatterns"][:] = urlpatterns
    call_command("migrate", verbosity=0, interactive=False)
    with connection.schema_editor() as editor:
        editor.create_model(Fact)
    users = [User.objects.create(username=f"employee{number}") for number in range(64)]
    Path(sys.argv[3]).write_text("".join(f"{Token.objects.create(user=user).key}\n" for user in users))
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
    )

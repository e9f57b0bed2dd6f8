"""The peer: the same door as people write it, a Django REST framework view with serializers and bulk_create.

python -m bench.ingest.drf_server DSN PORT TOKENS bare|same

Settings, server and tokens are those of `bench.poll.drf_server`. `bare` only keeps; `same` does what ours does.
"""

import sys
from pathlib import Path
from typing import Any

from bench.poll.drf_server import configure

HOW_MANY, COMPANIES = 64, 8

if __name__ == "__main__":
    import uvicorn
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application
    from django.db import connection
    from django.urls import path
    from rest_framework.authtoken.models import Token

    from bench.ingest.drf_models import TENANT, Employee, Fact, Usage, WorkSession
    from bench.ingest.drf_views import Bare, Same
    from sundial.run.wsgi_bridge import Bridge

    async def app(scope: Any, receive: Any, send: Any) -> None:
        """Everything is Django's."""
        await bridge(scope, receive, send)

    same = sys.argv[4] == "same"
    configure.__globals__["urlpatterns"][:] = [path("batches", Same.as_view() if same else Bare.as_view())]
    call_command("migrate", verbosity=0, interactive=False)
    with connection.schema_editor() as editor:
        for model in (Employee, Fact, Usage, WorkSession):
            editor.create_model(model)
        for model in (Fact, Usage, WorkSession) if same else ():
            table = model._meta.db_table
            editor.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            editor.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            editor.execute(f"CREATE POLICY tenant ON {table} USING ({TENANT}) WITH CHECK ({TENANT})")
    users = [User.objects.create(username=f"employee{number}") for number in range(HOW_MANY)]
    Employee.objects.bulk_create(Employee(user=user, company_id=user.pk % COMPANIES) for user in users)
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

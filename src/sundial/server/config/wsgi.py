"""Django as a WSGI application; the gateway and the consoles stand in front of it."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sundial.server.config.settings")

application = get_wsgi_application()

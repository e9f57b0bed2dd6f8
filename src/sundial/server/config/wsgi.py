"""Django as a WSGI application; the gateway and the consoles stand in front of it."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import reverse

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sundial.server.config.settings")

application = get_wsgi_application()
reverse("home")  # reads every address and every form of the API: a second's work that the first to come would wait for

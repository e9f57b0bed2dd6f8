"""The environment of a test run, set before Django reads its settings; nothing is inherited."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_INHERITED = [name for name in os.environ if name.startswith("SUNDIAL_") or name in {"DATABASE_URL", "PORT"}]
for _name in _INHERITED:
    del os.environ[_name]

DATA = Path(tempfile.mkdtemp(prefix="sundial-tests-"))
DATA.chmod(0o711)  # PostgreSQL runs as another account when the tests run as root
atexit.register(shutil.rmtree, DATA, ignore_errors=True)

os.environ["SUNDIAL_DATA_DIR"] = str(DATA)
os.environ["SUNDIAL_MODE"] = "demo"
os.environ["DATABASE_URL"] = "postgresql://sundial_app@/unset"
os.environ["DJANGO_SETTINGS_MODULE"] = "sundial.server.config.settings"

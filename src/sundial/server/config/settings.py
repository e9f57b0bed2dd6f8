"""Django's settings, derived from the environment and nothing else."""

from pathlib import Path

from csp.constants import NONE, SELF

from sundial.server.config import database, env, mail

ENV = env.read()
HERE = Path(__file__).resolve().parent.parent

# The part that starts the database sets DATABASE_URL for its children; without one nothing can be read.
DATABASES = {
    "default": database.settings_from(
        ENV.database_url or f"postgresql://sundial_app@/sundial?host={ENV.data / 'pg'}", pool_size=10
    )
}

DEBUG = False
SECRET_KEY = ENV.secret
ALLOWED_HOSTS = [
    *ENV.allowed_hosts,
    *([] if ENV.production and ENV.allowed_hosts else ["localhost", "127.0.0.1"]),
]
BASE_URL = ENV.address
KEYS_DIR, CHECKPOINT_DIR, ARCHIVE_DIR = ENV.keys, ENV.checkpoints, ENV.archives
ROOT_KEYS = ENV.root_keys
AGENT_DIRS = (ENV.data / "agent", HERE.parents[2] / "dist")  # where the agent's wheel may lie; the latter in a checkout
PICTURES_DIR, PICTURES_QUOTA = ENV.data / "pictures", int(ENV.pictures_quota_gb * 10**9)
EXPORTS_DIR, VAULT_DIR = ENV.data / "exports", ENV.data / "vault"
VAULT_QUOTA = int(ENV.vault_quota_gb * 10**9)

INSTALLED_APPS = [
    "sundial.server.lib",
    "sundial.server.realtime",
    "sundial.server.ui",
    "sundial.server.audit",
    "sundial.server.accounts",
    "sundial.server.companies",
    "sundial.server.tracking",
    "sundial.server.devices",
    "sundial.server.activity",
    "sundial.server.tasks",
    "sundial.server.vault",
    "sundial.server.billing",
    "sundial.server.alerts",
    "sundial.server.reports",
    "sundial.server.lifecycle",
    "sundial.server.classic",
    "sundial.server.portal",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "axes",
    "csp",
    "django_vite",
    "procrastinate.contrib.django",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "sundial.server.companies.middleware.ActingMiddleware",
    "sundial.server.portal.middleware.ZoneMiddleware",
    "axes.middleware.AxesMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "sundial.server.portal.context.frame",
            ],
        },
    }
]
ROOT_URLCONF = "sundial.server.config.urls"
WSGI_APPLICATION = "sundial.server.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
APPEND_SLASH = True

# Accounts
AUTH_USER_MODEL = "accounts.User"
SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # addresses are unique, whatever their case: accounts_user_email_once
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = ["sundial.server.lib.passwords.Argon2"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 3 * 24 * 3600
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/dashboard/"

# Repeated failures are counted by account and by account + address, never by address alone: an office shares one.
AXES_LOCKOUT_PARAMETERS = ["username", ["username", "ip_address"]]
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25
AXES_RESET_ON_SUCCESS = True
AXES_HTTP_RESPONSE_CODE = 429
AXES_USERNAME_FORM_FIELD = "email"
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False
AXES_CLIENT_IP_CALLABLE = "sundial.server.accounts.auth.client_address"
AXES_LOCKOUT_CALLABLE = "sundial.server.accounts.auth.lockout_answer"

# Sessions and cookies
SESSION_ENGINE = "sundial.server.accounts.storage"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
CSRF_TRUSTED_ORIGINS = list(ENV.allowed_origins)
CSRF_FAILURE_VIEW = "sundial.server.ui.views.csrf_failure"

# Headers; TLS ends at the proxy in front, whose word is believed only if it is named in SUNDIAL_TRUSTED_PROXIES.
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
if ENV.production:
    SECURE_SSL_REDIRECT = False  # the proxy redirects; behind it every request is plain HTTP
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not ENV.local
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    SILENCED_SYSTEM_CHECKS += ["security.W008"]  # see SECURE_SSL_REDIRECT
    if ENV.local:  # what never leaves the machine needs no TLS, and without it Secure cookies would not come back
        SILENCED_SYSTEM_CHECKS += ["security.W012", "security.W016"]

# Static files: built by Vite, hashed names, served with far-future caching
STATIC_URL = "/static/"
# Found where they lie, in each app: there is no second copy to collect and to forget.
WHITENOISE_USE_FINDERS = True
WHITENOISE_IMMUTABLE_FILE_TEST = r"^.+[.-][0-9a-zA-Z_-]{8,12}\..+$"
DJANGO_VITE = {
    "default": {
        "dev_mode": False,
        "static_url_prefix": "dist",
        "manifest_path": HERE / "ui" / "static" / "dist" / "manifest.json",
    }
}

# Language and time: the server thinks in UTC, pages show the company's zone
LANGUAGE_CODE = "en"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# Mail and jobs
DEFAULT_FROM_EMAIL = SERVER_EMAIL = ENV.email_from
globals().update(mail.settings_from(ENV.email_url, ENV.mail_folder))
PROCRASTINATE_ON_APP_READY = None
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

DATA_UPLOAD_MAX_MEMORY_SIZE = 1 << 20
LOGGING_CONFIG = None  # run.logs owns logging

"""The only settings: one code path, differing between machines by environment variables alone.

`docs/configuration.md` lists every variable. On a laptop `var/local.env` holds them (see `local/env.py`).
"""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
VAR_DIR = env.path("PORTAL_VAR", default=str(BASE_DIR / "var"))
environ.Env.read_env(str(VAR_DIR("local.env")), overwrite=False)

SECRET_KEY = env("SECRET_KEY")
DEBUG = False
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
SITE_URL = env("SITE_URL", default="http://127.0.0.1:8000")
HTTPS = SITE_URL.startswith("https://")
CSRF_TRUSTED_ORIGINS = [SITE_URL]

# The demonstration logs people in without a second factor and says so on every page.
DEMO = env.bool("DEMO", default=False)

INSTALLED_APPS = [
    "portal.apps.PortalConfig",
    "forex.apps.ForexConfig",
    "customs.apps.CustomsConfig",
    "identity.apps.IdentityConfig",
    "filing.apps.FilingConfig",
    "tax.apps.TaxConfig",
    "credit.apps.CreditConfig",
    "submissions.apps.SubmissionsConfig",
    "accounts.apps.AccountsConfig",
    "reference.apps.ReferenceConfig",
    "trail.apps.TrailConfig",
    "portal.apps.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.idp.oidc",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
]

MIDDLEWARE = [
    "portal.middleware.request_id",
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
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.middleware.second_factor",
    "portal.middleware.plain_answers",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context.portal",
            ],
            "builtins": ["portal.templatetags.portal"],
        },
    },
]

DATABASES = {"default": env.db("DATABASE_URL")}
DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env("REDIS_URL")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}

# --- people -----------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
    "accounts.backends.RoleBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "full_name"]},
    },
    {"NAME": "accounts.passwords.LengthValidator", "OPTIONS": {"with_mfa": 8, "alone": 15}},
    {"NAME": "accounts.passwords.NotGuessableValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "workbench"
LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key"}
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
# Limits count by address: behind proxies of our own, say how many, or everybody shares one.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
MFA_ADAPTER = "accounts.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
SECOND_FACTOR_REQUIRED = env.bool("SECOND_FACTOR_REQUIRED", default=not DEMO)
USERSESSIONS_TRACK_ACTIVITY = False
IDP_OIDC_ADAPTER = "accounts.adapter.OIDCAdapter"
IDP_OIDC_PRIVATE_KEY = env.str("IDP_OIDC_PRIVATE_KEY", default="", multiline=True)
IDP_OIDC_ACCESS_TOKEN_EXPIRES_IN = 900

# --- languages, time --------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# --- files ------------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = env.str("STATIC_ROOT", default=str(VAR_DIR("static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "portal.static_storage.StaticStorage"},
}
# Source maps are large and fetched by nobody but a developer.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ("map", "png", "gif", "jpg", "ico", "woff", "woff2", "gz", "br")
DATA_UPLOAD_MAX_MEMORY_SIZE = 32 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 32 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 200

# --- security ---------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [SELF],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
# `__Host-` cookies exist over HTTPS only; a laptop without a certificate uses the plain names.
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "portal.views.errors.csrf_failure"

# Personal data: `version:base64key` pairs, the first encrypts, all decrypt; the hash key never rotates alone.
PERSONAL_DATA_KEYS = env.list("PERSONAL_DATA_KEYS")
PERSONAL_HASH_KEY = env("PERSONAL_HASH_KEY")

# --- mail -------------------------------------------------------------------------------------------------
EMAIL_CONFIG = env.email("EMAIL_URL", default=f"filemail://{VAR_DIR('mail')}")
globals().update(EMAIL_CONFIG)
EMAIL_FILE_PATH = env.str("EMAIL_FILE_PATH", default=str(VAR_DIR("mail")))
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="portal@example.invalid")

# --- REST -------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.api_auth.ClientAuthentication",
        "accounts.api_auth.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.api_auth.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["submissions.api.json_body.JsonParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": ["portal.api.throttles.PrincipalThrottle"],
    "DEFAULT_THROTTLE_RATES": {
        "principal": env("RATE_PRINCIPAL", default="6000/min"),
        "quotes": env("RATE_QUOTES", default="60/min"),
        "records": env("RATE_RECORDS", default="60/min"),
        "verify": env("RATE_VERIFY", default="60/min"),
    },
    "EXCEPTION_HANDLER": "portal.api.problems.handler",
    "UNAUTHENTICATED_USER": None,
    # Without it a caller could choose its own bucket of the rate limits by X-Forwarded-For.
    "NUM_PROXIES": ALLAUTH_TRUSTED_PROXY_COUNT,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Single window API",
    "DESCRIPTION": "The service platform of a cross-border e-commerce pilot zone.",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
}

# --- Celery -----------------------------------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A nudge that cannot be sent must fail at once: the sweep finds the work a minute later.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 2, "socket_timeout": 5}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TIMEZONE = TIME_ZONE
# Served by a process of its own.
CELERY_TASK_ROUTES = {"identity.tasks.*": {"queue": "identity"}}
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "submissions.tasks.sweep", "schedule": env.float("SWEEP_SECONDS", default=60.0)},
    "customs-sweep": {"task": "customs.tasks.sweep", "schedule": env.float("SWEEP_SECONDS", default=60.0)},
    "filing-sweep": {"task": "filing.tasks.sweep", "schedule": env.float("SWEEP_SECONDS", default=60.0)},
    "identity-sweep": {"task": "identity.tasks.sweep", "schedule": env.float("SWEEP_SECONDS", default=60.0)},
    "tax-close-months": {"task": "tax.tasks.close_months", "schedule": 3600.0},
    "credit-windows": {"task": "credit.tasks.tell_windows", "schedule": 86400.0},
    "identity-purge": {"task": "identity.tasks.purge", "schedule": 86400.0},
    "notices-by-mail": {
        "task": "submissions.tasks.mail_notices",
        "schedule": env.float("SWEEP_SECONDS", default=60.0),
    },
    "purge-mail": {"task": "submissions.tasks.purge_mail", "schedule": 86400.0},
    "forex-remind": {"task": "forex.tasks.remind", "schedule": 3600.0},
    "seal-trail": {"task": "trail.tasks.seal", "schedule": 300.0},
    "purge-logins": {"task": "accounts.tasks.purge", "schedule": 86400.0},
    "partitions": {"task": "customs.tasks.create_partitions", "schedule": 86400.0},
}

# --- agencies ---------------------------------------------------------------------------------------------
# The offices speak one JSON (`submissions/offices.py`). Each has an address and a secret of its own; what is not
# given is a folder of AGENCY_URL_OFFICES and derived from AGENCY_SECRET_OFFICES.
OFFICES = ("commerce", "tax", "market", "bank", "bank2", "credit-china")
_OFFICES_URL = env("AGENCY_URL_OFFICES", default="http://127.0.0.1:8001").rstrip("/")
_OFFICES_SECRET = env("AGENCY_SECRET_OFFICES")


def _office(name: str, code: str, default: str) -> str:
    return env.str(f"{name}_{code.upper().replace('-', '_')}", default=default)


def _derived(code: str) -> str:
    return hmac.new(_OFFICES_SECRET.encode(), code.encode(), hashlib.sha256).hexdigest()


AGENCY_URLS = {"customs": env("AGENCY_URL_CUSTOMS", default="http://127.0.0.1:8001")} | {
    code: _office("AGENCY_URL", code, f"{_OFFICES_URL}/{code}") for code in OFFICES
}
AGENCY_SECRETS = {"customs": env("AGENCY_SECRET_CUSTOMS")} | {
    code: _office("AGENCY_SECRET", code, _derived(code)) for code in OFFICES
}
# The two police bases; where nothing else is said they are served beside customs (the demonstration).
for _code in ("police-local", "police-national"):
    _name = _code.upper().replace("-", "_")
    AGENCY_URLS[_code] = env(f"AGENCY_URL_{_name}", default=AGENCY_URLS["customs"])
    AGENCY_SECRETS[_code] = env(f"AGENCY_SECRET_{_name}", default=AGENCY_SECRETS["customs"])
IDENTITY_TIMEOUT_SECONDS = env.float("IDENTITY_TIMEOUT_SECONDS", default=3.0)
AGENCY_TIMEOUT_SECONDS = env.float("AGENCY_TIMEOUT_SECONDS", default=10.0)

# Scrapers that do not come from this machine show it: `Authorization: Bearer <token>`; empty = loopback only.
METRICS_TOKEN = env("METRICS_TOKEN", default="")

# --- papers -----------------------------------------------------------------------------------------------
# Who signs inventory lists typed in the browser: "" (every enterprise with its own device) or "demonstration".
CEB_SIGNER = env.str("CEB_SIGNER", default="demonstration" if DEMO else "")
SIGNING_DIR = env.str("SIGNING_DIR", default=str(VAR_DIR("signing")))

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "portal.logs.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": env("LOG_LEVEL", default="INFO")},
    "loggers": {name: {"level": "WARNING"} for name in ("weasyprint", "fontTools", "pyhanko", "httpx")},
}

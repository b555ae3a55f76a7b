"""Settings of the peer: nothing that costs without being needed."""

from __future__ import annotations

import os

import environ

SECRET_KEY = "only-for-the-measurement"
ALLOWED_HOSTS = ["127.0.0.1"]
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "rest_framework",
    "bench.baseline_drf",
]
MIDDLEWARE: list[str] = []
ROOT_URLCONF = "bench.baseline_drf.urls"
DATABASES = {
    "default": environ.Env.db_url_config(os.environ["BASELINE_DATABASE_URL"]) | {"CONN_MAX_AGE": 600}
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "UNAUTHENTICATED_USER": None,
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 20_000_000

"""The peer under the portal's own server."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.baseline_drf.settings"
application = get_wsgi_application()

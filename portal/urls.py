"""Addresses. Each room owns its own; this file only mounts them."""

from __future__ import annotations

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from portal.views import calculator, desk, health, notices, overview, public, tryout

pages: list[URLPattern | URLResolver] = [
    path("", public.home, name="home"),
    path("services/<slug:code>/", public.service_guide, name="guide"),
    path("help/", public.help_page, name="help"),
    path("progress/", public.progress, name="progress"),
    path("try/", tryout.page, name="try"),
    path("try/set/", tryout.fresh_set, name="try_set"),
    path("try/files/<path:name>", tryout.file, name="try_file"),
    path("calculator/", calculator.calculator, name="calculator"),
    path("workbench/", desk.workbench, name="workbench"),
    path("overview/", overview.overview, name="overview"),
    path("overview/csv/", overview.tables_csv, name="overview_csv"),
    path("notices/", notices.notices, name="notices"),
    path("notices/read/", notices.notices_read, name="notices_read"),
    path("notices/mail/", notices.notices_mail, name="notices_mail"),
    path("notices/<uuid:notice_id>/", notices.notice, name="notice"),
    path("switch-company/", desk.switch_company, name="switch_company"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("submissions.urls")),
    path("customs/", include("customs.urls")),
    path("my-identity/", include("identity.urls")),
    path("forex/", include("forex.urls")),
    path("filing/", include("filing.urls")),
    path("exemptions/", include("tax.urls")),
    path("credit/", include("credit.urls")),
]

for_machines: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics_page, name="metrics"),
    path("api/schema", SpectacularAPIView.as_view(), name="api_schema"),
    path("api/docs/", SpectacularSwaggerSplitView.as_view(url_name="api_schema"), name="api_docs"),
    path("api/v1/", include("submissions.api.v1.urls")),
    path("api/v1/", include("customs.api.v1.urls")),
    path("api/v1/", include("forex.api.v1.urls")),
    path("api/v1/", include("filing.api.v1.urls")),
    path("api/v1/", include("tax.api.v1.urls")),
    path("api/v1/", include("credit.api.v1.urls")),
    path("api/v1/", include("identity.api.v1.urls")),
]

people: list[URLPattern | URLResolver] = [
    path("", include("accounts.urls")),
    path("admin/", admin.site.urls),
]

urlpatterns = pages + for_machines + people

handler400 = "portal.views.errors.bad_request"
handler403 = "portal.views.errors.forbidden"
handler404 = "portal.views.errors.not_found"
handler500 = "portal.views.errors.broken"

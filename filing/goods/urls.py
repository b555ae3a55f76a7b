"""Addresses of the goods pages, under /filing/goods/."""

from __future__ import annotations

from django.urls import path

from filing.goods import views

urlpatterns = [
    path("", views.goods, name="goods"),
    path("new/", views.good_new, name="goods_new"),
    path("upload/", views.upload, name="goods_upload"),
    path("template.xlsx", views.template, name="goods_template"),
    path("sample.xlsx", views.sample, name="goods_sample"),
    path("export.xlsx", views.export_xlsx, name="goods_export_xlsx"),
    path("export.csv", views.export_csv, name="goods_export_csv"),
    path("uploads/<str:reference>/", views.batch, name="goods_batch"),
    path("uploads/<str:reference>/commented.xlsx", views.commented, name="goods_commented"),
    path("<uuid:goods_id>/", views.good, name="goods_item"),
]

"""The life of a submission; knows no agency by name."""

from django.apps import AppConfig


class SubmissionsConfig(AppConfig):
    """Registration of the room."""

    name = "submissions"
    default_auto_field = "django.db.models.BigAutoField"

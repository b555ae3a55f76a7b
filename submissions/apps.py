"""The life of a submission; knows no agency by name."""

from django.apps import AppConfig


class SubmissionsConfig(AppConfig):
    """Registration of the room."""

    name = "submissions"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The sentences of this room's own notices, the clock of promised times, and the way to the offices."""
        from submissions import clock, notices, offices

        notices.register_own()
        clock.register()
        offices.register()

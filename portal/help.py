"""Questions asked of every service, with their answers; a desk adds its own in the guide."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from submissions.registry import Text

Question = tuple[Text, Text]

ABOUT_EVERYTHING: tuple[Question, ...] = (
    (
        _("Must I hand in the same to every agency?"),
        _("No. You hand in once; the portal sends each agency its own part, and no agency reads another's."),
    ),
    (
        _("When do I have a number, and which time counts?"),
        _(
            "At once: the number is given when the portal has received it, and that time counts. The "
            "acknowledgement proves it."
        ),
    ),
    (
        _("An agency cannot be reached. Do I lose time?"),
        _(
            "No. The portal receives all the same and sends it on as soon as the agency is back. A notice on "
            "top of the page says so."
        ),
    ),
    (
        _("Something is wrong. Will I be told one mistake after another?"),
        _(
            "No. Everything the portal or an agency finds is told at once, each with the way to mend it. "
            "Mend it and send it again."
        ),
    ),
    (
        _("Who has it now, and how long will it take?"),
        _(
            "The page of the submission says in whose hands it is, since when, the promised day, and how "
            "long such cases took in the last year. While an agency asks you, its clock stands still."
        ),
    ),
)
ABOUT_FORMS: tuple[Question, ...] = (
    (
        _("My session ended while I was filling in. Is it lost?"),
        _("No. What you type is saved by itself. Log in again and go on with the draft on the workbench."),
    ),
)
ABOUT_PAPERS: tuple[Question, ...] = (
    (
        _("How does somebody check a paper of the portal?"),
        _("By the QR code or the verification code on it, without login, or offline by its signature."),
    ),
)


def questions(own: tuple[Question, ...] = (), *, is_form: bool) -> list[Question]:
    """What stands on a guide: the service's own first."""
    return [*own, *ABOUT_EVERYTHING, *(ABOUT_FORMS if is_form else ()), *ABOUT_PAPERS]

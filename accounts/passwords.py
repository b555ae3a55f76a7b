"""Which passwords are good enough (NIST SP 800-63B-4 §3.1.1): long, not common, not about us.

No mixture of characters is forced, nothing expires. The list is Django's 20,000 common passwords; `reduced`
lets it see through repetition.
"""

from __future__ import annotations

import re
from itertools import pairwise

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.second_factor import is_set_up

# Words a guesser tries first here: of the place, of the trade, of the site.
CONTEXT_WORDS = (
    "singlewindow", "single-window", "portal", "tianjin", "binhai", "dongjiang", "customs", "haiguan",
    "kuajing", "crossborder", "cross-border", "ecommerce", "e-commerce", "declaration", "baoguan",
    "pilotzone",
    "单一窗口", "天津", "滨海", "东疆", "海关", "跨境", "电商", "报关", "综试区",
)  # fmt: skip
_PADDING = re.compile(r"[\W\d_]+")
# One up or one down; 9 and 0 are neighbours.
_UPWARDS = {1, ord("0") - ord("9")}
_DOWNWARDS = {-1, ord("9") - ord("0")}


class LengthValidator:
    """At least `with_mfa` characters where a second factor is set up, `alone` where it is not."""

    def __init__(self, with_mfa: int = 8, alone: int = 15) -> None:
        self.with_mfa = with_mfa
        self.alone = alone

    def _least(self, user: User | None) -> int:
        protected = isinstance(user, User) and user.pk is not None and is_set_up(user)
        return self.with_mfa if protected else self.alone

    def validate(self, password: str, user: User | None = None) -> None:
        """ValidationError when it is too short. Nothing is too long."""
        least = self._least(user)
        if len(password) < least:
            text = ngettext(
                "The password needs at least %(least)d character.",
                "The password needs at least %(least)d characters.",
                least,
            )
            raise ValidationError(text, code="password_too_short", params={"least": least})

    def get_help_text(self) -> str:
        """The rule for people."""
        return _("At least %(alone)d characters, or %(with_mfa)d once a second factor is set up.") % {
            "alone": self.alone,
            "with_mfa": self.with_mfa,
        }


class NotGuessableValidator(CommonPasswordValidator):
    """Refuse common passwords in disguise (repeated, padded) and those made of words about this site."""

    least_own = 6
    least_different = 5

    def validate(self, password: str, user: User | None = None) -> None:
        """ValidationError when what is left after taking the disguise off is common or next to nothing."""
        core = reduced(password)
        if core in self.passwords or len(set(core)) < self.least_different:
            raise ValidationError(
                _("This password is among the first that are guessed."), code="password_common"
            )
        if len(without_context(core)) < self.least_own:
            text = _("This password is made of words that belong to this site.")
            raise ValidationError(text, code="password_context")

    def get_help_text(self) -> str:
        """The rule for people."""
        return _("Not a common password, and not made of words that belong to this site.")


def reduced(password: str) -> str:
    """Lower case, and the shortest piece of which it is a repetition; a run like 3456 counts as 3."""
    text = password.lower().strip()
    steps = {ord(b) - ord(a) for a, b in pairwise(text)}
    if steps <= _UPWARDS or steps <= _DOWNWARDS:
        return text[:1]
    for size in range(1, len(text) // 2 + 1):
        if len(text) % size == 0 and text[:size] * (len(text) // size) == text:
            return text[:size]
    return text


def without_context(text: str) -> str:
    """What is left when the words of the site, and digits and signs between them, are taken out.

    A text without such words is returned whole: digits alone may well be a good password.
    """
    rest = text
    for word in CONTEXT_WORDS:
        rest = rest.replace(word, " ")
    return text if rest == text else _PADDING.sub("", rest)

"""Which passwords are good enough, and that nothing more is asked of them."""

from __future__ import annotations

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.exceptions import ValidationError

from accounts.models import User
from tests.accounts.factories import a_person

pytestmark = pytest.mark.django_db

LONG_ENOUGH = "teapot lantern 7 harbour"


def codes(password: str, user: User | None = None) -> set[str]:
    """Why the password is refused."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        return {e.code for e in error.error_list}
    return set()


def with_second_factor() -> User:
    """A person with an authenticator app."""
    user = a_person()
    TOTP.activate(user, generate_totp_secret())
    return user


@pytest.mark.parametrize(
    "password",
    [
        LONG_ENOUGH,
        "alllowercasebutquitelong",
        "830471956203847",
        "x" * 3 + "yzwvutqpon mlkj" * 5,
        "海河边的早晨有很多鸽子和船还有风筝",
        "Kp7#mV2$xN9@qR4!tB8&" * 4,
    ],
)
def test_any_long_password_is_taken(password):
    assert codes(password) == set()


def test_sixty_four_characters_and_many_more_are_taken():
    base = "".join(chr(97 + (i * 7) % 26) + str(i) for i in range(200))
    assert codes(base[:64]) == set()
    assert codes(base[:256]) == set()


def test_fifteen_characters_without_a_second_factor():
    user = a_person()
    assert codes("vqzkrwbtnplfhj", user) == {"password_too_short"}
    assert codes("vqzkrwbtnplfhjx", user) == set()
    assert codes("vqzkrwbtnplfhj") == {"password_too_short"}


def test_eight_characters_with_one():
    user = with_second_factor()
    assert codes("vqzkrwb", user) == {"password_too_short"}
    assert codes("vqzkrwbt", user) == set()


@pytest.mark.parametrize(
    "password",
    ["password", "iloveyou", "passwordpassword", "qwertyqwertyqwerty", "a" * 20, "abababababababab",
     "1234567890123456", "9876543210987654", "ABCDEFGHIJKLMNOP"],
)  # fmt: skip
def test_common_passwords_are_refused_however_often_they_are_repeated(password):
    assert "password_common" in codes(password, with_second_factor())


@pytest.mark.parametrize(
    "password",
    [
        "TianjinCustoms2026!",
        "tianjin-portal-2026",
        "单一窗口天津海关跨境电商报关综试区",
        "Kuajing.Baoguan.88",
    ],
)
def test_words_of_this_site_do_not_make_a_password(password):
    assert "password_context" in codes(password, with_second_factor())


def test_a_word_of_this_site_may_be_part_of_a_password():
    assert codes("tianjin teapot lantern") == set()


def test_ones_own_name_and_address_are_refused():
    user = User.objects.create_user("wang.shili@demo.example", full_name="Wang Shili Exampleperson")
    assert "password_too_similar" in codes("wang.shili@demo.example", user)
    assert "password_too_similar" in codes("wangshiliexampleperson", user)


def test_the_rules_are_said_before_they_are_broken():
    said = " ".join(password_validators_help_texts())
    assert "15" in said
    assert "8" in said

"""The rules of the library, and both police agencies."""

from __future__ import annotations

import pytest

from accounts.models import Agency
from identity.rules import LOCAL, NATIONAL
from tests.customs.factories import _rules


@pytest.fixture
def police(db: None) -> dict[str, Agency]:
    """Both agencies, open, and the parameters."""
    _rules()
    return {code: Agency.objects.create(code=code, name_zh=code, name_en=code) for code in (LOCAL, NATIONAL)}

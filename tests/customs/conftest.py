"""Fixtures of the customs room."""

from __future__ import annotations

import pytest

from tests.customs.factories import World, world


@pytest.fixture
def here(db: None) -> World:
    """The story's companies, customs and reference data."""
    return world()

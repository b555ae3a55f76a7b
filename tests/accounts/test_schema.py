"""The API's schema says how callers are known, and which scope an operation needs."""

from __future__ import annotations

import pytest
from drf_spectacular.generators import SchemaGenerator

from accounts.permissions import Scope
from tests.accounts.api_urls import urlpatterns

pytestmark = pytest.mark.urls("tests.accounts.api_urls")


def test_clients_and_people_are_described():
    schema = SchemaGenerator(patterns=urlpatterns[:1]).get_schema(public=True)
    schemes = schema["components"]["securitySchemes"]
    flow = schemes["client"]["flows"]["clientCredentials"]
    assert flow["tokenUrl"] == "/identity/o/api/token"
    assert set(flow["scopes"]) == set(map(str, Scope))
    assert schemes["session"]["in"] == "cookie"
    operations = schema["paths"]["/api/v1/echo"]
    assert {"client": ["submissions:read"]} in operations["get"]["security"]
    assert {"client": ["ceb:send"]} in operations["post"]["security"]
    assert {"session": []} in operations["get"]["security"]

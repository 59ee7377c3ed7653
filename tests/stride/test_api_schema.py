"""The API held against its own description: no request breaks it, and every answer is what was promised."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from accounts import tokens
from accounts.models import User
from stride.api import api
from stride.wsgi import application
from tests.labs.conftest import make_lab, submit

CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance]
schema = schemathesis.openapi.from_dict(api.get_openapi_schema())
schema.app = application


@pytest.fixture
def known(db: None) -> Iterator[dict[str, str]]:
    """Return a token of someone who has a lab to train in and a run that waits, and where these are."""
    ada = User.objects.create_user("ada@example.org")
    run = submit(ada, make_lab())
    # As Django's own test client does: a request must not close the connection that holds this test's transaction.
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield {"token": tokens.make(ada, name="machine"), "run_id": str(run.pk), "slug": "free"}
    for signal in signals:
        signal.connect(close_old_connections)


@schema.parametrize()
@settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_f15_the_api_answers_as_it_says(case: schemathesis.Case[Any], known: dict[str, str]) -> None:
    cache.clear()
    # Made-up names lead nowhere; with these the request meets a lab and a run.
    case.path_parameters |= {name: value for name, value in known.items() if name in case.path_parameters}
    case.call_and_validate(headers={"Authorization": f"Bearer {known['token']}"}, checks=CHECKS)

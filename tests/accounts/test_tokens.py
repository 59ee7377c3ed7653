"""Personal tokens: shown once, kept as hashes, as good as their owner over the API and nowhere else."""

import json
from datetime import timedelta
from typing import Any, cast

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts import own_data, tokens
from accounts.models import AccessToken, User
from stride.api import api
from stride.api_auth import TokenThrottle
from tests.labs.conftest import make_lab, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def token(ada: User) -> str:
    cache.clear()
    return tokens.make(ada, name="notebook")


def ask(path: str, token: str, body: object = None, **headers: str) -> Any:
    """Ask the API as a script does: no cookie, no CSRF token, and a server that insists on CSRF elsewhere."""
    script = Client(enforce_csrf_checks=True, headers={"Authorization": f"Bearer {token}", **headers})
    if body is None:
        return script.get(f"/api/v1{path}")
    return script.post(f"/api/v1{path}", json.dumps(body), content_type="application/json")


def test_a_token_is_shown_once_and_kept_as_a_hash(client: Client, ada: User) -> None:
    client.force_login(ada)
    shown = client.post("/me/tokens/", {"name": "notebook"})
    text = shown.context["new_token"]
    assert text in shown.content.decode()
    assert text.startswith("stride_")
    assert text not in client.get("/me/").content.decode()
    row = AccessToken.objects.values().get()
    assert text not in str(row)
    assert "no-store" in shown["Cache-Control"]


def test_a_script_does_what_its_owner_may(ada: User, token: str) -> None:
    make_lab()
    made = ask("/labs/free/runs", token, {"epochs": 2})
    assert made.status_code == 201
    run = made.json()["id"]
    assert ask(f"/runs/{run}", token).json()["spec"]["epochs"] == 2
    assert ask(f"/runs/{run}/stop", token, {}).json()["state"] == "cancelled"
    assert ask("/ledger", token, {"arch": "lenet5"}).status_code == 200


def test_a_script_sees_nothing_that_its_owner_does_not(ada: User, token: str) -> None:
    other = User.objects.create_user("other@example.org", "a long password")
    run = submit(other, make_lab())
    assert ask(f"/runs/{run.pk}", token).status_code == 404
    assert ask(f"/runs/{run.pk}/stop", token, {}).status_code == 404


@pytest.mark.parametrize("wrong", ["", "stride_", "x" * 5000, "stride_\x00"])
def test_a_wrong_token_is_nobody_and_is_told_how_to_be_somebody(ada: User, token: str, wrong: str) -> None:
    answer = ask("/runs", wrong)
    assert answer.status_code == 401
    assert "personal token" in answer.json()["error"]


def test_a_token_opens_no_page(ada: User, token: str) -> None:
    script = Client(headers={"Authorization": f"Bearer {token}"})
    assert script.get("/me/").status_code == 302
    assert script.post("/me/tokens/", {"name": "another"}).status_code == 302
    assert AccessToken.objects.count() == 1


def test_a_revoked_token_is_worthless_at_once(client: Client, ada: User, token: str) -> None:
    client.force_login(ada)
    assert client.post(f"/me/tokens/{AccessToken.objects.get().pk}/revoke/").status_code == 302
    assert ask("/runs", token).status_code == 401


def test_nobody_revokes_anothers_token(client: Client, ada: User, token: str) -> None:
    client.force_login(User.objects.create_user("other@example.org", "a long password"))
    assert client.post(f"/me/tokens/{AccessToken.objects.get().pk}/revoke/").status_code == 404
    assert ask("/runs", token).status_code == 200


def test_someone_who_is_shut_out_is_shut_out_with_every_token(ada: User, token: str) -> None:
    User.objects.filter(pk=ada.pk).update(is_active=False)
    assert ask("/runs", token).status_code == 401


def test_the_last_use_is_noted_at_most_every_minute(ada: User, token: str) -> None:
    assert AccessToken.objects.get().last_used_at is None
    ask("/runs", token)
    first = AccessToken.objects.get().last_used_at
    assert first is not None
    ask("/runs", token)
    assert AccessToken.objects.get().last_used_at == first
    AccessToken.objects.update(last_used_at=timezone.now() - timedelta(minutes=2))
    ask("/runs", token)
    assert AccessToken.objects.filter(last_used_at__gte=first).exists()


def test_one_token_asks_so_often_and_another_does_not_pay_for_it(
    ada: User, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tokens.make(ada, name="other")
    [throttle] = cast(list[TokenThrottle], api.throttle)
    monkeypatch.setattr(throttle, "num_requests", 3)
    answers = [ask("/runs", token) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert "Ask again in" in answers[3].json()["error"]
    assert int(answers[3]["Retry-After"]) <= 60
    assert ask("/runs", other).status_code == 200


def test_a_browser_with_a_session_still_needs_its_csrf_token(ada: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(ada)
    make_lab()
    answer = browser.post("/api/v1/labs/free/runs", "{}", content_type="application/json")
    assert answer.status_code == 403


def test_a_guest_has_no_tokens_and_one_person_has_not_too_many(client: Client, ada: User) -> None:
    client.force_login(User.objects.create_guest())
    assert client.post("/me/tokens/", {"name": "x"}).status_code == 403
    client.force_login(ada)
    for number in range(tokens.MOST_TOKENS):
        tokens.make(ada, name=str(number))
    refused = client.post("/me/tokens/", {"name": "one more"})
    assert refused.status_code == 422
    assert "Revoke one first" in refused.content.decode()
    assert AccessToken.objects.count() == tokens.MOST_TOKENS


def test_a_name_without_letters_is_refused(client: Client, ada: User) -> None:
    client.force_login(ada)
    assert client.post("/me/tokens/", {"name": " \u202e "}).status_code == 422


def test_the_export_names_tokens_without_what_opens_doors(ada: User, token: str) -> None:
    told = own_data.export(ada)["tokens"]
    assert [one["name"] for one in told] == ["notebook"]
    assert AccessToken.objects.get().sha256 not in str(told)

"""Guessing passwords (fault 28): limited by account and address; owner and neighbours go on."""

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from tests.accounts.conftest import PASSWORD

pytestmark = pytest.mark.django_db
GUESSES = 5
HERE, ELSEWHERE = "192.0.2.1", "192.0.2.2"


def _sign_in(client: Client, email: str, password: str, *, address: str = HERE, forwarded: str = "") -> str:
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    response = client.post(
        "/accounts/login/", {"login": email, "password": password}, REMOTE_ADDR=address, headers=headers
    )
    if response.status_code == 302:
        client.logout()
        return "signed in"
    return str(response.context["form"].non_field_errors())


def _guess(client: Client, email: str, *, times: int, **where: str) -> str:
    return [_sign_in(client, email, f"guess-{number}", **where) for number in range(times)][-1]


def test_f28_the_right_password_after_too_many_guesses_is_refused(client: Client, ada: User) -> None:
    assert "do not fit together" in _guess(client, "ada@example.org", times=GUESSES)
    assert "Too many tries with" in _sign_in(client, "ada@example.org", PASSWORD)


def test_f28_writing_the_address_differently_wins_no_more_guesses(client: Client, ada: User) -> None:
    _guess(client, "ada@example.org", times=GUESSES)
    assert "Too many tries with" in _sign_in(client, " ADA@Example.ORG", "one-more")


def test_f28_a_spoofed_forwarded_address_wins_no_more_guesses(client: Client, ada: User) -> None:
    for number in range(GUESSES):
        _sign_in(client, "ada@example.org", "guess", forwarded=f"203.0.113.{number}")
    assert "Too many tries with" in _sign_in(client, "ada@example.org", PASSWORD, forwarded="203.0.113.99")


def test_f28_behind_our_proxy_only_what_the_proxy_wrote_counts(client: Client, ada: User, settings: Settings) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for number in range(GUESSES):
        _sign_in(client, "ada@example.org", "guess", address="10.0.0.1", forwarded=f"203.0.113.{number}, {HERE}")
    tried = {"address": "10.0.0.1"}
    assert "Too many tries with" in _sign_in(client, "ada@example.org", PASSWORD, forwarded=f"8.8.8.8, {HERE}", **tried)
    assert _sign_in(client, "ada@example.org", PASSWORD, forwarded=ELSEWHERE, **tried) == "signed in"


def test_f28_the_owner_is_not_locked_out_by_a_guesser_elsewhere(client: Client, ada: User) -> None:
    _guess(client, "ada@example.org", times=2 * GUESSES, address=ELSEWHERE)
    assert _sign_in(client, "ada@example.org", PASSWORD) == "signed in"


def test_f28_neighbours_at_the_same_address_are_not_locked_out(client: Client, ada: User) -> None:
    User.objects.create_user("bo@example.org", PASSWORD)
    _guess(client, "ada@example.org", times=80)
    assert _sign_in(client, "bo@example.org", PASSWORD) == "signed in"


def test_f28_guessing_one_password_for_many_accounts_is_limited_by_address(client: Client, ada: User) -> None:
    for number in range(60):
        _sign_in(client, f"person{number}@example.org", "password1")
    assert "Too many tries with" in _sign_in(client, "ada@example.org", "password1")
    assert _sign_in(client, "ada@example.org", PASSWORD, address=ELSEWHERE) == "signed in"


def test_f28_a_flood_of_posts_gets_a_page_that_says_wait(client: Client, db: None) -> None:
    statuses = [client.post("/accounts/login/", {}).status_code for _ in range(121)]
    assert statuses[-1] == 429
    assert "Too many tries" in client.post("/accounts/login/", {}).content.decode()


def test_f28_the_admin_has_no_form_of_its_own_to_guess_at(client: Client, ada: User) -> None:
    response = client.post("/admin/login/", {"username": "ada@example.org", "password": PASSWORD})
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")
    assert "_auth_user_id" not in client.session


def test_an_unknown_address_and_a_wrong_password_read_the_same(client: Client, ada: User) -> None:
    assert _sign_in(client, "ada@example.org", "wrong") == _sign_in(client, "nobody@example.org", "wrong")

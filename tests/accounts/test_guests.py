"""Guests: made at a POST, converted by sign-up, merged at sign-in, erased when idle."""

import uuid
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.utils import timezone

from accounts import guests
from accounts.models import GUEST_IDLE_DAYS, User
from tests.accounts.conftest import PASSWORD

pytestmark = pytest.mark.django_db
SIGN_UP = {"email": "new@example.org", "password1": PASSWORD, "name": "New Person"}


def _request(method: str, *, user: User | None = None) -> HttpRequest:
    request: HttpRequest = RequestFactory().generic(method, "/")
    request.user = user or AnonymousUser()
    request.session = SessionStore()
    return request


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_reading_a_page_makes_no_guest(method: str) -> None:
    with pytest.raises(guests.GuestRefused):
        guests.ensure_user(_request(method))
    assert not User.objects.exists()


def test_a_post_by_nobody_makes_one_guest_who_is_signed_in() -> None:
    request = _request("POST")
    guest = guests.ensure_user(request)
    assert guest.is_guest
    assert request.user == guest
    assert guests.ensure_user(request) == guest
    assert User.objects.count() == 1


def test_a_post_by_someone_makes_nobody(ada: User) -> None:
    assert guests.ensure_user(_request("POST", user=ada)) == ada
    assert User.objects.count() == 1


def test_becoming_a_guest_leaves_the_forms_of_other_tabs_valid() -> None:
    request = _request("POST")
    request.META["CSRF_COOKIE"] = "token-of-the-other-tab"
    guests.ensure_user(request)
    assert request.META["CSRF_COOKIE"] == "token-of-the-other-tab"


def test_sign_up_keeps_the_guest_row_and_changes_the_session_key(client: Client, guest: User) -> None:
    client.force_login(guest)
    before = str(client.session.session_key)
    response = client.post("/accounts/signup/", SIGN_UP)
    assert response.status_code == 302, response.context and response.context["form"].errors
    user = User.objects.get()
    assert (user.pk, user.email, user.name) == (guest.pk, "new@example.org", "New Person")
    assert user.check_password(PASSWORD)
    assert client.session["_auth_user_id"] == str(guest.pk)
    assert client.session.session_key != before
    assert not SessionStore().exists(before)


def test_sign_up_without_a_guest_makes_a_new_account(client: Client) -> None:
    client.post("/accounts/signup/", SIGN_UP)
    assert User.objects.get().email == "new@example.org"


def test_sign_up_with_a_taken_address_says_so_and_keeps_the_guest_a_guest(
    client: Client, guest: User, ada: User
) -> None:
    client.force_login(guest)
    response = client.post("/accounts/signup/", SIGN_UP | {"email": "ADA@example.org"})
    assert response.status_code == 200
    assert "is an account with this address" in response.context["form"].errors["email"][0]
    assert response.context["form"]["name"].value() == "New Person"
    guest.refresh_from_db()
    assert guest.is_guest
    assert guest.name == ""


def test_guests_reach_sign_in_and_sign_up_but_members_are_sent_on(client: Client, guest: User, ada: User) -> None:
    client.force_login(guest)
    assert client.get("/accounts/login/").status_code == 200
    assert client.get("/accounts/signup/").status_code == 200
    client.force_login(ada)
    assert client.get("/accounts/login/?next=/me/")["Location"] == "/me/"
    assert client.get("/accounts/signup/")["Location"] == "/"


def test_members_cannot_sign_up_again_by_post(client: Client, ada: User) -> None:
    client.force_login(ada)
    client.post("/accounts/signup/", SIGN_UP)
    assert list(User.objects.all()) == [ada]


def test_signing_in_to_an_older_account_merges_the_guest(client: Client, guest: User, ada: User) -> None:
    client.force_login(guest)
    response = client.post("/accounts/login/", {"login": "ada@example.org", "password": PASSWORD})
    assert response.status_code == 302
    assert client.session["_auth_user_id"] == str(ada.pk)
    assert list(User.objects.all()) == [ada]


def test_a_wrong_password_merges_nothing(client: Client, guest: User, ada: User) -> None:
    client.force_login(guest)
    response = client.post("/accounts/login/", {"login": "ada@example.org", "password": "wrong"})
    assert response.status_code == 200
    assert User.objects.filter(pk=guest.pk).exists()
    assert client.session["_auth_user_id"] == str(guest.pk)


@pytest.mark.parametrize(
    "path", ["/accounts/email/", "/accounts/password/change/", "/accounts/password/set/", "/accounts/reauthenticate/"]
)
def test_guests_are_sent_to_sign_up_from_pages_about_addresses_and_passwords(
    client: Client, guest: User, path: str
) -> None:
    client.force_login(guest)
    for response in (client.get(path), client.post(path, {"password1": PASSWORD, "password2": PASSWORD})):
        assert response.status_code == 302
        assert response["Location"].startswith("/accounts/signup/")
    guest.refresh_from_db()
    assert not guest.has_usable_password()


def test_only_guests_who_stayed_away_long_enough_are_erased(ada: User) -> None:
    now = timezone.now()
    day = timedelta(days=1)
    ages = {"just gone": GUEST_IDLE_DAYS * day + timedelta(seconds=1), "still kept": GUEST_IDLE_DAYS * day - day}
    made = {}
    for word, age in ages.items():
        made[word] = User.objects.create_guest()
        User.objects.filter(pk=made[word].pk).update(last_seen_at=now - age)
    User.objects.filter(pk=ada.pk).update(last_seen_at=now - 10 * GUEST_IDLE_DAYS * day)
    assert guests.erase_idle_guests(now=now) == 1
    assert set(User.objects.values_list("pk", flat=True)) == {ada.pk, made["still kept"].pk}


def test_a_session_of_an_erased_guest_is_nobody(client: Client, guest: User) -> None:
    client.force_login(guest)
    guest.delete()
    client.post("/accounts/signup/", SIGN_UP)
    assert User.objects.get().pk != guest.pk


def test_the_converted_row_is_read_again_so_that_a_sign_up_in_another_tab_is_not_overwritten(
    client: Client, guest: User
) -> None:
    client.force_login(guest)
    User.objects.filter(pk=guest.pk).update(email=f"{uuid.uuid4().hex}@example.org")
    client.post("/accounts/signup/", SIGN_UP)
    assert not User.objects.filter(email="new@example.org").exists()

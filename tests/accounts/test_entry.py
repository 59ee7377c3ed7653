"""Signing up and in beyond guests: races, resets, and where people land."""

import re
import threading

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core import mail
from django.db import connection
from django.test import Client, RequestFactory

from accounts.forms import EmailTaken, SignUpForm
from accounts.models import User
from tests.accounts.conftest import PASSWORD

TIMEOUT_SECONDS = 20
EVE = {"email": "eve@example.org", "password1": PASSWORD}


@pytest.mark.django_db(transaction=True)
def test_two_sign_ups_with_one_address_at_once_make_one_account_and_one_sentence() -> None:
    together = threading.Barrier(2, timeout=TIMEOUT_SECONDS)
    answers: list[int] = []

    def sign_up() -> None:
        client = Client(raise_request_exception=False)
        together.wait()
        answers.append(
            client.post("/accounts/signup/", {"email": "eve@example.org", "password1": PASSWORD}).status_code
        )
        connection.close()

    threads = [threading.Thread(target=sign_up) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(TIMEOUT_SECONDS)
    assert sorted(answers) == [200, 302]
    assert User.objects.count() == 1


@pytest.mark.django_db
def test_an_address_that_is_taken_after_the_check_is_refused_at_the_save(rf: RequestFactory) -> None:
    form = SignUpForm(EVE)
    assert form.is_valid()
    User.objects.create_user("eve@example.org", None)
    request = rf.post("/accounts/signup/")
    request.user = AnonymousUser()
    with pytest.raises(EmailTaken):
        form.try_save(request)
    assert User.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "value"),
    [("email", ""), ("email", "nonsense"), ("password1", ""), ("password1", "short"), ("password1", "password1")],
)
def test_a_sign_up_that_does_not_fit_says_why_and_keeps_what_was_typed(client: Client, field: str, value: str) -> None:
    typed = {"email": "eve@example.org", "password1": PASSWORD, "name": "Eve"} | {field: value}
    response = client.post("/accounts/signup/", typed)
    assert response.status_code == 200
    assert response.context["form"].errors[field]
    assert response.context["form"]["name"].value() == "Eve"
    assert response.context["form"]["email"].value() == typed["email"]
    assert not User.objects.exists()


@pytest.mark.django_db
def test_a_password_is_never_sent_back(client: Client) -> None:
    response = client.post("/accounts/signup/", {"email": "nonsense", "password1": PASSWORD})
    assert PASSWORD not in response.content.decode()


@pytest.mark.django_db
def test_a_forgotten_password_is_set_anew_through_the_link(client: Client, ada: User) -> None:
    client.post("/accounts/password/reset/", {"email": "ada@example.org"})
    found = re.search(r"http://testserver(/accounts/password/reset/key/\S+)", str(mail.outbox[0].body))
    assert found is not None
    form = client.get(found[1], follow=True)
    address = form.request["PATH_INFO"]
    client.post(address, {"password1": "another-horse-9", "password2": "another-horse-9"})
    ada.refresh_from_db()
    assert ada.check_password("another-horse-9")
    assert "no longer works" in client.get(found[1], follow=True).content.decode()


@pytest.mark.django_db
def test_a_reset_for_an_unknown_address_looks_the_same(client: Client, ada: User) -> None:
    pages = [
        client.post("/accounts/password/reset/", {"email": email}) for email in ("ada@example.org", "no@example.org")
    ]
    assert [page["Location"] for page in pages] == ["/accounts/password/reset/done/"] * 2


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_signing_in_leads_to_no_other_site(client: Client, ada: User, address: str) -> None:
    fields = {"login": "ada@example.org", "password": PASSWORD, "next": address}
    assert client.post("/accounts/login/", fields)["Location"] == "/"


@pytest.mark.django_db
def test_signing_in_leads_back_to_where_it_began(client: Client, ada: User) -> None:
    fields = {"login": "ada@example.org", "password": PASSWORD, "next": "/join/abc/"}
    assert client.post("/accounts/login/", fields)["Location"] == "/join/abc/"

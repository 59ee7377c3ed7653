"""One's own page: name, theme, export, erasing; and the privacy page."""

import io
import json
import zipfile

import pytest
from django.test import Client

from accounts import own_page, personal_data
from accounts.models import GUEST_IDLE_DAYS, Preferences, Role, User
from tests.accounts.conftest import PASSWORD

pytestmark = pytest.mark.django_db
PATHS = ("/me/", "/me/theme/", "/me/export/", "/me/erase/")


@pytest.fixture
def me(client: Client, ada: User) -> Client:
    """Ada's browser."""
    client.force_login(ada)
    return client


@pytest.mark.parametrize("path", PATHS)
def test_visitors_are_sent_to_sign_in(client: Client, path: str) -> None:
    for response in (client.get(path), client.post(path)):
        assert response.status_code == 302
        assert response["Location"].startswith("/accounts/login/")
    assert not User.objects.exists()


def test_the_name_is_saved_without_characters_that_hide(me: Client, ada: User) -> None:
    assert me.post("/me/", {"name": " Ada\u202e L. "}).status_code == 302
    ada.refresh_from_db()
    assert ada.name == "Ada L."


def test_a_name_that_is_too_long_is_refused_and_stays_in_the_form(me: Client, ada: User) -> None:
    response = me.post("/me/", {"name": "x" * 81})
    assert response.context["name_form"].errors["name"]
    assert "x" * 81 in response.content.decode()
    ada.refresh_from_db()
    assert ada.name == "Ada"


def test_f26_extra_fields_change_nothing(me: Client, ada: User) -> None:
    extra = {
        "name": "Ada",
        "is_staff": "1",
        "is_superuser": "1",
        "email": "other@example.org",
        "id": "1",
        "password": "x",
    }
    me.post("/me/", extra)
    ada.refresh_from_db()
    assert (ada.is_staff, ada.is_superuser, ada.email) == (False, False, "ada@example.org")


def test_f26_extra_fields_at_sign_up_change_nothing(client: Client) -> None:
    fields = {"email": "eve@example.org", "password1": "correct-horse-9", "is_staff": "on", "is_superuser": "on"}
    client.post("/accounts/signup/", fields | {"role": "instructor", "is_active": "0"})
    eve = User.objects.get()
    assert (eve.is_staff, eve.is_superuser, eve.is_active, eve.has_role(Role.INSTRUCTOR)) == (False, False, True, False)


def test_f32_a_name_is_inert_on_every_page_that_shows_it(me: Client, ada: User) -> None:
    ada.name = "<script>alert(1)</script>"
    ada.save()
    for path in ("/me/", "/privacy/", "/accounts/email/"):
        body = me.get(path).content.decode()
        assert "<script>alert(1)" not in body
    assert "&lt;script&gt;" in me.get("/me/").content.decode()


@pytest.mark.parametrize("theme", ["auto", "light", "dark"])
def test_a_theme_is_kept_with_the_account(me: Client, ada: User, theme: str) -> None:
    assert me.post("/me/theme/", {"theme": theme}).status_code == 204
    assert Preferences.objects.get(user=ada).theme == theme


def test_a_kept_theme_comes_back_at_the_next_sign_in(client: Client, ada: User) -> None:
    Preferences.objects.create(user=ada, theme="dark")
    assert "data-theme-kept" not in client.get("/privacy/").content.decode()
    client.post("/accounts/login/", {"login": "ada@example.org", "password": PASSWORD})
    assert 'data-theme-kept="dark"' in client.get("/privacy/").content.decode()


@pytest.mark.parametrize("theme", ["", "purple", "dark;"])
def test_a_theme_that_does_not_exist_is_refused(me: Client, ada: User, theme: str) -> None:
    assert me.post("/me/theme/", {"theme": theme}).status_code == 422
    assert not Preferences.objects.exclude(theme="auto").exists()


def test_the_export_is_a_zip_of_json_with_one_file_for_each_holder(me: Client, ada: User) -> None:
    response = me.get("/me/export/")
    pack = zipfile.ZipFile(io.BytesIO(response.content))
    assert set(pack.namelist()) == {f"{holder.name}.json" for holder in personal_data.holders()}
    account = json.loads(pack.read("account.json"))
    assert (account["email"], account["name"]) == ("ada@example.org", "Ada")
    assert ada.password not in pack.read("account.json").decode()


@pytest.mark.parametrize("typed", ["", "erase", "eda@example.org"])
def test_nothing_is_erased_without_the_right_confirmation(me: Client, ada: User, typed: str) -> None:
    response = me.post("/me/erase/", {"confirmation": typed})
    assert response.status_code == 422
    assert response.context["erase_form"].errors["confirmation"]
    assert User.objects.filter(pk=ada.pk).exists()


def test_the_typed_address_erases_the_account_and_signs_out(me: Client, ada: User) -> None:
    assert me.post("/me/erase/", {"confirmation": "ADA@example.org "}).status_code == 302
    assert not User.objects.exists()
    assert "_auth_user_id" not in me.session


def test_a_guest_erases_by_a_word(client: Client, guest: User) -> None:
    client.force_login(guest)
    assert client.post("/me/erase/", {"confirmation": "erase"}).status_code == 302
    assert not User.objects.exists()


def test_the_privacy_page_says_everything_that_is_registered(client: Client) -> None:
    body = client.get("/privacy/").content.decode()
    kept = [line for holder in personal_data.holders() for line in holder.keeps]
    assert kept
    for line in kept:
        assert line.how_long.partition("'")[0] in body
    assert f"{GUEST_IDLE_DAYS} days" in body


@pytest.mark.parametrize(
    ("path", "method"),
    [("/me/erase/", "get"), ("/me/theme/", "get"), ("/me/export/", "post"), ("/privacy/", "post"), ("/me/", "delete")],
)
def test_f27_wrong_methods_are_405(me: Client, path: str, method: str) -> None:
    assert getattr(me, method)(path).status_code == 405


@pytest.mark.parametrize(
    "path", ["/me/", "/me/theme/", "/me/erase/", "/accounts/logout/", "/accounts/password/change/"]
)
def test_f27_posts_without_a_token_are_403(ada: User, path: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)
    assert client.post(path, {"confirmation": "ada@example.org"}).status_code == 403
    assert User.objects.filter(pk=ada.pk).exists()


@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/signup/", "/accounts/password/reset/"])
def test_f27_entry_without_a_token_is_403(db: None, path: str) -> None:
    client = Client(enforce_csrf_checks=True)
    fields = {"email": "a@example.org", "login": "a@example.org", "password": "x", "password1": "correct-horse-9"}
    assert client.post(path, fields).status_code == 403
    assert not User.objects.exists()


def test_signing_out_by_get_only_asks(me: Client) -> None:
    assert me.get("/accounts/logout/").status_code == 200
    assert "_auth_user_id" in me.session
    me.post("/accounts/logout/")
    assert "_auth_user_id" not in me.session


def test_other_apps_show_their_sections_there(me: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_page, "_sections", {})
    own_page.register("mine", template="403.html", context=lambda user: {"name": user.name})
    own_page.register("mine", template="404.html", context=lambda user: {"name": user.name})
    (shown,) = me.get("/me/").context["sections"]
    assert (shown.template, shown.context) == ("404.html", {"name": "Ada"})

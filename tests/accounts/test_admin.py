"""People in the admin."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from accounts import personal_data
from accounts.models import Role, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(client: Client) -> Client:
    """A browser of someone who may use the admin."""
    client.force_login(User.objects.create_superuser("root@example.org", None))
    return client


def test_people_are_listed_and_shown(operator: Client, ada: User, guest: User) -> None:
    page = operator.get("/admin/accounts/user/?q=ada")
    assert "ada@example.org" in page.content.decode()
    assert operator.get(f"/admin/accounts/user/{ada.pk}/change/").status_code == 200
    assert operator.get(f"/admin/accounts/user/{guest.pk}/change/").status_code == 200


def test_a_role_is_granted(operator: Client, ada: User) -> None:
    grant = {"role_grants-TOTAL_FORMS": "1", "role_grants-INITIAL_FORMS": "0", "role_grants-0-role": "instructor"}
    operator.post(f"/admin/accounts/user/{ada.pk}/change/", {"name": "Ada", "is_active": "on", **grant})
    assert ada.has_role(Role.INSTRUCTOR)


@pytest.mark.parametrize("way", ["one", "several"])
def test_deleting_goes_through_the_registry(
    operator: Client, ada: User, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    erased: list[str] = []
    monkeypatch.setattr(personal_data, "_holders", dict(personal_data._holders))
    personal_data.register(
        "watching", export=str, erase=lambda user: erased.append(user.shown_name), merge=lambda guest, *, into: None
    )
    if way == "one":
        operator.post(f"/admin/accounts/user/{ada.pk}/delete/", {"post": "yes"})
    else:
        action = {"action": "delete_selected", "_selected_action": str(ada.pk), "post": "yes"}
        operator.post("/admin/accounts/user/", action)
    assert erased == ["Ada"]
    assert not User.objects.filter(pk=ada.pk).exists()


def test_staff_without_all_rights_make_nobody_an_operator(client: Client) -> None:
    staff = User.objects.create_user("staff@example.org", None, is_staff=True)
    client.force_login(staff)
    address = f"/admin/accounts/user/{staff.pk}/change/"
    assert client.post(address, {"is_superuser": "on"}).status_code == 403
    staff.user_permissions.set(Permission.objects.filter(content_type__app_label="accounts"))
    roles = {"role_grants-TOTAL_FORMS": "0", "role_grants-INITIAL_FORMS": "0"}
    assert client.post(address, {"name": "S", "is_active": "on", "is_superuser": "on", **roles}).status_code == 302
    staff.refresh_from_db()
    assert (staff.name, staff.is_superuser) == ("S", False)

"""The registry of personal data: whole or not at all."""

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import models

from accounts import personal_data
from accounts.models import Preferences, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Register more holders for one test."""
    monkeypatch.setattr(personal_data, "_holders", dict(personal_data._holders))

    def add(name: str, **given: Callable[..., object]) -> None:
        nothing: dict[str, Any] = {
            "export": lambda user: None,
            "erase": lambda user: None,
            "merge": lambda guest, *, into: None,
        }
        personal_data.register(name, **nothing | given)

    return add


def test_a_merge_that_fails_half_way_changes_nothing(register: Callable[..., None], guest: User, ada: User) -> None:
    Preferences.objects.create(user=guest, theme="dark")

    def fail(guest: User, *, into: User) -> None:
        raise RuntimeError("half-way")

    register("failing", merge=fail)
    with pytest.raises(RuntimeError, match="half-way"):
        personal_data.merge(guest, into=ada)
    assert User.objects.filter(pk=guest.pk).exists()
    assert Preferences.objects.get().user == guest


def test_an_erasure_that_fails_erases_nothing(register: Callable[..., None], ada: User) -> None:
    Preferences.objects.create(user=ada)

    def fail(user: User) -> None:
        raise RuntimeError("half-way")

    # Erased in the reverse order of registration: the one that succeeds comes first.
    register("failing", erase=fail)
    register("succeeding", erase=lambda user: Preferences.objects.filter(user=user).delete())
    with pytest.raises(RuntimeError, match="half-way"):
        personal_data.erase(ada)
    assert User.objects.filter(pk=ada.pk).exists()
    assert Preferences.objects.filter(user=ada).exists()


def test_people_with_an_account_are_never_merged_into_others(ada: User, guest: User) -> None:
    other = User.objects.create_user("other@example.org", None)
    with pytest.raises(ValueError, match="Only a guest"):
        personal_data.merge(ada, into=other)
    with pytest.raises(ValueError, match="Only a guest"):
        personal_data.merge(guest, into=guest)


def test_the_account_keeps_its_own_name_and_theme_over_the_guests(guest: User, ada: User) -> None:
    guest.name = "Guest name"
    guest.save()
    Preferences.objects.create(user=guest, theme="dark")
    Preferences.objects.create(user=ada, theme="light")
    personal_data.merge(guest, into=ada)
    ada.refresh_from_db()
    assert (ada.name, Preferences.objects.get().theme) == ("Ada", "light")


def test_an_account_without_a_theme_takes_the_guests(guest: User, ada: User) -> None:
    Preferences.objects.create(user=guest, theme="dark")
    personal_data.merge(guest, into=ada)
    assert Preferences.objects.get().user == ada


def test_every_app_with_rows_about_people_is_registered() -> None:
    holding = {
        field.model._meta.app_label
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey | models.OneToOneField | models.ManyToManyField)
        and field.related_model is User
    }
    ours = holding & {"accounts", "courses", "labs", "inference", "teach"}
    registered = {holder.export.__module__.partition(".")[0] for holder in personal_data.holders()}
    assert ours - registered == set()

"""Settings from the environment: what is missing or nonsensical ends with one sentence that names it."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from stride import environment


def test_an_unknown_mode_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRIDE_MODE", "prod")
    with pytest.raises(ImproperlyConfigured, match="STRIDE_MODE is 'prod'"):
        environment.mode()


@pytest.mark.parametrize("text", ["-1", "0", "nan", "inf", "soon", ""])
def test_a_duration_that_is_no_positive_number_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("STRIDE_LEASE_SECONDS", text)
    with pytest.raises(ImproperlyConfigured, match="STRIDE_LEASE_SECONDS"):
        environment.seconds("STRIDE_LEASE_SECONDS", default=15)


@pytest.mark.parametrize(
    ("read", "name"),
    [
        (environment.secret_key, "STRIDE_SECRET_KEY"),
        (environment.database, "DATABASE_URL"),
        (environment.redis_url, "REDIS_URL"),
    ],
)
def test_production_refuses_to_start_without(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, read: object, name: str
) -> None:
    monkeypatch.setenv("STRIDE_MODE", "production")
    monkeypatch.delenv(name, raising=False)
    with pytest.raises(ImproperlyConfigured, match=name):
        read(tmp_path)  # type: ignore[operator]


def test_the_secret_key_is_made_once_and_is_private(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("STRIDE_SECRET_KEY", raising=False)
    first = environment.secret_key(tmp_path)
    assert environment.secret_key(tmp_path) == first
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


def test_a_postgresql_address_is_read_with_its_password_unquoted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://ada:p%40ss@db:5433/stride")
    found = environment.database(tmp_path)
    assert (found["USER"], found["PASSWORD"], found["HOST"], found["PORT"], found["NAME"]) == (
        "ada", "p@ss", "db", 5433, "stride",
    )  # fmt: skip


def test_an_unknown_kind_of_database_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATABASE_URL", "mysql://db/stride")
    with pytest.raises(ImproperlyConfigured, match="'mysql'"):
        environment.database(tmp_path)

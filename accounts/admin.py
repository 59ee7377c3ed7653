"""People and their roles, for staff. Deleting goes through the registry, so that files and runs go too."""

from typing import TYPE_CHECKING

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts import personal_data
from accounts.models import RoleGrant, User

if TYPE_CHECKING:
    UserBase = admin.ModelAdmin[User]
    RoleBase = admin.TabularInline[RoleGrant, User]
else:
    # Django's classes take no parameter at run time.
    UserBase, RoleBase = admin.ModelAdmin, admin.TabularInline


class RoleInline(RoleBase):
    """The roles of one person."""

    model = RoleGrant
    fk_name = "user"
    extra = 0
    readonly_fields = ("granted_by", "granted_at")


@admin.register(User)
class UserAdmin(UserBase):
    """One person. Passwords are set by their owners, or by `manage.py instructor --new-password`."""

    fields = ("email", "name", "is_active", "is_staff", "is_superuser", "date_joined", "last_seen_at")
    list_display = ("shown_name", "email", "is_active", "last_seen_at")
    list_filter = ("is_active", "is_staff", "role_grants__role")
    search_fields = ("email", "name")
    ordering = ("-last_seen_at",)
    inlines = (RoleInline,)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Let nobody who is not an admin make others, or themselves, one."""
        rights = () if request.user.is_superuser else ("is_staff", "is_superuser")
        return ("email", "date_joined", "last_seen_at", *rights)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse: people sign up, or a command makes their account."""
        return False

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        """Erase a person and all that is theirs."""
        personal_data.erase(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Erase several people, one transaction each."""
        for user in queryset:
            personal_data.erase(user)

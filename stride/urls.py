"""Every page's address."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

from stride import health
from stride.api import api

# The admin's own form would neither limit guesses nor keep a guest's work.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("", include("courses.urls")),
    path("", include("labs.urls")),
    path("", include("inference.urls")),
    path("", include("teach.urls")),
    path("", include("accounts.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/", api.urls),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
]

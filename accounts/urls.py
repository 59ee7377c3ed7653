"""Addresses of accounts.

The paths under accounts/ stand before allauth's own and show its views to the right people: sign-in and sign-up to
guests too, the management of addresses and passwords to those who have one.
"""

from allauth.account import views as allauth_views
from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("me/", views.me, name="me"),
    path("me/theme/", views.set_theme, name="theme"),
    path("me/tokens/", views.make_token, name="make_token"),
    path("me/tokens/<int:token_id>/revoke/", views.revoke_token, name="revoke_token"),
    path("me/export/", views.export, name="export"),
    path("me/erase/", views.erase, name="erase"),
    path("privacy/", views.privacy, name="privacy"),
    path("accounts/login/", views.SignInView.as_view(), name="sign_in"),
    path("accounts/signup/", views.SignUpView.as_view(), name="sign_up"),
    path("accounts/email/", views.members_only(allauth_views.email), name="email"),
    path("accounts/password/change/", views.members_only(allauth_views.password_change), name="password_change"),
    path("accounts/password/set/", views.members_only(allauth_views.password_set), name="password_set"),
    path("accounts/reauthenticate/", views.members_only(allauth_views.reauthenticate), name="reauthenticate"),
]

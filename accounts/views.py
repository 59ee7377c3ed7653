"""Signing up and in (around allauth's views), one's own page, and what the site keeps."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from allauth.account import views as allauth_views
from allauth.account.adapter import get_adapter
from allauth.account.utils import get_login_redirect_url
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import own_page, personal_data, tokens
from accounts.forms import EmailTaken, EraseForm, NameForm, SignUpForm, ThemeForm, TokenForm
from accounts.models import Preferences, User
from accounts.policy import is_signed_up

View = Callable[..., HttpResponseBase]


def guests_pass(view: View) -> View:
    """Show a page of entry to visitors and guests; send those who have an account where they wanted to go.

    allauth itself would turn guests away too, since they are signed in; see ACCOUNT_AUTHENTICATED_LOGIN_REDIRECTS.
    """

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if is_signed_up(request.user):
            return redirect(get_login_redirect_url(request))
        return view(request, *args, **kwargs)

    return shown


def members_only(view: View) -> View:
    """Send guests to sign-up from pages that manage an address or a password: they have neither."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not is_signed_up(request.user):
            return redirect(f"{resolve_url('account_signup')}?{urlencode({'next': request.get_full_path()})}")
        return view(request, *args, **kwargs)

    return shown


@method_decorator(guests_pass, name="dispatch")
class SignInView(allauth_views.LoginView):
    """allauth's sign-in, open to guests."""


@method_decorator(guests_pass, name="dispatch")
class SignUpView(allauth_views.SignupView):
    """allauth's sign-up, open to guests; loses nothing that was typed when two people race for one address."""

    def form_valid(self, form: SignUpForm) -> HttpResponse:
        """Make the account, or say that the address was taken a moment ago."""
        try:
            made: HttpResponse = super().form_valid(form)
        except EmailTaken:
            form.add_error("email", get_adapter(self.request).error_messages["email_taken"])
            return self.form_invalid(form)  # type: ignore[no-any-return]
        return made


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def me(request: HttpRequest) -> HttpResponse:
    """Show one's own page; a POST changes the name."""
    user = _person(request)
    form = NameForm(request.POST if request.method == "POST" else None, instance=user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Your name is saved."))
        return redirect("accounts:me")
    return _me_page(request, user=user, name_form=form)


@login_required
@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Keep the theme that this person chose: 204 when all is well, 422 for a theme that does not exist."""
    preferences, _made = Preferences.objects.get_or_create(user=_person(request))
    form = ThemeForm(request.POST, instance=preferences)
    if not form.is_valid():
        return HttpResponse(_("The theme is one of auto, light, dark."), status=422, content_type="text/plain")
    form.save()
    request.session["theme"] = preferences.theme
    return HttpResponse(status=204)


@login_required
@never_cache
@require_POST
def make_token(request: HttpRequest) -> HttpResponse:
    """Make a personal token and show it, this once; guests have no account that would outlive it."""
    user = _person(request)
    if not is_signed_up(user):
        return render(request, "403.html", status=403)
    form = TokenForm(request.POST, user=user)
    if not form.is_valid():
        return _me_page(request, user=user, token_form=form, status=422)
    return _me_page(request, user=user, new_token=tokens.make(user, name=form.cleaned_data["name"]))


@login_required
@require_POST
def revoke_token(request: HttpRequest, token_id: int) -> HttpResponse:
    """Make one's own token worthless, at once."""
    get_object_or_404(_person(request).access_tokens, pk=token_id).delete()
    messages.success(request, _("The token is revoked: nothing that holds it gets in any more."))
    return redirect(f"{resolve_url('accounts:me')}#tokens")


@login_required
@never_cache
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """Send everything that Stride keeps about this person, as a zip of JSON files."""
    body = personal_data.archive(_person(request))
    headers = {"Content-Disposition": 'attachment; filename="stride-my-data.zip"'}
    return HttpResponse(body, content_type="application/zip", headers=headers)


@login_required
@require_POST
def erase(request: HttpRequest) -> HttpResponse:
    """Erase this person and all that is theirs, once they typed the confirmation."""
    user = _person(request)
    form = EraseForm(request.POST, user=user)
    if not form.is_valid():
        return _me_page(request, user=user, erase_form=form, status=422)
    personal_data.erase(user)
    logout(request)
    messages.success(request, _("Your account and everything in it are erased."))
    return redirect(resolve_url("/"))


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """Say in numbers how long everything is kept."""
    kept = [line for holder in personal_data.holders() for line in holder.keeps]
    return render(request, "accounts/privacy.html", {"kept": kept})


def _me_page(request: HttpRequest, *, user: User, status: int = 200, **forms: Any) -> HttpResponse:
    blank = {"name_form": NameForm(instance=user), "token_form": TokenForm(user=user)}
    shown = {**blank, "erase_form": EraseForm(user=user), "tokens": user.access_tokens.order_by("-pk"), **forms}
    shown["sections"] = own_page.sections_for(user)
    theme = Preferences.objects.filter(user=user).values_list("theme", flat=True).first() or "auto"
    return render(request, "accounts/me.html", {**shown, "theme": theme}, status=status)


def _person(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise TypeError("This view is for people who are signed in.")
    return request.user

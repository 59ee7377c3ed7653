"""The forms of signing up, signing in, and of one's own page."""

from typing import Any

from allauth.account.forms import LoginForm, SignupForm
from django import forms
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.models import Preferences, User
from accounts.tokens import MOST_TOKENS

NAME_CHARACTERS = User._meta.get_field("name").max_length


class EmailTaken(Exception):
    """Somebody else signed up with this address between the check and the save."""


class SignUpForm(SignupForm):
    """Address and password once, and the name that a class sees if one is given."""

    field_order = ("email", "password1", "name")

    name = forms.CharField(
        label=_("Name (optional)"),
        max_length=NAME_CHARACTERS,
        required=False,
        help_text=_(
            "What your class and your instructor see. Without it they see the part of your address before the @."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _drop_placeholders(self)
        self.fields["password1"].help_text = _("At least 8 characters, and not one of the common ones.")

    def clean_name(self) -> str:
        """Strip control characters, which could reorder or hide the text around a name."""
        return printable(self.cleaned_data["name"])

    def try_save(self, request: HttpRequest) -> tuple[AbstractBaseUser | None, HttpResponse | None]:
        """Save the account whole or not at all; raises EmailTaken when another sign-up was faster."""
        # Hashing is slow on purpose: inside the transaction a class that signs up at once would wait for it in line.
        password = self.cleaned_data.pop("password1")
        hashed = make_password(password)
        try:
            with transaction.atomic():
                saved: tuple[AbstractBaseUser | None, HttpResponse | None] = super().try_save(request)
                if saved[0] is not None:
                    saved[0].password = hashed
                    saved[0].save(update_fields=["password"])
        except IntegrityError as error:
            raise EmailTaken from error
        finally:
            self.cleaned_data["password1"] = password
        return saved


class SignInForm(LoginForm):
    """Address and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _drop_placeholders(self)
        self.fields["password"].help_text = ""


class TokenForm(forms.Form):
    """What a personal token is for."""

    name = forms.CharField(label=_("What is it for?"), max_length=60, help_text=_("For example: notebook on my laptop"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Its page has a field "name" of its own, to which a click on this one's label would lead.
        self.auto_id = "id_token_%s"
        self._user = user

    def clean_name(self) -> str:
        """Strip control characters, and refuse one token too many."""
        if self._user.access_tokens.count() >= MOST_TOKENS:
            raise forms.ValidationError(_("You have as many tokens as one person may have. Revoke one first."))
        name = printable(self.cleaned_data["name"])
        if not name:
            raise forms.ValidationError(_("Say in a word or two what the token is for."))
        return name


class NameForm(forms.ModelForm):  # type: ignore[type-arg]
    """The name that others see."""

    class Meta:
        model = User
        fields = ("name",)
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "name"})}
        help_texts = {"name": _("What your class and your instructor see.")}

    def clean_name(self) -> str:
        """Strip control characters, which could reorder or hide the text around a name."""
        return printable(self.cleaned_data["name"])


class ThemeForm(forms.ModelForm):  # type: ignore[type-arg]
    """How pages look."""

    class Meta:
        model = Preferences
        fields = ("theme",)


class EraseForm(forms.Form):
    """The typed confirmation without which nothing is erased."""

    confirmation = forms.CharField(max_length=254, widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.expected = user.email or "erase"
        self.fields["confirmation"].label = _("Type “%(text)s” to confirm") % {"text": self.expected}

    def clean_confirmation(self) -> str:
        """Refuse anything but the address of the account (a guest: the word `erase`), in any case."""
        given: str = self.cleaned_data["confirmation"].strip()
        if given.lower() != self.expected.lower():
            raise forms.ValidationError(_("This is not “%(text)s”. Nothing was erased.") % {"text": self.expected})
        return given


def printable(text: str) -> str:
    """Return a text without control and formatting characters, runs of blanks made one.

    >>> printable("  Ada \\u202e Lovelace\\x00 ")
    'Ada Lovelace'
    """
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _drop_placeholders(form: forms.Form) -> None:
    # Every field has a visible label; a placeholder would say it twice and vanish when it is needed.
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)

"""The forms of teaching."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import printable
from courses.models import Cohort

NAME_CHARACTERS = 80


class CohortForm(forms.Form):
    """A class by its name."""

    name = forms.CharField(
        label=_("Name of the class"),
        max_length=Cohort._meta.get_field("name").max_length,
        help_text=_("What learners read on the invitation: “Biology 12b, spring”."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_name(self) -> str:
        """Strip control characters; refuse a name of nothing else."""
        return _visible(self.cleaned_data["name"])


class JoinForm(forms.Form):
    """The name under which a learner appears on the board."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=NAME_CHARACTERS,
        help_text=_("What the instructor of this class sees."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    def clean_name(self) -> str:
        """Strip control characters; refuse a name of nothing else."""
        return _visible(self.cleaned_data["name"])


def _visible(text: str) -> str:
    shown = printable(text)
    if not shown:
        raise forms.ValidationError(_("Please use letters that can be seen."))
    return shown

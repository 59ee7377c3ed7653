"""Where a widget's script and style sheet lie."""

from collections.abc import Sequence
from functools import cache

from django import template
from django.contrib.staticfiles import finders
from django.templatetags.static import static

register = template.Library()


@register.simple_tag
def widget_script(name: str) -> str:
    """Return the address of a widget's module."""
    return static(f"js/widgets/{name}.js")


@register.simple_tag
def widget_styles(names: Sequence[str]) -> list[str]:
    """Return the addresses of the style sheets that these widgets have of their own, beside css/widgets.css."""
    return [static(_own_style(name)) for name in names if _has_own_style(name)]


def _own_style(name: str) -> str:
    return f"css/widgets/{name}.css"


@cache
def _has_own_style(name: str) -> bool:
    return finders.find(_own_style(name)) is not None

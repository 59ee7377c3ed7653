"""Where the browser finds Python."""

from django import template
from django.conf import settings

from stride.browser_libraries import python_folder

register = template.Library()


@register.simple_tag
def python_address() -> str:
    """Return the address of the folder with Python's files."""
    return f"{settings.STATIC_URL}{python_folder()}/"

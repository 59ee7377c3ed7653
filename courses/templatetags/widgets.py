"""Where a widget's script lies."""

from django import template
from django.templatetags.static import static

register = template.Library()


@register.simple_tag
def widget_script(name: str) -> str:
    """Return the address of a widget's module."""
    return static(f"js/widgets/{name}.js")

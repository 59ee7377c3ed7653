"""Pages of courses: the map, lessons, knowledge checks, glossary and sheet."""

from courses.views.locked import locked_response

__all__ = ["locked_response"]

"""Every static file that a template names exists; tests render pages without the manifest that would say so."""

import re
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders

NAMED = re.compile(r"{%\s*static\s+['\"]([^'\"]+)['\"]")


def test_every_static_file_that_a_template_names_is_there() -> None:
    templates = Path(settings.BASE_DIR, "templates").rglob("*.html")
    named = {(path.name, name) for path in templates for name in NAMED.findall(path.read_text())}
    assert named
    assert [pair for pair in sorted(named) if finders.find(pair[1]) is None] == []

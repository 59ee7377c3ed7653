"""Bring database, static files, course and first accounts up to date before the house opens, in one process."""

import os
import sys

import django
from django.core.management import CommandError, call_command

# Who can sign in at once: demo people on one's own machine, an instructor in a class, nobody in production.
ACCOUNTS = {"embedded": "demo", "class": "instructor"}
# htmx's own extensions, of which no page uses any; the comments in some name files that do not exist.
UNUSED_STATIC_FILES = ["django_htmx/ext/*"]


def prepare(mode: str) -> None:
    """Run what the house needs before its first page; each step does nothing when nothing changed."""
    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=UNUSED_STATIC_FILES)
    call_command("publish")
    call_command("rebuild_scores", missing_cards=True)
    if mode in ACCOUNTS:
        call_command(ACCOUNTS[mode])


def main() -> None:
    """Prepare for the mode in STRIDE_MODE; ends with the command's own sentence when a step refuses."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stride.settings")
    django.setup()
    try:
        prepare(os.environ.get("STRIDE_MODE", "embedded"))
    except CommandError as error:
        sys.exit(f"stride: {error}")


if __name__ == "__main__":
    main()

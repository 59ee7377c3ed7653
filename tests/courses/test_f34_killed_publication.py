"""A publication whose process is killed in the middle: the release that people see stays whole."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from courses.models import Course, LessonVersion, Release
from courses.publishing.edition import Edition
from courses.publishing.storing import store
from tests.courses.course_folder import read, replace, write_results
from tests.house import database_url

WAIT_SECONDS = 60
# Publishes the course in argv[1], and kills itself after the lessons' rows, before the course points at the release.
DYING_PUBLISHER = """
import os, signal, sys
from pathlib import Path
import django
django.setup()
from courses.publishing import register_part_kind
from courses.publishing.storing import store
from tests.courses.course_folder import read

class Part:
    title, summary = "A trap", "It springs."

def spring(part, source, release):
    os.kill(os.getpid(), signal.SIGKILL)

register_part_kind("trap", parse=lambda s: Part(), validate=lambda p, s, c: (), store=spring, folder="traps")
store(read(Path(sys.argv[1])))
"""


@pytest.mark.django_db(transaction=True)
def test_f34_a_publication_killed_in_the_middle_leaves_the_old_release_whole(
    edition: Edition, folder: Path, client: Client
) -> None:
    release = store(edition)
    assert release is not None
    replace(folder / "lessons" / "01-first.md", "Look closely.", "Look more closely.")
    (folder / "traps").mkdir()
    (folder / "traps" / "one.yaml").write_text("size: 1\n")
    died = subprocess.run(
        [sys.executable, "-c", DYING_PUBLISHER, str(folder)],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "stride.settings", "DATABASE_URL": database_url()},
        capture_output=True,
        timeout=WAIT_SECONDS,
        check=False,
    )
    assert died.returncode == -signal.SIGKILL, died.stderr.decode()[-800:]
    assert Course.objects.get().published_id == release.pk
    assert (Release.objects.count(), LessonVersion.objects.count()) == (1, 3)
    page = client.get("/lessons/first/").content.decode()
    assert "Look closely." in page
    (folder / "traps" / "one.yaml").unlink()
    write_results(folder / "lessons" / "01-first.md")
    assert store(read(folder)) is not None  # nothing holds a lock

"""The benchmark of a class reads a run's points wherever they lie."""

import pytest
from django.utils import timezone

from benchmarks import classroom
from benchmarks.learners import Watched
from labs import packing
from labs.models import Chunk, Run
from tests.labs.conftest import lab, learner
from tests.labs.test_packing import ended
from tests.labs.test_recording import run

__all__ = ["ended", "lab", "learner", "run"]


@pytest.mark.django_db
def test_the_points_of_a_packed_log_are_those_of_its_rows(ended: Run) -> None:
    before = classroom.columns(str(ended.pk))
    assert before["step"]
    told = [(chunk.attempt, event) for chunk in ended.chunks.order_by("seq") for event in chunk.events]
    assert packing.pack(ended, now=timezone.now())
    assert not Chunk.objects.filter(run=ended).exists()
    assert classroom.columns(str(ended.pk)) == before
    assert classroom.unlike(Watched(str(ended.pk), told=told)) == ""
    assert "the rows" in classroom.unlike(Watched(str(ended.pk), told=told[:1]))

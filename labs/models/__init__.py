"""The rows of labs: what may be trained (labs), what is and was trained (runs), by whom and on what (workers)."""

from labs.models.labs import Lab, LabVersion
from labs.models.picture_sets import PictureSet
from labs.models.previews import Preview, RatePick
from labs.models.runs import Artifact, Chunk, GoalResult, Prediction, Run, RunAction, RunGroup, Turn
from labs.models.workers import Device, Worker

__all__ = [
    "Artifact",
    "Chunk",
    "Device",
    "GoalResult",
    "Lab",
    "LabVersion",
    "PictureSet",
    "Prediction",
    "Preview",
    "RatePick",
    "Run",
    "RunAction",
    "RunGroup",
    "Turn",
    "Worker",
]

"""Labs as files of a course: what is refused, with its line, and when a new version is made."""

import textwrap

import pytest

from courses import yaml_lines
from courses.faults import ContentError
from courses.models import Course, Release
from courses.publishing import PartContext, PartSource, part_kinds
from labs import parts
from labs.models import Lab, LabVersion
from nets.specs import BOUNDS

GOOD = """
    id: first-run
    title: Your first run
    lesson: null
    kind: train
    summary: Train.
    goal: {metric: validation_accuracy, at_least: 0.97, text: Be right.}
    spec:
      arch: lenet5
      epochs: 20
    open: [arch, epochs]
    choices:
      arch: [lenet5, threeblock]
    guests: false
    seconds: 10
"""
CONTEXT = PartContext(lessons=frozenset({"your-first-cnn"}))


def source(text: str = GOOD, key: str = "first-run") -> PartSource:
    return PartSource("lab", key, yaml_lines.load(textwrap.dedent(text).lstrip(), path=f"labs/{key}.yaml"))


def faults(old: str, new: str) -> list[str]:
    """Return where and what is wrong when `old` is replaced by `new` in a good lab."""
    assert old in GOOD
    changed = source(GOOD.replace(old, new))
    try:
        found = parts.validate(parts.parse(changed), changed, CONTEXT)
        return [f"{fault.line}: {fault.text}" for fault in found]
    except ContentError as error:
        return [f"{fault.line}: {fault.text}" for fault in error.faults]


def test_the_kind_is_known_to_the_course() -> None:
    assert part_kinds()["lab"].folder == "labs"


def test_a_good_lab_has_no_faults() -> None:
    assert faults("epochs: 20", "epochs: 21") == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("guests: false", "hidden: [wings]", "13: 'wings' is no field of a run."),
        ("guests: false", "hidden: [epochs]", "13: 'epochs' is open and hidden."),
        ("id: first-run", "id: second-run", "1: The lab's id is 'second-run'."),
        ("lesson: null", "lesson: nowhere", "3: There is no lesson 'nowhere'."),
        ("kind: train", "kind: dance", "4: The kind 'dance' is not known."),
        ("epochs: 20", "epochs: 0", "9: Epochs must be a whole number from 1 to 200; 0 was given."),
        ("[arch, epochs]", "[arch, wings]", "10: 'wings' is no field of a run."),
        (
            "[lenet5, threeblock]",
            "[lenet5, vgg99]",
            f"12: {BOUNDS['arch'].fault('Network', 'vgg99')}",
        ),
        ("0.97", "97", "6: The goal's `at_least` is no fraction."),
        ("validation_accuracy", "luck", "6: The goal's metric is not known."),
        ("guests: false", "guests: perhaps", "13: `guests` is of the wrong kind."),
        ("seconds: 10", "wings: 2", "14: `wings` is no key of a lab."),
    ],
)
def test_a_fault_is_named_with_its_line(old: str, new: str, fault: str) -> None:
    assert fault in faults(old, new)


def test_a_missing_key_is_named() -> None:
    assert any("no `title`" in fault for fault in faults("title: Your first run", "guest: 1"))


@pytest.mark.django_db
def test_a_new_version_is_made_only_when_the_lab_says_something_new() -> None:
    release = Release(course=Course(pk="cnn"))
    for text in (GOOD, GOOD, GOOD.replace("epochs: 20", "epochs: 5"), GOOD):
        part = source(text)
        parts.store(parts.parse(part), part, release)
    assert list(LabVersion.objects.order_by("number").values_list("number", "spec__epochs")) == [(1, 20), (2, 5)]
    current = Lab.objects.get().current
    assert current is not None
    assert current.number == 1

"""Lessons that are announced: on the map with title and prerequisites, no link to them, and no 404 that surprises."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from courses.faults import ContentError
from tests.courses.course_folder import line_of, read, replace


def page_of(client: Client, path: str) -> str:
    return client.get(path).content.decode()


@pytest.mark.usefixtures("release")
def test_a_coming_lesson_is_on_the_map_with_what_it_requires_and_without_a_link(client: Client) -> None:
    page = page_of(client, "/")
    row, _fifth = re.findall(r'<li class="map__row map__row--coming">.*?</li>', page, flags=re.DOTALL)
    assert "Fourth" in row
    assert ">coming</span>" in row
    assert "Needs" in row
    assert 'href="/lessons/third/"' in row
    assert "map__minutes" not in row
    assert "map__summary" not in row
    assert 'href="/lessons/fourth/"' not in page
    assert "0 of 3 lessons done" in page
    assert "2 more are coming" in page


@pytest.mark.usefixtures("release")
def test_its_address_says_that_it_is_not_written_yet(client: Client) -> None:
    response: Any = client.get("/lessons/fourth/")
    assert response.status_code == 404
    page = response.content.decode()
    assert "<h1>Fourth</h1>" in page
    assert "not written yet" in page
    assert 'href="/lessons/third/"' in page
    assert client.get("/lessons/fourth/check/").status_code == 404


@pytest.mark.usefixtures("release")
def test_a_coming_lesson_can_be_a_goal(client: Client) -> None:
    page = page_of(client, "/?goal=fifth")
    assert "5 lessons, about 33 min." in page
    assert "2 of them are not written yet." in page


FOURTH = "  - {id: fourth, title: Fourth, section: building, order: 4, requires: [third]}"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("title: Fourth", "titel: Fourth", "needs id, title, section, order and requires"),
        ("id: fourth", "id: Fourth One", "needs id, title, section, order and requires"),
        ("id: fourth", "id: fifth", "The id 'fifth' is announced twice"),
        ("id: fourth", "id: second", "The lesson 'second' is announced, and written already"),
        ("order: 4", "order: 3", "The order 3 is taken"),
        ("order: 4", "order: 5", "The order 5 is taken"),
        ("section: building", "section: cooking", "no section 'cooking'"),
        ("[third]", "[nothing]", "requires 'nothing', which is no lesson"),
        ("[third]", "[fifth]", "requires 'fifth', which does not come before it"),
        ("[third]", "[fourth]", "requires 'fourth', which does not come before it"),
    ],
)
def test_what_is_wrong_with_an_entry_is_told_with_its_line(folder: Path, old: str, new: str, said: str) -> None:
    path = folder / "course.yaml"
    replace(path, FOURTH, FOURTH.replace(old, new))
    with pytest.raises(ContentError) as refused:
        read(folder)
    faults = [str(fault) for fault in refused.value.faults]
    line = line_of(path, FOURTH.replace(old, new))
    assert any(fault.startswith(f"course.yaml:{line}: ") and said in fault for fault in faults), faults


def test_a_written_lesson_cannot_require_one_that_is_coming(folder: Path) -> None:
    replace(folder / "lessons" / "03-third.md", "requires: [second]", "requires: [fourth]")
    with pytest.raises(ContentError, match="requires 'fourth', which is no lesson"):
        read(folder)

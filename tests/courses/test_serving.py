"""What is served: unseen first, shuffled, drawn anew; and nothing of the key."""

import random
from dataclasses import asdict
from pathlib import Path

import pytest

from courses.grading import Slip
from courses.serving import PoolQuestion, Served, choose, read_given, show
from tests.courses.course_folder import SENTINEL, read


@pytest.fixture
def pool(folder: Path) -> list[PoolQuestion]:
    questions = read(folder).lessons[0].questions
    return [PoolQuestion(number, each.id, each.kind, each.data) for number, each in enumerate(questions)]


def test_the_same_seed_serves_the_same(pool: list[PoolQuestion]) -> None:
    once, again = (choose(pool, seen={}, count=6, rng=random.Random(7)) for _ in range(2))
    assert once == again
    assert len({each.version for each in once}) == 6
    assert choose(pool, seen={}, count=6, rng=random.Random(8)) != once


def test_unseen_questions_come_first(pool: list[PoolQuestion]) -> None:
    seen: dict[str, list[dict[str, int]]] = {question.question: [{}] for question in pool[:5]}
    served = choose(pool, seen=seen, count=6, rng=random.Random(1))
    unseen = {question.version for question in pool[5:]}
    assert {each.version for each in served} >= set(sorted(unseen)[:5]) or len(
        {e.version for e in served} & unseen
    ) == 5


def test_a_question_served_again_draws_other_numbers(pool: list[PoolQuestion]) -> None:
    drawn = next(question for question in pool if question.kind == "drawn")
    before = [{"height": 8, "width": 32, "channels": channels} for channels in (1, 3)]
    for seed in range(20):
        (served,) = choose([drawn], seen={drawn.question: before}, count=1, rng=random.Random(seed))
        assert served.parameters not in before


def test_items_to_be_ordered_never_stand_in_order(pool: list[PoolQuestion]) -> None:
    order = next(question for question in pool if question.kind == "order")
    right = tuple(item["id"] for item in order.data["items"])
    assert all(choose([order], seen={}, count=1, rng=random.Random(seed))[0].options != right for seed in range(40))


def test_every_order_of_options_is_served(pool: list[PoolQuestion]) -> None:
    one = next(question for question in pool if question.kind == "one")
    orders = {choose([one], seen={}, count=1, rng=random.Random(seed))[0].options for seed in range(60)}
    assert len(orders) == 6


def test_what_is_shown_holds_nothing_of_the_key(pool: list[PoolQuestion]) -> None:
    for served, question in zip(
        choose(pool, seen={}, count=len(pool), rng=random.Random(3)), range(len(pool)), strict=True
    ):
        asked = next(each for each in pool if each.version == served.version)
        assert SENTINEL not in str(asdict(show(asked.kind, asked.data, served))), question


def test_drawn_numbers_stand_in_text_and_formula(pool: list[PoolQuestion]) -> None:
    drawn = next(question for question in pool if question.kind == "drawn")
    shown = show("drawn", drawn.data, Served(0, (), {"height": 16, "width": 32, "channels": 3}))
    assert "16 by 32 with 3 channels" in shown.text
    assert "<mn>16</mn>" in shown.text
    assert "{" not in shown.text


SERVED = Served(0, ("c", "a", "b"), {})


def test_options_are_named_by_their_place() -> None:
    assert read_given("one", SERVED, {"choice": ["2"]}) == {"option": "a"}
    assert read_given("several", SERVED, {"choice": ["1", "3", "3"]}) == {"options": ["c", "b"]}


@pytest.mark.parametrize("place", ["0", "4", "-1", "x", "²", "1e0", "9" * 9])
def test_places_that_do_not_exist_choose_nothing(place: str) -> None:
    assert read_given("one", SERVED, {"choice": [place]}) == {"option": None}


def test_an_order_needs_every_place_once() -> None:
    fields = {"place-1": ["3"], "place-2": ["1"], "place-3": ["2"]}
    assert read_given("order", SERVED, fields) == {"order": ["a", "b", "c"]}
    for wrong in ({"place-1": ["3"]}, fields | {"place-1": ["1"]}, fields | {"place-1": ["4"]}, {}):
        with pytest.raises(Slip, match="a place of its own"):
            read_given("order", SERVED, wrong)


@pytest.mark.parametrize("cell", ["", "1", "1,2,3", "a,b", "-1,0", "1;2"])
def test_a_cell_that_makes_no_sense_picks_nothing(cell: str) -> None:
    assert read_given("pixel", SERVED, {"cell": [cell]}) == {"cell": None}
    assert read_given("pixel", SERVED, {"cell": ["1,2"]}) == {"cell": [1, 2]}

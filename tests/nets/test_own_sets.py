"""How a spec names a learner's own pictures: whole, within bounds, and by their content."""

import dataclasses
import json

import pytest

from nets.own_sets import OWN, OwnSet, OwnSetError, fault_of_name
from nets.specs import SpecError, TrainSpec

CUPS = OwnSet("ab" * 32, 32, (("cup", 12), ("pen", 30)))


def test_the_text_of_a_set_is_read_back() -> None:
    assert OwnSet.parse(CUPS.text) == OwnSet.parse(json.loads(CUPS.text)) == CUPS


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"sha256": "AB" * 32}, "64 hex digits"),
        ({"sha256": "../" * 21 + "a"}, "64 hex digits"),
        ({"side": 7}, "from 8 to 512"),
        ({"side": True}, "from 8 to 512"),
        ({"classes": [["cup", 12]]}, "2 to 100 classes"),
        ({"classes": [["cup", 12], ["cup", 12]]}, "name of its own"),
        ({"classes": [["cup", 9], ["pen", 30]]}, "10 to 20,000"),
        ({"classes": [["cup", 12.0], ["pen", 30]]}, "10 to 20,000"),
        ({"classes": [["cup\n", 12], ["pen", 30]]}, "blanks"),
        ({"classes": [["c\x07p", 12], ["pen", 30]]}, "60 letters"),
        ({"classes": [["x" * 61, 12], ["pen", 30]]}, "60 letters"),
        ({"classes": {"cup": 12, "pen": 30}}, "list of"),
        ({"classes": None}, "list of"),
        ({"name": "mine"}, "JSON object"),
    ],
)
def test_a_set_out_of_its_bounds_cannot_exist(change: dict[str, object], said: str) -> None:
    with pytest.raises(OwnSetError, match=said):
        OwnSet.parse(json.loads(CUPS.text) | change)


@pytest.mark.parametrize("text", ["", "[]", "{", "null", "[" * 100_000])
def test_what_is_no_set_is_refused_in_words(text: str) -> None:
    with pytest.raises(OwnSetError, match="JSON object"):
        OwnSet.parse(text)


@pytest.mark.parametrize("counts", [(10, 10), (10, 1000), (333, 334, 10), (10,) * 100])
def test_the_parts_add_up_and_every_part_has_room_for_every_class(counts: tuple[int, ...]) -> None:
    own = OwnSet("0" * 64, 32, tuple((str(place), count) for place, count in enumerate(counts)))
    assert sum(own.splits.values()) == own.images == sum(counts)
    assert min(own.splits.values()) >= len(counts)


def test_a_spec_with_own_pictures_knows_their_shape_and_classes() -> None:
    spec = TrainSpec(data=OWN, pictures=CUPS.text)
    assert spec.dataset.shape == (3, 32, 32)
    assert spec.dataset.classes == ("cup", "pen")
    assert TrainSpec.from_json(spec.to_json()) == spec


def test_a_spec_pins_the_content_of_the_pictures() -> None:
    other = dataclasses.replace(CUPS, sha256="cd" * 32)
    assert TrainSpec(data=OWN, pictures=CUPS.text).digest() != TrainSpec(data=OWN, pictures=other.text).digest()


def test_a_spec_from_before_there_were_own_pictures_keeps_its_digest() -> None:
    before = TrainSpec().to_json()
    del before["pictures"]
    assert TrainSpec.from_json(before).digest() == TrainSpec().digest()
    assert "pictures" not in json.dumps(before)


@pytest.mark.parametrize(
    "fields",
    [{"data": OWN}, {"pictures": CUPS.text}, {"data": OWN, "pictures": "cups"}, {"data": OWN, "pictures": ["cup"]}],
)
def test_own_data_and_named_pictures_go_together(fields: dict[str, object]) -> None:
    with pytest.raises(SpecError) as refused:
        TrainSpec.from_json(fields)
    assert list(refused.value.errors) == ["pictures"]


def test_a_name_that_pages_can_print_has_no_fault() -> None:
    assert fault_of_name("Tasse à café") == ""

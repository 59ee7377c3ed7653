"""The builder of networks: what it is told about layers, and that a drawing reaches the form and a run."""

import json
from html import unescape
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from labs import building
from labs.models import Lab, Run
from nets.catalog import ARCHITECTURES, DATASETS
from nets.layers import parse
from nets.layers.words import WORDS
from nets.ledger import ledger
from tests.labs.conftest import make_lab

SMALL: list[dict[str, Any]] = [
    {"kind": "conv", "out": 8, "kernel": 3, "padding": 1},
    {"kind": "residual", "body": [{"kind": "conv", "out": 8, "kernel": 3, "padding": 1}]},
    {"kind": "adaptive_pool"},
    {"kind": "flatten"},
    {"kind": "linear", "out": 10},
]


@pytest.fixture
def page(client: Client, learner: User) -> Client:
    client.force_login(learner)
    return client


def test_every_kind_of_layer_can_be_added_and_its_fresh_one_is_sound() -> None:
    kinds = {entry["kind"]: entry for entry in building.vocabulary()}
    assert set(kinds) == set(WORDS.values())
    for kind, entry in kinds.items():
        ((_, layer),) = parse([entry["fresh"]])
        assert WORDS[type(layer)] == kind
        for field in entry["fields"]:
            assert field["form"] in ("whole", "real", "flag", "choice")
            assert (field["form"] == "choice") == bool(field["choices"])


def test_every_choice_that_is_offered_is_taken() -> None:
    for entry in building.vocabulary():
        for field in entry["fields"]:
            for choice in field["choices"]:
                assert len(parse([entry["fresh"] | {field["name"]: choice}])) == 1


@pytest.mark.parametrize("data", ["digits", "shapes"])
def test_every_start_counts_as_its_network_does(data: str) -> None:
    images = DATASETS[data]
    for arch, _ in building.starts(data=images):
        found = building.counted(building.start_of(arch, data=images), data=images)
        book = ledger(arch, shape=tuple(found["shape"]), classes=found["classes"])
        assert found["errors"] == {}
        assert (found["parameters"], found["multiplyAdds"]) == (book.parameters, book.multiply_adds)
        assert [row["name"] for row in found["rows"]] == [row.name for row in book.rows]


@pytest.mark.parametrize("arch", ["alexnet", "wings"])
def test_a_network_that_does_not_fit_the_images_is_no_start(arch: str) -> None:
    with pytest.raises(KeyError):
        building.start_of(arch, data=DATASETS["digits"])
    assert "lenet5" in ARCHITECTURES


def test_rows_stand_at_their_places_in_blocks_too() -> None:
    places = [row["place"] for row in building.counted(SMALL, data=DATASETS["digits"])["rows"]]
    assert places == ["layer 1", "layer 2, body 1", "layer 2", "layer 3", "layer 4", "layer 5"]


def test_what_stands_before_a_mistake_is_counted_and_the_mistake_is_said_at_its_layer() -> None:
    found = building.counted([*SMALL[:1], {"kind": "linear", "out": 10}, *SMALL[1:]], data=DATASETS["digits"])
    assert [row["place"] for row in found["rows"]] == ["layer 1"]
    assert found["rows"][0]["shape"] == [8, 32, 32]
    assert found["errors"]["layer 2, shape"].startswith("layer 2: linear takes one row of numbers")


@pytest.mark.parametrize("layers", [[], {}, None, "conv", 7, [[]], [{"kind": "wings"}], [{"kind": "conv", "out": 1e9}]])
def test_a_list_that_cannot_be_read_has_sentences_and_no_rows(layers: object) -> None:
    found = building.counted(layers, data=DATASETS["digits"])
    assert found["rows"] == []
    assert found["errors"]


def count(page: Client, body: object) -> Any:
    """Ask what a body comes to."""
    return page.post("/labs/free/build/count/", json.dumps(body), content_type="application/json")


def test_the_count_is_asked_over_http(page: Client, lab: Lab) -> None:
    reply = count(page, {"layers": SMALL, "data": "digits"})
    assert reply.json() == json.loads(json.dumps(building.counted(SMALL, data=DATASETS["digits"])))


@pytest.mark.parametrize("body", [{}, [], None, 7, {"layers": [], "data": "wings"}, {"layers": [], "data": []}])
def test_a_body_that_is_none_is_refused_with_its_form(page: Client, lab: Lab, body: object) -> None:
    assert count(page, body).status_code == 422


def test_a_hostile_list_is_refused_before_it_is_read(page: Client, lab: Lab) -> None:
    assert count(page, {"layers": ["x" * 300_000], "data": "digits"}).status_code == 413
    deep = page.post("/labs/free/build/count/", "[" * 100_000, content_type="application/json")
    assert deep.status_code == 422


def test_a_start_is_fetched_by_name(page: Client, lab: Lab) -> None:
    reply = page.get("/labs/free/build/start/lenet5/", {"data": "digits"})
    assert reply.json()["layers"] == building.start_of("lenet5", data=DATASETS["digits"])
    for arch, data in (("wings", "digits"), ("lenet5", "wings"), ("alexnet", "digits")):
        assert page.get(f"/labs/free/build/start/{arch}/", {"data": data}).status_code == 404


def test_a_drawing_in_a_link_fills_the_form_and_is_counted_beside_it(page: Client, lab: Lab) -> None:
    said = {"arch": "drawn", "layers": json.dumps(SMALL), "epochs": "3"}
    text = unescape(page.get("/labs/free/", said).content.decode())
    assert 'value="drawn" selected' in text
    assert '"kind": "residual"' in text
    assert "layer by layer" in text
    assert "Change the network that you drew" in text


def test_a_drawing_is_trained(page: Client, lab: Lab) -> None:
    reply = page.post("/labs/free/", {"arch": "drawn", "layers": json.dumps(SMALL)})
    assert reply.status_code == 302
    spec = Run.objects.get().spec
    assert spec["arch"] == "drawn"
    assert [name for name, _ in parse(json.loads(spec["layers"]))] == [name for name, _ in parse(SMALL)]


def test_a_drawing_is_kept_while_another_network_is_chosen(page: Client, lab: Lab) -> None:
    said = {"arch": "lenet5", "layers": json.dumps(SMALL), "epochs": "2"}
    assert '"kind": "residual"' in unescape(page.get("/labs/free/", said).content.decode())
    assert page.post("/labs/free/", said).status_code == 302
    assert Run.objects.get().spec["layers"] == ""


def test_a_drawing_with_a_mistake_is_refused_at_its_layer_and_kept(page: Client, lab: Lab) -> None:
    said = {"arch": "drawn", "layers": json.dumps(SMALL[:-1])}
    reply = page.post("/labs/free/", said)
    text = unescape(reply.content.decode())
    assert reply.status_code == 422
    assert "one for each of 10 classes is due" in text
    assert '"kind": "residual"' in text


def test_a_lab_that_fixes_its_networks_has_no_way_to_draw(page: Client) -> None:
    make_lab("narrow", open_fields=["epochs", "arch"])
    assert "Build a network" not in page.get("/labs/narrow/").content.decode()
    text = unescape(page.get("/labs/narrow/build/").content.decode())
    assert "This lab trains the networks that it offers" in text
    assert "data-use" not in text


def test_the_builder_begins_with_what_the_form_held(page: Client, lab: Lab) -> None:
    named = page.get("/labs/free/build/", {"arch": "threeblock", "epochs": "9"})
    assert named.context["first"] == building.start_of("threeblock", data=DATASETS["digits"])
    assert "epochs=9" in named.content.decode()
    drawn = page.get("/labs/free/build/", {"arch": "drawn", "layers": json.dumps(SMALL)})
    assert drawn.context["first"] == SMALL
    broken = page.get("/labs/free/build/", {"arch": "drawn", "layers": "{"})
    assert broken.status_code == 200

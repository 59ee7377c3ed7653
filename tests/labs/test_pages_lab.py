"""The lab page: the form that teaches, and what happens to whatever is typed into it."""

import re
from html import escape
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from courses.models import Course, Lesson, LessonVersion, Part, Release, ReleaseLesson
from labs.forms import LabForm
from labs.models import Lab, Run
from nets import archives
from nets.catalog import ARCHITECTURES, FIELDS
from tests.labs.conftest import make_lab, submit

NONSENSE = {
    "arch": "resnet<script>",
    "epochs": "-3",
    "batch_size": "1000000000",
    "learning_rate": "nan",
    "optimiser": "",
    "seed": "½",
}


@pytest.fixture
def page(client: Client, learner: User) -> Client:
    client.force_login(learner)
    return client


def test_every_open_field_says_what_it_does_and_what_goes_wrong(page: Client, lab: Lab) -> None:
    text = page.get("/labs/free/").content.decode()
    # Layers are drawn in the builder, which says more about them.
    labels = [field.label for field in FIELDS.values() if field.name != "layers"]
    assert [label for label in labels if f"What {label} does" not in text] == []
    assert text.count("What goes wrong:") == len(labels)


def test_the_layer_table_and_the_code_stand_beside_the_form(page: Client, lab: Lab) -> None:
    text = page.get("/labs/free/").content.decode()
    assert "61,706" in text
    assert "416,520" in text
    assert "The code it will run" in text


def test_nonsense_in_every_field_gets_a_sentence_each_and_everything_typed_stays(page: Client, lab: Lab) -> None:
    reply = page.post("/labs/free/", NONSENSE)
    text = reply.content.decode()
    assert reply.status_code == 422
    assert not Run.objects.exists()
    for name in NONSENSE:
        assert LabForm(_version(lab), NONSENSE).errors[name]
    for kept in ('value="-3"', 'value="1000000000"', 'value="nan"', 'value="½"'):
        assert kept in text
    assert "Epochs must be a whole number from 1 to 200; -3 was given." in text


def test_markup_that_is_typed_stays_inert(page: Client, lab: Lab) -> None:
    text = page.post("/labs/free/", NONSENSE).content.decode()
    assert "resnet<script>" not in text
    assert "resnet&lt;script&gt;" in text


def test_a_text_of_a_million_characters_is_cut_before_it_is_quoted(page: Client, lab: Lab) -> None:
    reply = page.post("/labs/free/", {"seed": "9" * 1_000_000})
    assert reply.status_code == 422
    assert len(reply.content) < 200_000


def test_fields_that_are_no_part_of_the_form_change_nothing(page: Client, lab: Lab, other: User) -> None:
    reply = page.post(
        "/labs/free/", {"epochs": "2", "owner": str(other.pk), "state": "finished", "priority_until": "2030"}
    )
    run = Run.objects.get()
    assert reply.status_code == 302
    assert (run.owner_id != other.pk, run.state, run.priority_until) == (True, "queued", None)
    assert run.spec["epochs"] == 2


def test_a_field_that_this_lab_fixes_cannot_be_changed_by_the_form(page: Client) -> None:
    make_lab("narrow", open_fields=["epochs"])
    page.post("/labs/narrow/", {"epochs": "3", "learning_rate": "5"})
    assert Run.objects.get().spec["learning_rate"] != 5


def test_a_choice_that_this_lab_does_not_offer_gets_its_sentence(page: Client) -> None:
    make_lab("narrow", open_fields=["epochs"], choices={"epochs": [1, 2]})
    reply = page.post("/labs/narrow/", {"epochs": "3"})
    assert reply.status_code == 422
    assert "Epochs must be one of 1, 2 in this lab." in reply.content.decode()


def test_beside_counts_the_network_that_the_form_holds_now(page: Client, lab: Lab) -> None:
    text = page.get("/labs/free/beside/", {"arch": "threeblock", "epochs": "4"}).content.decode()
    assert "Three-block CNN, layer by layer" in text
    assert "160 steps" in text


def test_beside_keeps_the_last_good_table_while_a_value_is_bad(page: Client, lab: Lab) -> None:
    reply = page.get("/labs/free/beside/", {"epochs": "0"})
    assert reply["HX-Reswap"] == "none"
    assert "Epochs must be a whole number from 1 to 200; 0 was given." in reply.content.decode()
    assert "<table" not in reply.content.decode()


def test_again_with_changes_starts_from_that_runs_settings(page: Client, lab: Lab, learner: User) -> None:
    run = submit(learner, lab, learning_rate=0.0125, epochs=7)
    text = page.get(f"/labs/free/?run={run.pk}").content.decode()
    assert 'value="0.0125"' in text
    assert 'value="7"' in text


def test_someone_elses_run_gives_no_settings(page: Client, lab: Lab, other: User) -> None:
    run = submit(other, lab, learning_rate=0.0125)
    assert 'value="0.0125"' not in page.get(f"/labs/free/?run={run.pk}").content.decode()


@pytest.mark.parametrize("junk", ["", "7", "'; DROP", "0" * 400])
def test_a_run_that_is_none_starts_from_the_labs_own_settings(page: Client, lab: Lab, junk: str) -> None:
    assert page.get("/labs/free/", {"run": junk}).status_code == 200


def test_a_guest_is_made_by_training_where_guests_are_let_in(client: Client, lab: Lab) -> None:
    assert client.get("/labs/free/").status_code == 200
    assert not User.objects.exists()
    reply = client.post("/labs/free/", {"epochs": "1"})
    assert reply.status_code == 302
    assert Run.objects.get().owner.is_guest


def test_nobody_is_made_where_guests_are_not_let_in(client: Client, db: None) -> None:
    make_lab("members", guests=False)
    reply = client.post("/labs/members/", {"epochs": "3"})
    assert reply.status_code == 403
    assert "Sign in to train in this lab." in reply.content.decode()
    assert 'value="3"' in reply.content.decode()
    assert not User.objects.exists()


def test_one_run_too_many_is_refused_with_the_form_kept(page: Client, lab: Lab, settings: Any) -> None:
    settings.STRIDE_OPEN_RUNS = 1
    page.post("/labs/free/", {"epochs": "1"})
    reply = page.post("/labs/free/", {"epochs": "11"})
    assert reply.status_code == 429
    assert "1 is the most at once" in reply.content.decode()
    assert 'value="11"' in reply.content.decode()


def test_a_script_gets_the_live_run_alone_and_a_refusal_alone(client: Client, lab: Lab, settings: Any) -> None:
    settings.STRIDE_GUEST_OPEN_RUNS = 1
    live = client.post("/labs/free/", {}, headers={"HX-Request": "true"})
    assert live.status_code == 200
    assert "<live-run" in live.content.decode()
    assert "<html" not in live.content.decode()
    refused = client.post("/labs/free/", {"epochs": "2"}, headers={"HX-Request": "true"})
    assert refused.status_code == 429
    assert 'role="alert"' in refused.content.decode()


def test_a_lab_that_is_not_published_is_absent(client: Client, db: None) -> None:
    Lab.objects.create(pk="draft")
    assert client.get("/labs/draft/").status_code == 404
    assert client.get("/labs/nowhere/").status_code == 404


def test_the_list_of_labs_says_what_each_needs(client: Client, lab: Lab) -> None:
    make_lab("members", title="Members", guests=False)
    text = client.get("/labs/").content.decode()
    assert text.index("Free") < text.index("Members")
    assert "needs an account" in text


def test_labs_stand_in_the_order_of_the_lessons_that_show_them(client: Client, lab: Lab) -> None:
    course = Course.objects.create(id="cnn", title="CNN")
    course.published = Release.objects.create(course=course, number=1, content_hash="r", manifest={})
    course.save()
    for order, (key, title) in enumerate({"sooner": "Z sooner lab", "later": "A later lab"}.items()):
        make_lab(key, title=title)
        lesson = Lesson.objects.create(id=key, course=course, slug=key)
        version = LessonVersion.objects.create(lesson=lesson, number=1, content_hash=key, title=key, minutes=9)
        Part.objects.create(version=version, kind="lab", key=key, title=title, order=0)
        ReleaseLesson.objects.create(release=course.published, version=version, order=order)
    text = client.get("/labs/").content.decode()
    assert text.index("Z sooner lab") < text.index("A later lab") < text.index("Free")


def _version(lab: Lab) -> Any:
    return lab.current


def test_only_data_that_are_on_this_server_are_offered_and_taken(
    page: Client, lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(archives.VARIABLE, str(tmp_path))
    version = _version(lab)

    def offered() -> list[str]:
        (knob,) = [knob for knob in LabForm(version).knobs if knob.field.name == "data"]
        return [option.name for option in knob.options]

    assert offered() == ["digits", "few_digits", "shapes"]
    reply = page.post("/labs/free/", {"data": "cifar10"})
    assert reply.status_code == 422
    assert "Data: CIFAR-10 is not on this server; there are digits, few_digits, shapes." in reply.content.decode()
    assert not Run.objects.exists()
    (tmp_path / "cifar-10-python.tar.gz").write_bytes(b"looked into by the worker, when it reads it")
    assert offered() == ["digits", "few_digits", "shapes", "cifar10"]
    (field,) = [field for field in page.get("/api/v1/labs/free").json()["fields"] if field["name"] == "data"]
    assert field["choices"] == ["digits", "few_digits", "shapes", "cifar10"]


def test_a_few_networks_are_cards_and_many_are_a_list_that_says_what_the_chosen_one_is(page: Client, lab: Lab) -> None:
    make_lab("few", choices={"arch": ["lenet5", "threeblock"]})
    assert '<input type="radio" name="arch" value="threeblock"' in page.get("/labs/few/").content.decode()
    text = page.get("/labs/free/?arch=threeblock").content.decode()
    assert 'type="radio" name="arch"' not in text
    caption = escape(ARCHITECTURES["threeblock"].caption)
    assert f'id="arch-caption">{caption}<' in text
    fresh = page.get("/labs/free/beside/", {"arch": "threeblock"}).content.decode()
    assert f'id="arch-caption" hx-swap-oob="true">{caption}<' in fresh


def test_a_refused_form_begins_with_what_is_to_be_mended_and_leads_there(page: Client, lab: Lab) -> None:
    text = page.post("/labs/free/", {"epochs": "0", "seed": "x", "predict_low": "200"}).content.decode()
    assert "Nothing was queued: 3 settings cannot stand." in text
    for place in ("knob-epochs", "knob-seed", "predict-low"):
        assert f'<li><a href="#{place}">' in text
        assert f'id="{place}"' in text
    assert "<title>Not queued: Free" in text
    assert "Nothing was queued" not in page.get("/labs/free/?epochs=0").content.decode()


def test_what_a_run_watches_is_ticked_and_nothing_is_an_answer_too(page: Client, lab: Lab) -> None:
    page.post("/labs/free/", {"watch": ["", "filters", "probe"]})
    page.post("/labs/free/", {"watch": "", "seed": "1"})
    assert [run.spec["watch"] for run in Run.objects.order_by("queued_at")] == [["filters", "probe"], []]
    text = page.get("/labs/free/?watch=&watch=filters&watch=confusion").content.decode()
    ticked = re.findall(r'<input type="checkbox" name="watch" value="([a-z]+)" checked>', text)
    assert ticked == ["filters", "confusion"]

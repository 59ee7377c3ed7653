"""What a lab tells around its runs: refused when it cannot be true, shown at a run's end, one press for a twin."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from labs import story
from labs.models import Lab, Run
from labs.models.runs import State
from nets.specs import TrainSpec
from tests.labs.conftest import make_lab, submit

SPEC = TrainSpec(epochs=2, augment="light").to_json()
STORY: dict[str, Any] = {
    "seen": [{"when": {"augment": "none"}, "text": "The curves part."}, {"text": "The curves stay together."}],
    "twins": [
        {"field": "augment", "value": "none", "text": "Train the twin without augmentation"},
        {"when": {"augment": "none"}, "field": "epochs", "value": 9, "text": "Train it longer"},
    ],
}


def faults(**changes: Any) -> list[str]:
    told = story.faults(STORY | changes, spec=SPEC, open_fields=["augment", "epochs"])
    return [f"{key} {place}: {sentence}" for key, place, sentence in told]


def test_a_good_story_has_no_faults() -> None:
    assert faults() == []


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"seen": [{"texts": "No."}]}, "seen 0: An entry of `seen` has text, when; `when` may be left out."),
        ({"seen": [{"text": 7}]}, "seen 0: `text` must be text, and `when` fields with their values."),
        ({"seen": [{"text": "a", "when": {"wings": 2}}]}, "seen 0: `when` names wings, which no run has."),
        (
            {"twins": [{"field": "seed", "value": 1, "text": "Another"}]},
            "twins 0: A twin changes 'seed', which is not open in this lab.",
        ),
        (
            {"twins": [{"field": "epochs", "value": 900, "text": "For long"}]},
            "twins 0: No run of this lab can have epochs 900.",
        ),
        ({"begin": "dance"}, "begin 0: A lab may begin with range_test."),
        ({"begin": "range_test"}, "begin 0: A lab that begins with a range test leaves the learning rate open."),
    ],
)
def test_a_story_that_cannot_be_true_is_refused(changes: dict[str, Any], fault: str) -> None:
    assert faults(**changes) == [fault]


def test_a_lab_may_begin_with_a_range_test_when_the_rate_is_open() -> None:
    assert list(story.faults({"begin": "range_test"}, spec=SPEC, open_fields=["learning_rate"])) == []


def test_a_lab_that_begins_with_a_range_test_says_so_first(client: Client, learner: User) -> None:
    make_lab("marked", open_fields=["learning_rate"], story={"begin": "range_test"})
    make_lab("plain", open_fields=["learning_rate"])
    client.force_login(learner)
    marked, plain = (client.get(f"/labs/{slug}/").content.decode() for slug in ("marked", "plain"))
    assert "put your mark on its curve" in marked
    assert marked.index('id="range"') < marked.index('id="beside"')
    assert "put your mark on its curve" not in plain
    assert plain.index('id="range"') > plain.index('id="beside"')
    assert marked.count('id="range"') == plain.count('id="range"') == 1


def test_what_was_seen_depends_on_the_settings() -> None:
    assert story.what_was_seen(STORY, SPEC) == "The curves stay together."
    assert story.what_was_seen(STORY, SPEC | {"augment": "none"}) == "The curves part."
    assert story.what_was_seen({}, SPEC) == ""


def test_a_twin_is_proposed_where_it_changes_something_and_is_about_the_run() -> None:
    assert [each.text for each in story.suggestions(STORY, SPEC)] == ["Train the twin without augmentation"]
    assert [each.text for each in story.suggestions(STORY, SPEC | {"augment": "none"})] == ["Train it longer"]


@pytest.fixture
def told(db: None) -> Lab:
    return make_lab(spec=SPEC, story=STORY)


@pytest.fixture
def page(client: Client, learner: User) -> Client:
    client.force_login(learner)
    return client


def ended(run: Run) -> Run:
    run.state, run.reason, run.summary = State.FINISHED, "completed", {"validation_accuracy": 0.7}
    run.ended_at = timezone.now()
    run.save()
    return run


def test_a_lab_page_says_how_it_goes(page: Client, told: Lab) -> None:
    text = page.get("/labs/free/").content.decode()
    assert "press “Train the twin without augmentation”" in text
    assert "Train it longer" not in text


def test_the_story_comes_when_a_run_has_ended_and_not_before(page: Client, learner: User, told: Lab) -> None:
    run = submit(learner, told)
    assert "The curves stay together." not in page.get(f"/runs/{run.pk}/").content.decode()
    ended(run)
    assert "The curves stay together." in page.get(f"/runs/{run.pk}/").content.decode()


def test_one_press_trains_the_twin_and_then_leads_to_the_comparison(page: Client, learner: User, told: Lab) -> None:
    run = ended(submit(learner, told))
    text = page.get(f"/runs/{run.pk}/outcome/").content.decode()
    assert '<input type="hidden" name="field" value="augment"><input type="hidden" name="value" value="none">' in text
    page.post(f"/runs/{run.pk}/twin/", {"field": "augment", "value": "none"})
    twin = Run.objects.get(twin_of=run)
    assert twin.spec["augment"] == "none"
    assert "it is under way" in page.get(f"/runs/{run.pk}/outcome/").content.decode()
    ended(twin)
    text = page.get(f"/runs/{run.pk}/outcome/").content.decode()
    assert f"/runs/compare/?run={run.pk}&amp;run={twin.pk}" in text
    assert 'name="value" value="none"' not in text.partition('class="run__twins')[2]


def test_nobody_else_is_offered_a_twin(client: Client, other: User, learner: User, told: Lab) -> None:
    run = ended(submit(learner, told))
    client.force_login(User.objects.create_superuser("staff@example.org", "a long password"))
    text = client.get(f"/runs/{run.pk}/outcome/").content.decode()
    assert "The curves stay together." in text
    assert "Train the twin" not in text

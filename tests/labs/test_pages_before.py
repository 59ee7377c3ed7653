"""What the lab page offers before a run: a prediction that is kept, and a link that opens the same form."""

from html import unescape
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.test import Client

from accounts.models import User
from labs.forms import LabForm
from labs.models import Lab, LabVersion, Prediction, Run
from tests.labs.conftest import make_lab, submit


@pytest.fixture
def page(client: Client, learner: User) -> Client:
    client.force_login(learner)
    return client


def text_of(page: Client, address: str, **said: str) -> str:
    """Return a page as text, entities resolved."""
    return unescape(page.get(address, said).content.decode())


def test_a_prediction_is_kept_with_the_run(page: Client, lab: Lab) -> None:
    said = {"predict_low": "90", "predict_high": "97,5 %", "predict_outcome": "converges", "predict_at_8": "95"}
    assert page.post("/labs/free/", said).status_code == 302
    assert Prediction.objects.get(run=Run.objects.get()).data == {
        "low": 0.9,
        "high": 0.975,
        "outcome": "converges",
        "sketch": [[1.0, 0.95]],
    }


def test_a_run_without_a_prediction_has_no_row(page: Client, lab: Lab) -> None:
    page.post("/labs/free/", {"predict_low": " ", "predict_outcome": ""})
    assert Run.objects.exists()
    assert not Prediction.objects.exists()


def test_a_bad_prediction_queues_nothing_and_everything_typed_stays(page: Client, lab: Lab) -> None:
    reply = page.post("/labs/free/", {"predict_low": "lots", "predict_at_3": "120", "epochs": "7"})
    text = unescape(reply.content.decode())
    assert reply.status_code == 422
    assert not Run.objects.exists()
    assert "An accuracy is a number from 0 to 100\xa0%; “lots” was given." in text
    assert "Every point of a sketch needs an accuracy from 0 to 100\xa0%, or none." in text
    for kept in ('value="lots"', 'value="120"', 'value="7"', '<details class="predict" open>'):
        assert kept in text


def test_a_bad_field_and_a_bad_prediction_are_told_together(page: Client, lab: Lab) -> None:
    text = unescape(page.post("/labs/free/", {"epochs": "0", "predict_high": "900"}).content.decode())
    assert "Epochs must be a whole number" in text
    assert "900\xa0% was given" in text


def test_sentences_about_a_prediction_come_while_one_types(page: Client, lab: Lab) -> None:
    text = text_of(page, "/labs/free/beside/", predict_low="96", predict_high="90")
    assert "The upper end of your range must not be below the lower one" in text


def test_a_link_opens_the_form_with_its_settings(page: Client, lab: Lab) -> None:
    text = text_of(page, "/labs/free/", epochs="7", learning_rate="0.0125", seed="99", arch="threeblock")
    for filled in ('value="7"', 'value="0.0125"', 'value="99"', 'value="threeblock" selected'):
        assert filled in text
    assert "Three-block CNN, layer by layer" in text


def test_the_link_of_a_form_opens_that_form(lab: Lab) -> None:
    form = LabForm(
        _version(lab), {"epochs": "7", "seed": "99", "learning_rate": "0.5", "clip": "1.5", "nesterov": "true"}
    )
    opened = LabForm(_version(lab), {name: value for name, (value,) in _read(form.query).items()}, is_link=True)
    assert opened.spec == form.spec
    assert opened.spec is not None
    assert (opened.spec.seed, opened.spec.nesterov) == (99, True)
    assert opened.strangers == []


def test_a_link_with_a_bad_value_names_it_at_its_field(page: Client, lab: Lab) -> None:
    text = text_of(page, "/labs/free/", epochs="0", arch="resnet<script>")
    assert "Epochs must be a whole number from 1 to 200; 0 was given." in text
    assert 'aria-invalid="true"' in text


def test_a_link_that_asks_for_what_is_closed_or_unknown_is_told_so_and_the_rest_is_filled(page: Client) -> None:
    make_lab("narrow", open_fields=["epochs"])
    reply = page.get("/labs/narrow/", {"epochs": "3", "learning_rate": "5", "wings": "2"})
    text = unescape(reply.content.decode())
    assert "Learning rate is fixed in this lab." in text
    assert "“wings” is no setting of this lab" in text
    assert 'value="3"' in text


def test_a_link_that_repeats_what_the_lab_fixes_is_no_stranger(page: Client) -> None:
    make_lab("narrow", open_fields=["epochs"])
    assert 'role="alert"' not in text_of(page, "/labs/narrow/", arch="lenet5", epochs="3")


def test_markup_in_a_link_stays_inert(page: Client, lab: Lab) -> None:
    reply = page.get("/labs/free/?" + urlencode({"<script>alert(1)</script>": "<b>", "seed": "<i>"}))
    for typed in (b"<script>alert", b"<b>", b"<i>"):
        assert typed not in reply.content


def test_a_run_and_a_link_together_start_from_the_run(page: Client, lab: Lab, learner: User) -> None:
    run = submit(learner, lab, learning_rate=0.0125, epochs=7)
    text = text_of(page, "/labs/free/", run=str(run.pk), epochs="9")
    assert 'value="0.0125"' in text
    assert 'value="9"' in text
    assert 'role="alert"' not in text


def test_what_an_author_hides_is_not_mentioned(page: Client) -> None:
    make_lab("narrow", open_fields=["epochs"], hidden_fields=["momentum"])
    text = text_of(page, "/labs/narrow/")
    assert "<dt>Weight decay</dt>" in text
    assert "<dt>Momentum</dt>" not in text


def test_the_learning_rate_is_told_in_numbers_beside_the_form(page: Client, lab: Lab) -> None:
    text = text_of(page, "/labs/free/beside/", schedule="step", learning_rate="1", epochs="1", batch_size="32")
    assert '<schedule-drawing schedule="step" rate="1.0" steps="40" warmup="0.0">' in text
    # 40 steps: a tenth after 20, a hundredth after 30.
    assert '<th scope="row" class="numeric">1</th><td class="numeric">1</td>' in text
    assert '<th scope="row" class="numeric">40</th><td class="numeric">0.01</td>' in text


def _version(lab: Lab) -> LabVersion:
    assert lab.current is not None
    return lab.current


def _read(query: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(f"?{query}").query, keep_blank_values=True)

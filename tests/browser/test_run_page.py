"""The page of a run and of several: steered, looked into and compared; by keyboard alone, light, dark, on a phone."""

import re
from collections.abc import Callable
from functools import partial

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from labs.models import Run
from labs.models.runs import State
from tests.browser.conftest import Person, faults_found_by_axe
from tests.browser.test_story import PASSWORD, signs_in
from tests.house import House
from tests.labs.conftest import make_lab, submit

pytestmark = [pytest.mark.browser, pytest.mark.worker, pytest.mark.timeout(400)]
LEARNER = "grace@example.com"
WATCH = ["filters", "confusion", "probe", "gradients", "activations"]


def test_a_learner_steers_a_run_and_goes_on_from_it(house: House, people: Callable[..., Person]) -> None:
    page = opens(house, people)
    run = submit(User.objects.get(), make_lab(), epochs=150)
    page.goto(f"{house.url}/runs/{run.pk}/")
    expect(page.locator("[data-state]")).to_contain_text("Training, epoch", timeout=60_000)
    changes_the_rate(page)
    rests_and_goes_on(page)
    names_it(page)
    page.get_by_role("button", name="Stop after this step").click()
    expect(page.locator("[data-state]")).to_contain_text("Stopped by you", timeout=60_000)
    expect(page).to_have_title(re.compile("^Stopped by you.*A cautious run"))
    page.reload()
    branches(page)
    assert Run.objects.filter(parent=run).exists()


def changes_the_rate(page: Page) -> None:
    """Nonsense is refused in words; a rate acts, and stands in the list of what happened."""
    page.get_by_text("Change the learning rate").click()
    box = page.get_by_label("New learning rate")
    box.fill("0.0005")
    page.get_by_role("button", name="Change the rate").click()
    expect(page.locator("[data-happenings]")).to_contain_text("The learning rate became 0.0005.", timeout=30_000)


def rests_and_goes_on(page: Page) -> None:
    """Pause and resume; the page says both, and offers what fits."""
    page.get_by_role("button", name="Pause").click()
    expect(page.locator("[data-state]")).to_have_text("Paused", timeout=60_000)
    expect(page.get_by_role("button", name="Pause")).to_be_hidden()
    assert faults_found_by_axe(page) == []
    page.get_by_role("button", name="Resume").click()
    expect(page.locator("[data-state]")).to_contain_text("Training, epoch", timeout=60_000)


def names_it(page: Page) -> None:
    """Give a title and notes in place."""
    page.get_by_text("Name it and take notes").click()
    page.get_by_label("Title").fill("A cautious run")
    page.get_by_label("Notes").fill("Slower after the rate fell.")
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("A cautious run")
    expect(page.locator("[data-run-notes]")).to_have_text("Slower after the rate fell.")


def branches(page: Page) -> None:
    """Go on from the last checkpoint with a tenth of the rate, on a page of its own."""
    page.get_by_text("Branch from here").click()
    expect(page.get_by_label("Learning rate of the branch")).to_have_value("0.0003")
    expect(page.get_by_label("Epochs in all")).to_have_value("150")
    page.get_by_role("button", name="Train the branch").click()
    expect(page.locator(".run__about-it")).to_contain_text("branched off after step", timeout=30_000)
    page.get_by_role("button", name=re.compile("Cancel this run|Stop after this step")).click()


def test_what_a_network_saw_is_walked_through_and_compared_by_keyboard(
    house: House, people: Callable[..., Person]
) -> None:
    page = opens(house, people)
    lab, learner = make_lab(), User.objects.get()
    runs = [submit(learner, lab, epochs=3, seed=seed, watch=WATCH) for seed in (0, 1)]
    runs.append(submit(learner, lab, epochs=3, learning_rate=0.03, watch=WATCH))
    house.until(partial(all_ended, runs), seconds=120, what="three short runs")
    page.goto(f"{house.url}/runs/{runs[0].pk}/")
    walks_the_curve(page)
    walks_the_epochs(page)
    opens_a_mistake(page)
    is_accessible_everywhere(page)
    chooses_and_compares(page, house)
    is_accessible_everywhere(page)
    reads_without_scripts(page, people, house)


def test_a_branch_is_offered_the_epochs_that_its_state_lacks(house: House, people: Callable[..., Person]) -> None:
    page = opens(house, people)
    # Long enough for a state to be kept before the last one: they lie three seconds apart.
    run = submit(User.objects.get(), make_lab(), epochs=32)
    house.until(partial(all_ended, [run]), seconds=120, what="the run to finish")
    page.goto(f"{house.url}/runs/{run.pk}/")
    page.get_by_text("Branch from here").click()
    state, epochs = page.get_by_label("From the state after"), page.get_by_label("Epochs in all")
    kept = [str(option.get_attribute("value")) for option in state.locator("option").all()]
    last, earlier = kept[0], kept[1]
    assert (last, int(earlier) < 32 * 40) == (str(32 * 40), True)
    expect(epochs).to_have_value("64")
    state.select_option(earlier)
    expect(epochs).to_have_value("32")
    state.select_option(last)
    expect(epochs).to_have_value("64")
    epochs.fill("40")
    state.select_option(earlier)
    expect(epochs).to_have_value("40")


def walks_the_curve(page: Page) -> None:
    """Arrows move the cursor, plus zooms, 0 shows all again."""
    plot = page.locator('[data-chart="loss"] [data-plot]')
    plot.focus()
    page.keyboard.press("Home")
    expect(page.locator("[data-readout]")).to_contain_text("step 1; loss: ")
    page.keyboard.press("+")
    expect(page.get_by_role("button", name="Show all")).to_be_visible()
    page.keyboard.press("0")
    expect(page.get_by_role("button", name="Show all")).to_be_hidden()


def walks_the_epochs(page: Page) -> None:
    """The slider moves every look; a probe image opens its history."""
    page.locator(".looks").scroll_into_view_if_needed()
    slider = page.get_by_label("Epoch", exact=True)
    expect(slider).to_have_attribute("aria-valuetext", "Epoch 3, step 120, kept")
    slider.focus()
    page.keyboard.press("Home")
    expect(page.locator("[data-epoch-words]")).to_have_text(re.compile("^Epoch 1, step 40"))
    probe = page.locator(".probe").first
    before = said_about_probes(page)
    probe.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="History of image 1").locator("tbody tr")).to_have_count(3)
    slider.focus()
    page.keyboard.press("End")
    expect(page.locator("[data-epoch-words]")).to_have_text("Epoch 3, step 120, kept")
    page.get_by_role("button", name="Branch from here").click()
    expect(page.get_by_label("From the state after")).to_have_value("120")
    expect(page.get_by_label("From the state after")).to_be_focused()
    assert said_about_probes(page) != before
    expect(page.locator("[data-look=filters] canvas")).to_have_count(6)
    expect(page.locator("[data-look=layers] tbody tr").first).to_contain_text("conv1")


def said_about_probes(page: Page) -> list[str]:
    """Return what is said about each of the twenty images."""
    probes = page.locator(".probe").all()
    assert len(probes) == 20
    return [probe.inner_text() for probe in probes]


def opens_a_mistake(page: Page) -> None:
    """Arrows walk the matrix, Enter opens a cell; a cell of mistakes shows as many pictures as it names."""
    page.locator('[data-cell="0 0"]').focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(page.locator('[data-cell="1 1"]')).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("[data-look=confusion] [data-more]")).to_contain_text("images of “1” named rightly")
    mistake = page.locator('[data-look=confusion] button[aria-label*="taken for"]').filter(has_text=re.compile(r"^\d$"))
    mistake.first.focus()
    page.keyboard.press("Enter")
    shown = page.locator("[data-look=confusion] [data-more] canvas")
    expect(shown.first).to_be_visible()
    assert shown.count() == min(6, int(mistake.first.inner_text()))
    assert page.evaluate(
        "() => { const c = document.querySelector('[data-look=confusion] [data-more] canvas');"
        " return new Set(c.getContext('2d').getImageData(0, 0, c.width, c.height).data).size > 2; }"
    ), "The picture is a plain square."


def chooses_and_compares(page: Page, house: House) -> None:
    """Choose three runs in the list, see them on one chart, read it by keyboard."""
    page.goto(f"{house.url}/runs/")
    for box in page.get_by_role("checkbox", name=re.compile("Compare run")).all():
        box.check()
    assert faults_found_by_axe(page) == []
    page.get_by_role("button", name="Compare the chosen runs").click()
    # A chart hears keys once its script is there.
    page.wait_for_load_state()
    expect(page.get_by_role("heading", level=1)).to_have_text("3 runs side by side")
    expect(page.locator(".page-head")).to_contain_text("are the same but for the seed")
    expect(page.locator(".page-head")).to_contain_text("only in learning rate: 0.003 instead of 0.03.")
    page.locator('[data-chart="metric"] [data-plot]').focus()
    page.keyboard.press("End")
    expect(page.locator("[data-readout]")).to_contain_text(
        re.compile(r"step 120; loss: A [\d.]+, B [\d.]+, C [\d.]+; acc")
    )
    page.get_by_role("button", name="By epoch").click()
    page.locator('[data-chart="loss"] [data-plot]').focus()
    page.keyboard.press("Home")
    expect(page.locator("[data-readout]")).to_contain_text("epoch 1; loss: A ")


def reads_without_scripts(page: Page, people: Callable[..., Person], house: House) -> None:
    """The same address without JavaScript holds the numbers as tables."""
    plain = people(java_script_enabled=False, storage_state=page.context.storage_state()).page
    plain.goto(page.url)
    table = plain.get_by_role("region", name="Validation accuracy by epoch")
    expect(table.locator("tbody tr")).to_have_count(3)
    expect(plain.get_by_role("region", name="Settings that differ")).to_contain_text("Learning rate")


def is_accessible_everywhere(page: Page) -> None:
    """Axe finds nothing: light, dark, on a phone; and nothing is wider than the phone."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert faults_found_by_axe(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert faults_found_by_axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme="light")


def opens(house: House, people: Callable[..., Person]) -> Page:
    """Open the site and sign a learner in."""
    house.open_site("train", "sweeper")
    User.objects.create_user(LEARNER, PASSWORD)
    page = people(width=1280).page
    signs_in(page, house, LEARNER)
    return page


def all_ended(runs: list[Run]) -> bool:
    """Whether every run has finished."""
    states = Run.objects.filter(pk__in=[run.pk for run in runs]).values_list("state", flat=True)
    return all(state == State.FINISHED for state in states)

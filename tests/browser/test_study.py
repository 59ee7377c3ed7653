"""Studying in a real browser: review, search, notes, the way back, reports and terms; by keyboard, mouse and finger."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from courses import reviewing
from courses.marking import noted_by
from courses.models import Attempt, Bookmark, LessonVersion, MistakeReport, Review, ReviewCard
from courses.plain_text import block_of
from tests.browser.conftest import Person, faults_found_by_axe
from tests.browser.studying import answer_by_keys, press, sign_in
from tests.courses.answering import take
from tests.courses.reviewing import let_days_pass
from tests.house import House

pytestmark = [pytest.mark.browser, pytest.mark.worker, pytest.mark.timeout(300)]
FIRST = "images-as-tensors"
PHONE = {"width": 390, "height": 844, "has_touch": True, "is_mobile": True}
People = Callable[..., Person]


@pytest.fixture
def site(house: House) -> str:
    """The real course, published and open."""
    house.manage("publish")
    house.open_site()
    return house.url


@pytest.fixture
def learner(site: str) -> User:
    return User.objects.create_user("grace@example.com", None)


def test_missed_ideas_are_reviewed_by_keyboard_alone(site: str, learner: User, people: People) -> None:
    take(learner, FIRST, right=0)
    let_days_pass(1)
    due = due_of(learner)
    page = sign_in(people(), learner, site)
    page.goto(site)
    press(page, header(page).get_by_role("link", name=f"Review {due} due"))
    expect(page).to_have_url(f"{site}/review/")
    assert faults_found_by_axe(page) == []
    press(page, page.get_by_role("button", name=f"Review {due} idea"))
    for number in range(due):
        answers_a_review(page, rightly=number > 0)
        onwards = page.get_by_role("button", name="Next question")
        press(page, onwards if due_of(learner) else page.get_by_role("link", name="See what comes when"))
    expect(page.get_by_text("Nothing is due now.")).to_be_visible()
    expect(header(page).get_by_role("link", name=re.compile("due"))).to_have_count(0)
    assert faults_found_by_axe(page) == []


def answers_a_review(page: Page, *, rightly: bool) -> None:
    """Answer the question that is shown; the verdict then has the focus."""
    expect(page).to_have_url(re.compile("/review/[0-9a-f-]{36}/$"))
    review = Review.objects.select_related("question").get(pk=page.url.rstrip("/").split("/")[-1])
    assert faults_found_by_axe(page) == []
    answer_by_keys(page, review, rightly=rightly)
    expect(page.locator(".feedback")).to_be_focused()
    expect(page.locator(".feedback__verdict")).to_contain_text("Right." if rightly else "Not right.")
    assert faults_found_by_axe(page) == []


def due_of(learner: User) -> int:
    return ReviewCard.objects.filter(learner=learner).due(by=reviewing.due_by()).askable().count()


def header(page: Page) -> Locator:
    return page.get_by_role("banner")


def test_search_answers_while_one_types_and_leads_to_the_place(site: str, people: People) -> None:
    page = people().page
    page.goto(site)
    press(page, header(page).get_by_role("link", name="Search"))
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.evaluate("document.documentElement.dataset.loaded = 'once'")
    page.keyboard.type("channels first")
    expect(page.locator(".results__item").first).to_be_visible()
    expect(page).to_have_url(re.compile(r"\?q=channels"))
    assert page.evaluate("document.documentElement.dataset.loaded") == "once"
    assert faults_found_by_axe(page) == []
    place = page.locator(f'.results__title > a[href^="/lessons/{FIRST}/#"]').first
    press(page, place)
    expect(page.locator(":target")).to_be_in_viewport()


def test_search_finds_a_locked_lesson_by_its_title_and_nothing_of_its_text(site: str, people: People) -> None:
    page = people(**PHONE).page
    page.goto(f"{site}/search/?q=pooling")
    locked = page.locator(".results__item", has=page.locator(".tag", has_text="locked"))
    expect(locked.first).to_be_visible()
    assert faults_found_by_axe(page) == []
    for lesson in LessonVersion.objects.exclude(lesson=FIRST).values_list("lesson__slug", flat=True):
        expect(page.locator(f'.results a[href^="/lessons/{lesson}/#"]')).to_have_count(0)
    page.get_by_role("searchbox").fill("xylophone")
    expect(page.get_by_text("Nothing here holds “xylophone”")).to_be_visible()
    assert faults_found_by_axe(page) == []


def test_notes_typed_in_two_tabs_are_both_kept(site: str, learner: User, people: People) -> None:
    person = people()
    one = sign_in(person, learner, site)
    other = person.second_tab()
    for page in (one, other):
        page.goto(f"{site}/lessons/{FIRST}/")
        press(page, page.get_by_role("button", name="Notes"))
        expect(notes_field(page)).to_be_focused()
    one.keyboard.type("from one tab\n")
    expect(said(one)).to_have_text("Saved.")
    other.keyboard.type("from the other\n")
    one.keyboard.type("and more from one")
    expect(said(other)).to_have_text("Saved, together with what you wrote elsewhere.")
    expect(said(one)).to_have_text(re.compile("^Saved"))
    lines = {"from one tab", "from the other", "and more from one"}
    kept = noted_by(learner)[FIRST].splitlines()
    assert set(kept) >= lines
    assert len(kept) == len(set(kept)), kept
    one.bring_to_front()
    one.reload()
    press(one, one.get_by_role("button", name="Notes"))
    assert set(notes_field(one).input_value().splitlines()) >= lines
    assert faults_found_by_axe(one) == []
    one.keyboard.press("Escape")
    expect(notes_field(one)).to_be_hidden()
    expect(one.get_by_role("button", name="Notes")).to_be_focused()


def test_notes_outlive_a_lost_connection_and_a_closed_tab(
    site: str, house: House, learner: User, people: People
) -> None:
    person = people()
    page = sign_in(person, learner, site)
    opens_notes(page, site)
    person.is_offline = True
    person.context.set_offline(True)
    notes_field(page).fill("written on a train")
    expect(said(page)).to_have_text("Kept in this browser until Stride can be reached.")
    page.close()
    person.context.set_offline(False)
    person.is_offline = False
    again = person.second_tab()
    again.goto(f"{site}/lessons/{FIRST}/")
    house.until(lambda: noted_by(learner).get(FIRST) == "written on a train", seconds=20, what="the draft to be saved")
    opens_notes(again, site)
    notes_field(again).press_sequentially(" and in a hurry")
    again.close()
    page = person.second_tab()
    page.goto(f"{site}/lessons/{FIRST}/")
    whole = "written on a train and in a hurry"
    house.until(lambda: noted_by(learner).get(FIRST) == whole, seconds=20, what="the last words to be saved")
    page.goto(f"{site}/notes/")
    expect(page.get_by_text(whole)).to_be_visible()
    assert faults_found_by_axe(page) == []
    page.goto(f"{site}/lessons/{FIRST}/notes/")
    assert faults_found_by_axe(page) == []


def opens_notes(page: Page, site: str) -> None:
    page.goto(f"{site}/lessons/{FIRST}/")
    page.get_by_role("button", name="Notes").click()
    page.get_by_role("region", name="Your notes").wait_for()


def notes_field(page: Page) -> Locator:
    return page.locator("#note-text")


def said(page: Page) -> Locator:
    return page.locator("#notes [data-status]")


def test_a_lesson_goes_on_where_it_was_left_on_every_device(site: str, learner: User, people: People) -> None:
    page = sign_in(people(), learner, site)
    page.goto(f"{site}/lessons/{FIRST}/")
    with page.expect_response(re.compile(f"/lessons/{FIRST}/place/$")) as kept:
        scroll_to(page, paragraph=12)
    assert kept.value.status == 204
    anchor = Bookmark.objects.get(learner=learner).anchor
    phone = sign_in(people(**PHONE), learner, site)
    phone.goto(f"{site}/lessons/{FIRST}/")
    way_back = phone.get_by_role("link", name=re.compile("^Go on where you were"))
    expect(way_back).to_be_visible()
    assert faults_found_by_axe(phone) == []
    way_back.click()
    expect(phone.locator(f"#{anchor}")).to_be_in_viewport()


def test_a_page_that_is_left_at_once_keeps_its_place(site: str, house: House, learner: User, people: People) -> None:
    page = sign_in(people(), learner, site)
    for number in (6, 12):
        page.goto(f"{site}/lessons/{FIRST}/")
        anchor = scroll_to(page, paragraph=number)
        page.goto(site)
        here = Bookmark.objects.filter(learner=learner, anchor=anchor)
        house.until(here.exists, seconds=20, what=f"the place at {anchor}")


def scroll_to(page: Page, *, paragraph: int) -> str:
    """Scroll until a paragraph has just passed the line where one reads; return its address."""
    return str(
        page.locator("article.prose > p[id]")
        .nth(paragraph)
        .evaluate(
            """block => {
              scrollBy(0, block.getBoundingClientRect().top - innerHeight / 3 + 4);
              const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
              return frame().then(frame).then(() => block.id);
            }"""
        )
    )


def test_a_visitor_goes_on_at_the_section_that_they_read(site: str, people: People) -> None:
    page = people().page
    page.goto(f"{site}/lessons/{FIRST}/")
    section = page.locator("article.prose > h2[id]").nth(2)
    section.evaluate("heading => heading.scrollIntoView()")
    page.goto(site)
    page.locator("[data-continue]").first.click()
    expect(page).to_have_url(re.compile(f"/lessons/{FIRST}/#"))
    expect(page.locator(":target")).to_be_in_viewport()
    assert not User.objects.exists()


REPORT = "Report a mistake here"


def test_a_mistake_is_reported_beside_its_paragraph_with_the_mouse(site: str, learner: User, people: People) -> None:
    page = sign_in(people(), learner, site)
    page.goto(f"{site}/lessons/{FIRST}/")
    block = page.locator("article.prose > p[id]").nth(3)
    block.hover()
    link = page.get_by_role("link", name=REPORT)
    expect(link).to_be_visible()
    assert faults_found_by_axe(page) == []
    link.click()
    sends_the_report(page, block_id=str(anchor_of(page)))


def test_a_mistake_is_reported_beside_its_paragraph_by_keyboard(site: str, learner: User, people: People) -> None:
    page = sign_in(people(), learner, site)
    page.goto(f"{site}/lessons/{FIRST}/")
    press(page, page.get_by_role("navigation", name="On this page").get_by_role("link", name="Knowledge check"))
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("link", name="Report a mistake in this lesson")).to_be_focused()
    page.keyboard.press("Enter")
    for _ in range(2):
        page.keyboard.press("ArrowDown")
    chosen = page.locator(".is-chosen")
    expect(chosen).to_be_focused()
    third = page.locator("article.prose > [id]:not(h2, h3)").nth(2)
    anchor = str(third.get_attribute("id"))
    expect(chosen).to_have_id(anchor)
    expect(page.get_by_role("link", name=REPORT)).to_be_visible()
    page.keyboard.press("Enter")
    sends_the_report(page, block_id=anchor)


def test_a_mistake_is_reported_beside_its_paragraph_with_a_finger(site: str, learner: User, people: People) -> None:
    page = sign_in(people(**PHONE), learner, site)
    page.goto(f"{site}/lessons/{FIRST}/")
    block = page.locator("article.prose > p[id]").nth(3)
    anchor = str(block.get_attribute("id"))
    block.tap()
    page.get_by_role("link", name=REPORT).tap()
    sends_the_report(page, block_id=anchor)


def test_the_link_to_report_takes_no_room(site: str, people: People) -> None:
    page = people().page
    page.goto(f"{site}/lessons/{FIRST}/")
    page.wait_for_load_state("networkidle")
    blocks = page.locator("article.prose > [id]:not(h2, h3, .widget):not(:has(+ .footnotes-sep), :last-child)")
    for block in blocks.all():
        gap = block.evaluate(GAP)
        block.hover(force=True, position={"x": 2, "y": 2})
        expect(block.locator("+ .report-link")).to_be_visible()
        assert block.evaluate(GAP) == pytest.approx(gap, abs=0.5), block.inner_html()


def test_the_link_to_report_stays_below_a_block_that_grows(site: str, people: People) -> None:
    page = people(**PHONE).page
    page.goto(f"{site}/lessons/{FIRST}/")
    block = page.locator("article.prose > p[id]").nth(3)
    block.tap()
    link = block.locator("+ .report-link")
    expect(link).to_be_visible()
    block.evaluate("(block) => block.append(document.createElement('br'), 'A line that came later.')")
    page.wait_for_function(f"() => ({BELOW})(document.querySelector('.report-link'))")


BELOW = "(link) => link.getBoundingClientRect().top >= link.previousElementSibling.getBoundingClientRect().bottom - 1"

# From the end of a block to where the next one begins, in CSS pixels.
GAP = """
  (block) => {
    const after = block.nextElementSibling;
    const next = after.matches(".report-link") ? after.nextElementSibling : after;
    return next.getBoundingClientRect().top - block.getBoundingClientRect().bottom;
  }
"""


def sends_the_report(page: Page, *, block_id: str) -> None:
    """The form quotes the paragraph; what is sent carries its address and the version that was read."""
    expect(page).to_have_url(re.compile(rf"/lessons/{FIRST}/report/\?version=1&at={block_id}$"))
    version = LessonVersion.objects.get(lesson=FIRST)
    expect(page.locator(".excerpt")).to_contain_text(block_of(version.body_html, block_id)[:40])
    assert faults_found_by_axe(page) == []
    expect(page.get_by_label("What is wrong, and what would be right?")).to_be_focused()
    page.keyboard.type("The second number is too large.")
    press(page, page.get_by_role("button", name="Send the report"))
    expect(page.get_by_text("Thank you. The authors see your report")).to_be_visible()
    report = MistakeReport.objects.get()
    assert (report.version, report.anchor, report.question) == (version, block_id, None)


def anchor_of(page: Page) -> str:
    return page.url.rpartition("at=")[2]


def test_a_mistake_in_a_question_is_reported_with_the_question(site: str, learner: User, people: People) -> None:
    page = sign_in(people(**PHONE), learner, site)
    page.goto(f"{site}/lessons/{FIRST}/check/")
    page.get_by_role("button", name="Begin").tap()
    page.get_by_role("link", name="Report a mistake in this question").tap()
    expect(page.get_by_text("In the question that you were asked.")).to_be_visible()
    assert faults_found_by_axe(page) == []
    page.get_by_label("What is wrong, and what would be right?").fill("Two options say the same.")
    page.get_by_role("button", name="Send the report").tap()
    expect(page.get_by_text("Thank you. The authors see your report")).to_be_visible()
    attempt, report = Attempt.objects.get(), MistakeReport.objects.get()
    assert (report.version, report.question_id) == (attempt.version, attempt.questions[0]["version"])


def test_a_term_is_explained_where_it_stands(site: str, people: People) -> None:
    page = people().page
    page.goto(f"{site}/lessons/{FIRST}/")
    term = page.locator("article a.term").first
    entry = page.locator("article .term__entry").first
    expect(entry).to_be_hidden()
    term.hover()
    expect(entry).to_be_visible()
    assert faults_found_by_axe(page) == []
    page.mouse.move(2, 2)
    expect(entry).to_be_hidden()
    press(page, term)
    expect(entry).to_be_visible()
    page.keyboard.press("Escape")
    expect(entry).to_be_hidden()
    expect(term).to_be_focused()


def test_a_term_is_explained_at_a_tap(site: str, people: People) -> None:
    page = people(**PHONE).page
    page.goto(f"{site}/lessons/{FIRST}/")
    term = page.locator("article a.term").first
    entry = page.locator("article .term__entry").first
    term.tap()
    expect(entry).to_be_visible()
    box = entry.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    assert faults_found_by_axe(page) == []
    page.locator("h1").tap()
    expect(entry).to_be_hidden()


def test_a_term_at_the_edge_is_explained_in_a_readable_width(site: str, people: People) -> None:
    page = people(**PHONE).page
    page.goto(f"{site}/lessons/{FIRST}/")
    term = max(page.locator("article a.term:visible").all(), key=lambda each: each.bounding_box()["x"])  # type: ignore[index]
    edge, entry = term.bounding_box(), term.locator("+ .term__entry")
    assert edge is not None
    assert edge["x"] > 390 / 2
    term.tap()
    box = entry.bounding_box()
    assert box is not None
    assert box["width"] > 390 * 0.8
    assert 0 <= box["x"] <= 390 - box["width"]

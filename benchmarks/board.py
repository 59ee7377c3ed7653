"""How long after a learner's change an instructor's open board shows it. Run it with `python -m benchmarks.board`."""

import sys
from typing import Any, Final

from benchmarks.figures import Figure, percentile, show, spread
from benchmarks.site import browser, opened

LEARNERS: Final = 20
AIM_MS: Final = 1000
PASSWORD: Final = "a password for one bench"
# Notes when each row of the board changed first, after the paint that showed it.
WATCH: Final = """
() => {
  window.changedAt = {};
  const board = document.querySelector("class-board");
  const texts = () => new Map([...board.querySelectorAll("tbody tr")].map(
    (row) => [row.querySelector("th").firstChild.textContent.trim(), row.innerText]));
  let before = texts();
  new MutationObserver(() => {
    const after = texts();
    const changed = [...after].filter(([name, text]) => before.get(name) !== text).map(([name]) => name);
    before = after;
    const channel = new MessageChannel();
    channel.port1.onmessage = () => {
      for (const name of changed) window.changedAt[name] ??= performance.timeOrigin + performance.now();
    };
    requestAnimationFrame(() => channel.port2.postMessage(0));
  }).observe(board, { childList: true, subtree: true, characterData: true });
}
"""


def measure() -> list[float]:
    """Return, for each of LEARNERS who train in turn, the milliseconds from the run's row to the row on the board."""
    with opened("train", "sweeper") as house, browser() as chromium:
        return _on_the_board(house.url, chromium)


def _on_the_board(url: str, chromium: Any) -> list[float]:
    from django.contrib.auth import get_user_model

    from accounts import roles
    from accounts.models import Role
    from courses.models import Course
    from labs import submission
    from labs.models import Lab
    from teach import enrolment

    people = get_user_model().objects
    instructor = people.create_user("board@example.org", PASSWORD, name="Board")
    roles.grant_role(instructor, Role.INSTRUCTOR)
    cohort = enrolment.open_cohort(name="Bench", course=Course.objects.get(), instructor=instructor)
    learners = [people.create_user(f"{n}@example.org", None, name=f"Learner {n:02}") for n in range(LEARNERS)]
    for learner in learners:
        enrolment.join(cohort, learner=learner, name=learner.name)
    page = chromium.new_page()
    page.goto(f"{url}/accounts/login/")
    page.get_by_label("Email").fill("board@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.goto(f"{url}/teach/cohorts/{cohort.pk}/")
    page.locator("class-board tbody tr").nth(LEARNERS - 1).wait_for()
    page.evaluate(WATCH)
    measured = []
    for learner in learners:
        run = submission.submit(owner=learner, lab=Lab.objects.get(pk="taster"), fields={})
        page.wait_for_function("name => window.changedAt[name]", arg=learner.name)
        measured.append(
            page.evaluate("name => window.changedAt[name]", learner.name) - run.queued_at.timestamp() * 1000
        )
        submission.request_stop(run)
    return measured


def figure(measured: list[float]) -> Figure:
    """Return the measured line against its aim."""
    late = percentile(measured, 0.95)
    return Figure(
        f"A learner's change to an open class board of {LEARNERS}, while runs train",
        f"p95 {late:.0f} ms",
        spread(measured, unit="ms"),
        f"p95 under {AIM_MS} ms",
        late < AIM_MS,
    )


if __name__ == "__main__":
    sys.stdout.write(show([figure(measure())]) + "\n")

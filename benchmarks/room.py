"""How much room each widget takes, written into the sheet that keeps it free. Run it with `python -m benchmarks.room`.

A widget's script comes after the text. Until then its element has a least height, so that nothing below it moves when
the script fills it; without that, a page that is opened at a section would end up somewhere else.
"""

import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from benchmarks.site import ROOT, browser, opened

SHEET: Final = ROOT / "static" / "css" / "widgets-room.css"
# Phones, a page at 200 %, tablets, desks and a projector, in CSS pixels.
WIDTHS: Final = (320, 360, 375, 390, 412, 430, 600, 768, 1024, 1280, 1920)
ROOT_PIXELS: Final = 16
# A step of less than this is not worth a rule: the page may move by 0.02 of a window of 844 pixels.
SAME_REM: Final = 0.5
HEAD: Final = """\
/*
  Room kept for each widget before its script is there: what it takes at the widths of phones, tablets and desks, by
  mouse and by finger. Written by `python -m benchmarks.room`, which measures it; the test of the lessons' pages
  (tests/browser/test_lesson_pages.py) holds it to that.
*/
"""
ALL_DEFINED: Final = "() => !document.querySelector('.widget > :not(figcaption):not(:defined)')"
# Until a widget has fetched what it shows, a sentence or an empty frame stands for it.
FILLED: Final = """
  () => !document.querySelector("pixel-inspector:not([data-ready])")
    && [...document.querySelectorAll(".widget > :not(figcaption)")].every((one) => one.children.length > 1)
"""
TAKEN: Final = """
  () => [...document.querySelectorAll(".widget > :not(figcaption)")].map((one) => {
    one.style.setProperty("min-height", "0", "important");
    const height = one.getBoundingClientRect().height;
    one.style.removeProperty("min-height");
    const given = [...one.attributes].filter(({ name }) => !/^(data-|aria-|class|style|id|role|tabindex)/.test(name));
    const selector = one.localName + given.map(({ name, value }) => `[${name}="${value}"]`).join("");
    return [one.localName, selector, parseFloat(getComputedStyle(one.parentElement).width), height];
  })
"""

# Rem that are taken, by the rem of the figure's width.
Steps = dict[float, float]


def measure() -> Iterator[tuple[str, str, bool, float, float]]:
    """Yield tag, selector, whether by finger, and the rem of the figure's width and of the widget's height."""
    with opened() as house, browser() as chromium:
        from courses.outline import published_outline

        cookie = {"name": "sessionid", "value": _teacher(), "url": house.url}
        for by_finger in (False, True):
            context = chromium.new_context(has_touch=by_finger, is_mobile=by_finger)
            context.add_cookies([cookie])
            page = context.new_page()
            for lesson in published_outline().lessons:
                _read(page, f"{house.url}/lessons/{lesson.slug}/")
                for width in WIDTHS:
                    for tag, selector, across, height in _taken(page, width):
                        yield tag, selector, by_finger, across, height
            context.close()


def _read(page: Any, address: str) -> None:
    """Open a lesson and scroll through it: some widgets fetch what they show when they are first seen."""
    page.goto(address)
    page.wait_for_function(ALL_DEFINED)
    for figure in page.query_selector_all(".widget"):
        figure.scroll_into_view_if_needed()
        page.wait_for_load_state("networkidle")
    page.wait_for_function(FILLED)


def _taken(page: Any, width: int) -> Iterator[tuple[str, str, float, float]]:
    page.set_viewport_size({"width": width, "height": 844})
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    for tag, selector, across, height in page.evaluate(TAKEN):
        yield tag, selector, across / ROOT_PIXELS, height / ROOT_PIXELS


def _teacher() -> str:
    """Return the session of someone who may read every lesson."""
    from django.test import Client

    from accounts import roles
    from accounts.models import Role, User

    client, teacher = Client(), User.objects.create_user("room@example.org", None)
    roles.grant_role(teacher, Role.INSTRUCTOR)
    client.force_login(teacher)
    return client.cookies["sessionid"].value


def sheet(taken: Mapping[tuple[str, str, bool], Steps]) -> str:
    """Return the sheet: for each widget as it stands in a lesson, its room by mouse, then by finger."""
    looks: dict[str, set[str]] = defaultdict(set)
    for tag, selector, _ in taken:
        looks[tag].add(selector)
    rules: dict[bool, list[str]] = {False: [], True: []}
    for (tag, selector, by_finger), steps in sorted(taken.items()):
        rules[by_finger] += _rules(selector if len(looks[tag]) > 1 else tag, steps)
    return "\n".join([HEAD, *rules[False], "", "@media (pointer: coarse) {", *rules[True], "}", ""])


def _rules(selector: str, steps: Steps) -> Iterator[str]:
    """Yield one rule, and one more for each width from which the room is another."""
    kept = None
    for across, height in sorted(steps.items()):
        if kept is None:
            yield f"{selector} {{ min-height: {height:.1f}rem; }}"
        elif abs(height - kept) < SAME_REM:
            continue
        else:
            yield f"@container (min-width: {across:g}rem) {{ {selector} {{ min-height: {height:.1f}rem; }} }}"
        kept = height


def write() -> Path:
    """Measure, and write the sheet anew."""
    taken: dict[tuple[str, str, bool], Steps] = defaultdict(dict)
    for tag, selector, by_finger, across, height in measure():
        steps = taken[tag, selector, by_finger]
        steps[across] = max(height, steps.get(across, 0.0))
    SHEET.write_text(sheet(taken))
    return SHEET


if __name__ == "__main__":
    sys.stdout.write(f"{write().relative_to(ROOT)} is written.\n")

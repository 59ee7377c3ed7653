"""Resolve what a text points at: links, glossary terms, images."""

from urllib.parse import unquote

from markdown_it.token import Token

from courses.rendering.context import Reading
from courses.rendering.filling import fill


def resolve_link(token: Token, reading: Reading, line: int, terms: list[Token]) -> None:
    target = str(token.attrGet("href") or "")
    scheme, _, rest = target.partition(":")
    if scheme == "term":
        _resolve_term(token, rest, reading, line)
        terms.append(token)
    elif scheme == "lesson":
        _resolve_lesson(token, rest, reading, line)
    elif scheme == "lab":
        _resolve_lab(token, rest, reading, line)
    elif target.startswith("#"):
        reading.anchor_links.append((unquote(target[1:]), line))
    elif target.startswith("/"):
        _check_address(target, reading, line)
    elif scheme in ("http", "https", "mailto"):
        token.attrSet("rel", "noopener")
    else:
        reading.fault(
            line, f"The link {target!r} leads nowhere.", "Use lesson:ID, lab:ID, term:ID, #anchor or https://."
        )


def _check_address(target: str, reading: Reading, line: int) -> None:
    """Check a link to an address of this site: the page must be there, and its address must not be one that changes."""
    path, _, anchor = target.partition("#")
    if path.startswith(("/lessons/", "/labs/")):
        reading.fault(line, f"The link {target!r} names an address that may change.", "Link lesson:ID or lab:ID.")
    elif path == "/glossary/" and anchor and anchor not in reading.course.terms:
        reading.fault(line, f"The link {target!r} names no term of the glossary.", "Link the term as term:ID.")
    elif not reading.course.is_path(path.split("?")[0]):
        reading.fault(line, f"The link {target!r} leads nowhere on this site.", "Link a lesson as lesson:ID.")


def _resolve_term(token: Token, term: str, reading: Reading, line: int) -> None:
    if term not in reading.course.terms:
        reading.fault(line, f"The glossary has no term {term!r}.", "Add it to glossary.yaml, or correct the id.")
    reading.term_count += 1
    token.type = "term_open"
    token.meta = {"term": term, "id": f"term-{term}-{reading.term_count}", "html": reading.course.terms.get(term, "")}


def _resolve_lesson(token: Token, target: str, reading: Reading, line: int) -> None:
    lesson, _, anchor = target.partition("#")
    if lesson not in reading.course.lessons:
        reading.fault(line, f"There is no lesson {lesson!r} to link to.", "Correct the id, or leave the link out.")
        return
    if anchor:
        reading.lesson_links.append((lesson, anchor, line))
    token.attrSet("href", f"/lessons/{reading.course.lessons[lesson]}/" + (f"#{anchor}" if anchor else ""))


def _resolve_lab(token: Token, lab: str, reading: Reading, line: int) -> None:
    if ("lab", lab) not in reading.course.parts:
        reading.fault(line, f"There is no lab {lab!r} to link to.", f"Add labs/{lab}.yaml, or correct the id.")
    token.attrSet("href", f"/labs/{lab}/")


def resolve_image(token: Token, reading: Reading, line: int) -> None:
    source = str(token.attrGet("src") or "")
    if not "".join(child.content for child in token.children or []).strip():
        reading.fault(
            line, f"The image {source!r} has no alt text.", "Say in the brackets what it shows: ![what](...)."
        )
    for child in token.children or []:
        fill(child, reading, line)
    picture = reading.course.pictures.get(source)
    if picture is None:
        reading.fault(
            line, f"The image {source!r} is not in the course folder.", "Put it into images/ as PNG, JPEG, WebP or SVG."
        )
        return
    token.attrs = {"src": picture.url, "width": picture.width, "height": picture.height, "loading": "lazy"}

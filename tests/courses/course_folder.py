"""A small course in a folder of its own: three lessons in a row, every kind of question, one image, one widget.

Sentinels stand wherever something must not reach a browser before the answer.
"""

import json
from collections.abc import Iterable
from pathlib import Path

from courses.content_files import read_lesson
from courses.publishing.edition import Edition
from courses.publishing.reading import read_edition

SENTINEL = "zq-secret"
PAGES = ("/glossary/",)

COURSE = """\
id: small
title: A small course
description: Three lessons.
sections:
  - {id: seeing, title: Seeing}
  - {id: building, title: Building}
coming:
  - {id: fourth, title: Fourth, section: building, order: 4, requires: [third]}
  - {id: fifth, title: Fifth, section: building, order: 5, requires: [first, fourth]}
"""
GLOSSARY = """\
- id: pixel
  term: pixel
  text: A place in a picture.
"""
WIDGETS = '{"pixel-inspector": {"options": {"image": ["photo", "digit"], "size": "a number"}}}'
LESSON = """\
---
id: {id}
title: {title}
type: lesson
duration: {minutes}
order: {order}
section: {section}
prevLessonId: {before}
nextLessonId: {after}
requires: {requires}
objectives:
  - Count what a picture holds
summary: About {title}.
---

A picture of {{{{ width }}}} columns holds {{{{ values:, }}}} values. A [pixel](term:pixel) is a place.

```python {{cell=count exports=width,values}}
width = 224
values = width * width * 3
print(f"{{values:,}} values")
```

:::{{widget}} pixel-inspector
:image: digit
Look closely.
:::

![A grey square.](images/square.png)

## Going on

See [what comes next](#going-on). It was said before.[^said]

$$ {{{{ values:, }}}} = 3 \\cdot 224^2 $$

[^said]: By someone, somewhere.

## Sheet

| What | How many |
|---|---|
| values | {{{{ values:, }}}} |

## Knowledge Check

{questions}
"""
QUESTION_ONE = """\
```question
id: {lesson}-one-{number}
kind: one
text: Which statement holds for {number}?
explanation: zq-secret-explanation
options:
  - {{id: zq-secret-right, text: "The first, **right** one", right: true, why: zq-secret-why}}
  - {{id: zq-secret-wrong, text: The second, why: zq-secret-why, tag: zq-secret-tag}}
  - {{id: zq-secret-other, text: The third, why: zq-secret-why, tag: zq-secret-tag}}
```
"""
QUESTION_KINDS = """\
```question
id: {lesson}-several
kind: several
text: Which hold?
explanation: zq-secret-explanation
options:
  - {{id: zq-secret-a, text: A, right: true, why: zq-secret-why}}
  - {{id: zq-secret-b, text: B, right: true, why: zq-secret-why}}
  - {{id: zq-secret-c, text: C, why: zq-secret-why, tag: zq-secret-tag}}
```

```question
id: {lesson}-number
kind: number
text: How many values does a colour picture of 224 by 224 hold?
answer: "{{{{ values }}}}"
explanation: zq-secret-explanation
wrong:
  - {{value: 50176, why: zq-secret-why, tag: zq-secret-tag}}
otherwise: {{why: zq-secret-why, tag: zq-secret-tag}}
```

```question
id: {lesson}-drawn
kind: drawn
text: "How many values has a picture of {{height}} by {{width}} with {{channels}} channels? $h = {{height}}$"
parameters: {{height: [8, 16], width: [32, 64], channels: [1, 3]}}
function: image_values
tolerance: {{absolute: 0}}
explanation: zq-secret-explanation {{answer}}
wrong:
  - {{function: image_values_without_channels, why: zq-secret-why, tag: zq-secret-tag}}
otherwise: {{why: zq-secret-why, tag: zq-secret-tag}}
```

```question
id: {lesson}-shape
kind: shape
text: What is the shape of a batch of 8?
answer: [8, 3, 224, 224]
explanation: zq-secret-explanation
wrong:
  - {{value: [8, 224, 224, 3], why: zq-secret-why, tag: zq-secret-tag}}
otherwise: {{why: zq-secret-why, tag: zq-secret-tag}}
```

```question
id: {lesson}-prints
kind: prints
text: What does this print?
code: |
  print(1 + 1)
explanation: zq-secret-explanation
options:
  - {{id: zq-secret-two, text: "`2`", right: true, why: zq-secret-why}}
  - {{id: zq-secret-eleven, text: "`11`", why: zq-secret-why, tag: zq-secret-tag}}
```

```question
id: {lesson}-order
kind: order
text: Put these in order.
explanation: zq-secret-explanation
items:
  - {{id: zq-secret-first, text: decode}}
  - {{id: zq-secret-second, text: scale}}
  - {{id: zq-secret-third, text: stack}}
wrong:
  - {{order: [zq-secret-second, zq-secret-first, zq-secret-third], why: zq-secret-why, tag: zq-secret-tag}}
otherwise: {{why: zq-secret-why, tag: zq-secret-tag}}
```

```question
id: {lesson}-pixel
kind: pixel
text: Pick the brightest pixel.
picture: {{grid: [[0, 0, 0], [0, 255, 0]]}}
answer: [[1, 1]]
explanation: zq-secret-explanation
wrong:
  - {{cells: [[0, 0]], why: zq-secret-why, tag: zq-secret-tag}}
otherwise: {{why: zq-secret-why, tag: zq-secret-tag}}
```
"""
LESSONS = ("first", "second", "third")


def write_course(root: Path) -> Path:
    """Write the course and the results of its cells; return its folder."""
    (root / "lessons").mkdir(parents=True)
    (root / "images").mkdir()
    _write_square(root / "images" / "square.png")
    (root / "course.yaml").write_text(COURSE, encoding="utf-8")
    (root / "glossary.yaml").write_text(GLOSSARY, encoding="utf-8")
    (root / "widgets.json").write_text(WIDGETS, encoding="utf-8")
    for number, name in enumerate(LESSONS):
        path = root / "lessons" / f"{number + 1:02d}-{name}.md"
        path.write_text(_lesson(number), encoding="utf-8")
        write_results(path)
    return root


def write_results(path: Path) -> None:
    """Write what the lesson's cells compute, without running them."""
    cells = read_lesson(path, base=path.parent).cells
    results = {
        cell.id: {"hash": cell.hash, "stdout": "150,528 values\n", "values": {"width": 224, "values": 150528}}
        for cell in cells
    }
    path.with_suffix(".results.json").write_text(json.dumps({"lesson": path.stem, "cells": results}), encoding="utf-8")


def read(root: Path) -> Edition:
    """Read the course as publishing does."""
    return read_edition(root, base=root, widgets=root / "widgets.json", is_path=lambda path: path in PAGES)


def replace(path: Path, old: str, new: str) -> None:
    """Change one place of a file; the text must be there."""
    text = path.read_text(encoding="utf-8")
    if old not in text:
        raise AssertionError(f"{path.name} does not hold {old!r}")
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def line_of(path: Path, text: str) -> int:
    """Return the number of the first line that holds a text."""
    lines: Iterable[str] = path.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def _lesson(number: int) -> str:
    name = LESSONS[number]
    questions = [QUESTION_ONE.format(lesson=name, number=each) for each in range(3)]
    return LESSON.format(
        id=name,
        title=name.capitalize(),
        minutes=10 + number,
        order=number + 1,
        section="seeing" if number < 2 else "building",
        before=LESSONS[number - 1] if number else "null",
        after=LESSONS[number + 1] if number < 2 else "null",
        requires=f"[{LESSONS[number - 1]}]" if number else "[]",
        questions="\n".join([*questions, QUESTION_KINDS.format(lesson=name)]),
    )


def _write_square(path: Path) -> None:
    from PIL import Image

    Image.new("L", (4, 4), 128).save(path)

"""What stands beside a lab's form: layer table, cost and code of exactly the run that the form describes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.safestring import SafeString, mark_safe
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers.python import PythonLexer

from labs import speeds
from labs.costs import BASES, Cost, book_of, cost_of
from labs.wording import between, megabytes
from nets import schedules, script
from nets.catalog import KNOWN, Architecture, DataSet
from nets.ledger import Ledger, Row
from nets.specs import TrainSpec

# The schedule's table has the first step, the last and those at each eighth between.
PLACES: Final = 8


@dataclass(frozen=True, slots=True)
class Line:
    """One layer in the table; the numbers are ready to print, a dash where a layer has none."""

    row: Row
    shape: str
    parameters: str
    multiply_adds: str


@dataclass(frozen=True, slots=True)
class Beside:
    """Everything that the right-hand side of a lab shows for one spec."""

    spec: TrainSpec
    architecture: Architecture
    data: DataSet
    input: str
    lines: tuple[Line, ...]
    parameters: str
    multiply_adds: str
    reading: str
    cost: Cost
    about: str
    steps: str
    memory: str
    rate: str
    warmup: str
    rates: tuple[tuple[str, str], ...]
    code: SafeString


@dataclass(frozen=True, slots=True)
class Together:
    """What several runs of one wish come to: how many, all their steps and seconds, the most that one of them needs."""

    count: int
    steps: str
    about: str
    words: str
    memory: str


def together(specs: Sequence[TrainSpec]) -> Together | None:
    """Return what these runs come to; None for none."""
    if not specs:
        return None
    known = speeds.known()
    costs = [cost_of(spec, known=known) for spec in specs]
    # The least certain of them says how certain the sum is.
    least = max(costs, key=lambda cost: list(BASES).index(cost.basis))
    return Together(
        count=len(costs),
        steps=f"{sum(cost.steps for cost in costs):,}",
        about=between(*map(sum, zip(*(cost.bounds for cost in costs), strict=True))),
        words=least.words,
        memory=megabytes(max(cost.memory_bytes for cost in costs)),
    )


def beside(spec: TrainSpec) -> Beside:
    """Return what the page shows for `spec`."""
    data = spec.dataset
    book = book_of(spec)
    cost = cost_of(spec)
    return Beside(
        spec=spec,
        architecture=KNOWN[spec.arch],
        data=data,
        input=shape(data.shape),
        lines=tuple(_line(row) for row in book.rows),
        parameters=f"{book.parameters:,}",
        multiply_adds=f"{book.multiply_adds:,}",
        reading=_reading(book, cost, batch_size=spec.batch_size),
        cost=cost,
        about=between(*cost.bounds),
        steps=f"{cost.steps:,}",
        memory=megabytes(cost.memory_bytes),
        rate=repr(spec.learning_rate),
        warmup=repr(spec.warmup),
        rates=_rates(spec, steps=cost.steps),
        code=coloured(script.source(spec)),
    )


def _rates(spec: TrainSpec, *, steps: int) -> tuple[tuple[str, str], ...]:
    """Return the learning rate of the first step, of the last, and of those at each eighth between, to print."""
    places = sorted({round(number * (steps - 1) / PLACES) for number in range(PLACES + 1)})
    shares = [schedules.share(spec.schedule, position=at, steps=steps, warmup=spec.warmup) for at in places]
    return tuple((f"{at + 1:,}", f"{spec.learning_rate * share:.3g}") for at, share in zip(places, shares, strict=True))


def coloured(source: str) -> SafeString:
    """Return Python source as HTML with a class on every token; Pygments escapes what it does not know."""
    html = highlight(source, PythonLexer(), HtmlFormatter(cssclass="highlight", wrapcode=True))
    return mark_safe(html)  # noqa: S308  made by Pygments from our own source text


def _line(row: Row) -> Line:
    return Line(
        row=row,
        shape=shape(row.shape),
        parameters=f"{row.parameters:,}" if row.parameters else "–",
        multiply_adds=f"{row.multiply_adds:,}" if row.multiply_adds else "–",
    )


def _reading(book: Ledger, cost: Cost, *, batch_size: int) -> str:
    """Say what the sums of the table mean for this run."""
    weights, memory = megabytes(book.weight_bytes), megabytes(cost.memory_bytes)
    return (
        f"Shapes are channels × height × width. The weights take {weights}; training with {batch_size} images at a "
        f"time, with gradients, the optimiser's memory and a look at validation, about {memory}."
    )


def shape(sides: tuple[int, ...]) -> str:
    """Return a shape as people write it.

    >>> shape((6, 28, 28))
    '6 × 28 × 28'
    """
    return " × ".join(f"{side:,}" for side in sides)

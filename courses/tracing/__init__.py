"""Where every number of a lesson comes from: computed, cited or decided. Pure.

`figures` finds numbers in prose; `sums` checks sums that are written out; `sources` holds where a number may come from;
`lessons` walks through a lesson and traces each of its numbers.

What counts as a number: digits, with separators, a decimal point, an exponent, a percent sign. What does not: digits in
code (shown or inline, which runs or is quoted), in the name of a thing (CIFAR-10, uint8, 2-D), in an address, an
anchor or the label of a footnote, the numbering of a list, an index or a power of one digit in a formula, the options
of a widget; and numbers written as words, so a quantity that matters is written in digits.
"""

from courses.tracing.lessons import Traced, trace_lesson

__all__ = ["Traced", "trace_lesson"]

"""From LaTeX to MathML that a browser draws by itself."""

import re

import nh3
from latex2mathml import exceptions
from latex2mathml.converter import convert

_WORD = re.compile(r"\w+")
_TAGS = set(
    _WORD.findall(
        "math mrow mi mn mo mtext mfrac msup msub msubsup munder mover munderover msqrt mroot mtable mtr mtd mspace "
        "mstyle mpadded mphantom menclose mmultiscripts mprescripts none"
    )
)
_LAYOUT = set(
    _WORD.findall(
        "stretchy fence form mathvariant width height depth lspace rspace separator accent accentunder columnalign "
        "linethickness rowspacing columnspacing columnlines rowlines scriptlevel displaystyle movablelimits largeop "
        "symmetric minsize maxsize notation"
    )
)
_ATTRIBUTES = {"*": _LAYOUT, "math": {"display"}}
# LaTeX sets a narrow space beside the name of a function, unless a bracket follows. In MathML "log 10" was log10.
_NAMED = r"<mi>(?:log|ln|exp|sin|cos|tan|max|min)</mi>"
_BEFORE_NAMED = re.compile(rf"(</(?:mi|mn|msub|msup|msubsup|mrow|mfrac)>)(?={_NAMED})")
_AFTER_NAMED = re.compile(rf"({_NAMED})(?=<m(?:i|n|sub|sup|subsup|frac|sqrt|row)\b)")
_NARROW = r'\1<mspace width="0.167em"></mspace>'
_UNKNOWN = re.compile(r"<mi>\\([A-Za-z]+)</mi>")
_GROUPED = re.compile(r"^-?\d{1,3}(?:,\d{3})+(?:\.\d+)?$")


# The converter's own errors share no base, and what it does not foresee ends as one of Python's.
_UNREADABLE: tuple[type[Exception], ...] = (
    *(error for error in vars(exceptions).values() if isinstance(error, type) and issubclass(error, Exception)),
    LookupError,
    StopIteration,
    RuntimeError,
    ValueError,
    TypeError,
    AttributeError,
)


class MathFault(Exception):
    """LaTeX that cannot be set; the message says what is wrong."""


def mathml(latex: str, *, display: bool) -> str:
    r"""Return safe MathML. Raises MathFault for LaTeX that the converter cannot read.

    The converter copies what stands in \text unescaped, so its output is sanitised here.

    >>> mathml("x^2", display=False)
    '<math display="inline"><mrow><msup><mi>x</mi><mn>2</mn></msup></mrow></math>'
    """
    try:
        raw = convert(latex, display="block" if display else "inline")
    except _UNREADABLE as error:
        raise MathFault(f"This formula cannot be read ({type(error).__name__}): {latex.strip()[:60]!r}.") from error
    unknown = _UNKNOWN.search(raw)
    if unknown:
        raise MathFault(f"The formula uses \\{unknown[1]}, which is not known here.")
    raw = _AFTER_NAMED.sub(_NARROW, _BEFORE_NAMED.sub(_NARROW, raw))
    return nh3.clean(raw, tags=_TAGS, attributes=_ATTRIBUTES, clean_content_tags={"script", "style"})


def latex_number(text: str) -> str:
    r"""Return a filled-in value as LaTeX sets it: 150,528 without a gap after the comma, a per cent sign escaped.

    >>> latex_number("150,528")
    '\\text{150,528}'
    """
    return f"\\text{{{text}}}" if _GROUPED.match(text) else text.replace("%", r"\%")

"""Read the shape of a tensor as people type it."""

import re

from courses.grading.verdicts import Slip

MOST_AXES, LARGEST_DIGITS = 8, 12
_SIZES = re.compile(r"^\d+(?:(?:[,;]|[x×*·]|by)?\s*\d+)*$")
_ASK = "Write the sizes with commas between them, such as 8, 3, 224, 224."


def read_shape(text: str) -> list[int]:
    """Return a shape. Raises Slip with a sentence when the text cannot be read as one.

    >>> read_shape("torch.Size([8, 3, 224, 224])"), read_shape("8x3x224 x 224"), read_shape("8 3 224 224")
    ([8, 3, 224, 224], [8, 3, 224, 224], [8, 3, 224, 224])
    """
    inner = re.sub(r"(?i)^\s*(?:torch\.)?size\s*(?=\()", "", text).strip()
    inner = re.sub(r"[()\[\]{}<>]", " ", inner).strip().rstrip(",;").strip().lower()
    if not inner:
        raise Slip(f"There is no answer yet. {_ASK}")
    tidy = re.sub(r"\s*([,;x×*·]|by)\s*", r"\1", inner)
    if not _SIZES.match(tidy) or any(len(size) > LARGEST_DIGITS for size in re.findall(r"\d+", tidy)):
        raise Slip(f"“{text.strip()[:60]}” cannot be read as a shape. {_ASK}")
    sizes = [int(size) for size in re.findall(r"\d+", tidy)]
    if len(sizes) > MOST_AXES:
        raise Slip(f"That has {len(sizes)} sizes, more than any tensor here. {_ASK}")
    return sizes

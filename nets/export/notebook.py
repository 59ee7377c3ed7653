"""A run's script as a Jupyter notebook: the same code, cell by cell."""

import json
from collections.abc import Sequence
from typing import Any

from nets.script import Section


def notebook_bytes(title: str, sections: Sequence[Section]) -> bytes:
    """Return a notebook of format 4.5 whose cells run from top to bottom, each under a sentence about it."""
    cells = [
        _words(f"# {title}\n\nRun the cells from top to bottom; `data.npz` must lie beside this notebook.", "title")
    ]
    for number, section in enumerate(sections, start=1):
        cells += [_words(section.words, f"words-{number}"), _code(section.code.strip("\n"), f"code-{number}")]
    about = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    book = {"cells": cells, "metadata": about, "nbformat": 4, "nbformat_minor": 5}
    return (json.dumps(book, indent=1, ensure_ascii=False) + "\n").encode()


def _words(text: str, name: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": text.splitlines(keepends=True)}


def _code(text: str, name: str) -> dict[str, Any]:
    lines = text.splitlines(keepends=True)
    return {"cell_type": "code", "id": name, "metadata": {}, "execution_count": None, "outputs": [], "source": lines}

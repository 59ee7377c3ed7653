"""Read YAML and remember on which line each value stands."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from courses.faults import ContentError, Fault

Key = str | int


@dataclass(frozen=True, slots=True)
class Located:
    """The data of one YAML document and the line of every value, by its path of keys and indices."""

    path: str
    data: Any
    lines: Mapping[tuple[Key, ...], int]

    def line(self, *keys: Key) -> int:
        """Return the line of a value, or of the nearest thing above it that exists."""
        while keys and keys not in self.lines:
            keys = keys[:-1]
        return self.lines.get(keys, 1)

    def fault(self, text: str, remedy: str, *keys: Key) -> Fault:
        """Return a fault that points at a value."""
        return Fault(self.path, self.line(*keys), text, remedy)


# libyaml's parser is ten times faster; where PyYAML was built without it, Python's own says the same.
_Loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _CourseLoader(_Loader):  # type: ignore[valid-type, misc]
    """YAML 1.2's plain values: `no` is a word, `1e-3` a number, a date a text."""


_CourseLoader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("int", r"^[-+]?[0-9]+$", "-+0123456789"),
    ("float", r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$", "-+.0123456789"),
    ("null", r"^(?:~|null|Null|NULL|)$", "~nN\0"),
    ("merge", r"^(?:<<)$", "<"),
):
    for _character in [*_first.replace("\0", ""), *([""] if "\0" in _first else [])]:
        _CourseLoader.yaml_implicit_resolvers.setdefault(_character, []).append(
            (f"tag:yaml.org,2002:{_tag}", re.compile(_pattern))
        )


def load(text: str, *, path: str, first_line: int = 1) -> Located:
    """Parse one YAML document whose first line stands at `first_line` of its file.

    Raises ContentError for broken YAML and for a key that is given twice.
    """
    loader = _CourseLoader(text)
    try:
        node = loader.get_single_node()
        data = None if node is None else loader.construct_document(node)
    except yaml.MarkedYAMLError as error:
        line = first_line + (error.problem_mark.line if error.problem_mark else 0)
        raise ContentError([Fault(path, line, f"This is not valid YAML: {error.problem}.", _QUOTE)]) from error
    except yaml.YAMLError as error:
        raise ContentError([Fault(path, first_line, f"This is not valid YAML: {error}.", _QUOTE)]) from error
    finally:
        loader.dispose()
    lines: dict[tuple[Key, ...], int] = {}
    twice = list(_walk(node, (), lines, first_line)) if node is not None else []
    if twice:
        raise ContentError(
            Fault(path, line, f"The key {key!r} is given twice.", "Keep one of the two.") for key, line in twice
        )
    return Located(path, data, lines)


_QUOTE = "Check the indentation, and put quotes round a text that holds a colon or starts with a bracket."


def _walk(
    node: yaml.Node, keys: tuple[Key, ...], lines: dict[tuple[Key, ...], int], first: int
) -> Iterator[tuple[str, int]]:
    """Note the line of every value below a node; yield each repeated key with its line."""
    lines[keys] = node.start_mark.line + first
    if isinstance(node, yaml.SequenceNode):
        for index, child in enumerate(node.value):
            yield from _walk(child, (*keys, index), lines, first)
    elif isinstance(node, yaml.MappingNode):
        seen = set()
        for key, child in node.value:
            if key.value in seen:
                yield str(key.value), key.start_mark.line + first
            seen.add(key.value)
            yield from _walk(child, (*keys, key.value), lines, first)
            lines[(*keys, key.value)] = key.start_mark.line + first

"""Cut definitions out of our own source files, with everything of their module that they need. No torch.

What a learner reads in an exported script is thereby the very text that was run, comments included.
"""

import ast
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

_HERE: Final = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Source text in an order that runs: `imports` are whole import lines, `definitions` whole definitions."""

    imports: tuple[str, ...]
    definitions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Module:
    """One source file, by the names that it binds at its top level."""

    lines: Sequence[str]
    defined: dict[str, ast.stmt]
    imported: dict[str, str]
    ours: dict[str, tuple[str, str]]


def excerpt(wanted: Iterable[tuple[str, str]]) -> Excerpt:
    """Return definitions and all that they need, each once; `wanted` are pairs of file, below nets, and name.

    Raises KeyError for a name that its file does not define at the top level.
    """
    imports: set[str] = set()
    definitions: dict[tuple[str, str], str] = {}
    for file, name in wanted:
        _collect(file, name, imports=imports, definitions=definitions, open_names=())
    return Excerpt(tuple(sorted(imports)), tuple(definitions.values()))


def _collect(
    file: str,
    name: str,
    *,
    imports: set[str],
    definitions: dict[tuple[str, str], str],
    open_names: tuple[tuple[str, str], ...],
) -> None:
    """Add a definition after everything that it names; a circle is cut where it closes."""
    if (file, name) in definitions or (file, name) in open_names:
        return
    module = _read(file)
    node = module.defined[name]
    for used in _names(node):
        if used in module.imported:
            imports.add(module.imported[used])
        elif used in module.ours:
            _collect(
                *module.ours[used], imports=imports, definitions=definitions, open_names=(*open_names, (file, name))
            )
        elif used in module.defined and used != name:
            _collect(file, used, imports=imports, definitions=definitions, open_names=(*open_names, (file, name)))
    definitions[file, name] = _text(module.lines, node)


def _names(node: ast.AST) -> list[str]:
    """Return the names that a definition reads, in the order of the text."""
    return list(dict.fromkeys(part.id for part in ast.walk(node) if isinstance(part, ast.Name)))


@cache
def _read(file: str) -> _Module:
    text = (_HERE / file).read_text(encoding="utf-8")
    module = _Module(text.splitlines(), {}, {}, {})
    for node in ast.parse(text).body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("nets"):
            module.ours.update({alias.asname or alias.name: _place(node.module or "", alias) for alias in node.names})
        elif isinstance(node, ast.Import | ast.ImportFrom):
            module.imported.update({_bound(alias): _line(node, alias) for alias in node.names})
        else:
            module.defined.update(dict.fromkeys(_targets(node), node))
    return module


def _place(module: str, alias: ast.alias) -> tuple[str, str]:
    """Return the file below nets, and the name in it, that an import of ours means."""
    path = "/".join(module.split(".")[1:])
    return (f"{path}.py" if (_HERE / f"{path}.py").exists() else f"{path}/__init__.py".lstrip("/"), alias.name)


def _bound(alias: ast.alias) -> str:
    return alias.asname or alias.name.split(".")[0]


def _line(node: ast.Import | ast.ImportFrom, alias: ast.alias) -> str:
    return ast.unparse(
        ast.Import([alias]) if isinstance(node, ast.Import) else ast.ImportFrom(node.module, [alias], node.level)
    )


def _targets(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _text(lines: Sequence[str], node: ast.stmt) -> str:
    """Return a definition's text with its decorators and the comment right above it."""
    decorators = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(decorator.lineno for decorator in decorators)]) - 1
    while first > 0 and lines[first - 1].startswith("#"):
        first -= 1
    return "\n".join(lines[first : node.end_lineno])


def joined_imports(lines: Iterable[str]) -> str:
    """Return import lines as one sorted block: the standard library first, then what is installed.

    >>> print(joined_imports(["from torch import nn", "import torch", "import math", "from torch import Tensor"]))
    import math
    <BLANKLINE>
    import torch
    from torch import Tensor, nn
    """
    groups: dict[bool, list[str]] = {True: [], False: []}
    members: dict[str, set[str]] = {}
    for line in lines:
        if line.startswith("from "):
            module, name = line.removeprefix("from ").split(" import ")
            members.setdefault(module, set()).add(name)
        else:
            groups[line.split()[1].split(".")[0] in sys.stdlib_module_names].append(line)
    for module, names in members.items():
        whole = f"from {module} import {', '.join(sorted(names, key=_rank))}"
        groups[module.split(".")[0] in sys.stdlib_module_names].append(whole)
    blocks = [
        "\n".join(sorted(set(group), key=lambda line: (line.startswith("from "), line.lower())))
        for group in groups.values()
    ]
    return "\n\n".join(block for block in blocks if block)


def _rank(name: str) -> tuple[int, str]:
    """Constants, then classes, then functions, as ruff sorts them."""
    return (0 if name.isupper() and len(name) > 1 else 1 if name[0].isupper() else 2, name)

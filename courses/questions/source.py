"""Read the fields of one question: each check adds a fault at the field's line and goes on."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from courses.rendering.context import Reading
from courses.rendering.fragments import fragment
from courses.rendering.values import ValueFault, resolved
from courses.rendering.writing import code_html
from courses.yaml_lines import Key, Located

SLUG = re.compile(r"^[a-z0-9]+(?:-[a-z0-9]+)*$")
_MARK = "97{:02d}0{:02d}31"  # stands for a parameter while Markdown and LaTeX are rendered: a number no author writes


@dataclass(slots=True)
class QuestionSource:
    """One question block while it is read. `parameters`: the names that its texts may hold in braces."""

    located: Located
    reading: Reading
    parameters: Sequence[str] = field(default_factory=tuple)

    def fault(self, text: str, remedy: str, *keys: Key) -> None:
        """Note something wrong with the value under `keys`."""
        self.reading.faults.append(self.located.fault(text, remedy, *keys))

    def value(self, *keys: Key) -> Any:
        """Return the value under `keys` with computed values filled in; None when it is missing or cannot be filled."""
        value = self.located.data
        for key in keys:
            inside = isinstance(value, Mapping) or (isinstance(value, list) and isinstance(key, int))
            try:
                value = value[key] if inside else None
            except (KeyError, IndexError):
                return None
        try:
            return resolved(value, self.reading.values)
        except ValueFault as fault:
            self.fault(fault.text, fault.remedy, *keys)
            return None

    def items(self, *keys: Key) -> int:
        """Return how many items the list under `keys` has; anything else counts as a fault and 0."""
        value = self._raw(*keys)
        if value is None:
            return 0
        if not isinstance(value, list):
            self.fault(f"{keys[-1]!r} must be a list.", "Start each item with a dash.", *keys)
            return 0
        return len(value)

    def _raw(self, *keys: Key) -> Any:
        value = self.located.data
        for key in keys:
            if isinstance(value, Mapping):
                value = value.get(key)
            elif isinstance(value, list) and isinstance(key, int) and key < len(value):
                value = value[key]
            else:
                return None
        return value

    def text(self, *keys: Key, wanted: str = "") -> str:
        """Return a text as HTML. `wanted` says why it is needed; without it the text may be missing."""
        raw = self._raw(*keys)
        if raw is None or (isinstance(raw, str) and not raw.strip()):
            if wanted:
                self.fault(f"{'.'.join(map(str, keys))} is missing.", wanted, *keys)
            return ""
        if not isinstance(raw, str):
            raw = str(raw)
        html = fragment(self._marked(raw, keys), self.reading, line=self.located.line(*keys))
        return self._unmarked(html)

    def code(self, *keys: Key) -> str:
        """Return a block of code as highlighted HTML, empty when there is none."""
        raw = self._raw(*keys)
        return self._unmarked(code_html(self._marked(raw, keys), language="python")) if isinstance(raw, str) else ""

    def slug(self, *keys: Key, wanted: str) -> str:
        """Return an id or a tag: lower-case words with hyphens."""
        value = self._raw(*keys)
        if not isinstance(value, str) or not SLUG.match(value):
            self.fault(f"{'.'.join(map(str, keys))} is {value!r}.", wanted, *keys)
            return ""
        return value

    def refuse_unknown(self, allowed: set[str], *keys: Key) -> None:
        """Note every key that means nothing here, so that a typing error cannot hide."""
        value = self._raw(*keys) if keys else self.located.data
        if not isinstance(value, Mapping):
            if keys:
                self.fault(f"{keys[-1]!r} must hold keys.", f"Use {', '.join(sorted(allowed))}.", *keys)
            return
        for key in value:
            if key not in allowed:
                self.fault(f"{key!r} means nothing here.", f"Use {', '.join(sorted(allowed))}.", *keys, key)

    def _marked(self, text: str, keys: tuple[Key, ...]) -> str:
        for index, name in enumerate(self.parameters):
            text = re.sub(rf"(?<!\{{)\{{{name}\}}(?!\}})", _MARK.format(index, index), text)
        if self.parameters:
            for unknown in re.findall(r"(?<![\{\w\\^_])\{([a-z_][a-z0-9_]*)\}(?!\})", text):
                self.fault(f"The text uses {{{unknown}}}, which is not drawn.", "Add it to parameters.", *keys)
        return text

    def _unmarked(self, html: str) -> str:
        for index, name in enumerate(self.parameters):
            html = html.replace(_MARK.format(index, index), f"{{{name}}}")
        return html


def explained(source: QuestionSource, *keys: Key) -> dict[str, str]:
    """Return {"why", "tag"} of a wrong answer; both are needed."""
    return {
        "why": source.text(*keys, "why", wanted="Say why this is wrong; every wrong answer has its own explanation."),
        "tag": source.slug(*keys, "tag", wanted="Name the misconception in lower-case-words: tag: padding-forgotten."),
    }


def otherwise(source: QuestionSource) -> dict[str, str]:
    """Return what is said about a wrong answer that nobody foresaw."""
    source.refuse_unknown({"why", "tag"}, "otherwise")
    return explained(source, "otherwise")

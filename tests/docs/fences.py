"""Code fences of the documentation, and how fragments of specs are made whole."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"

_FENCE = re.compile(r"^```([^\n`]*)\n(.*?)^```[ \t]*$", re.M | re.S)
_USUAL = {"a": "shape a: figure", "b": "shape b: figure", "xs": "shape xs: figure[3]"}


@dataclass(frozen=True, slots=True)
class Fence:
    """A fenced block: the first word after the backticks, the others as ``{"file": "a.pgt", "fails": ""}``, its text,
    and where it starts."""

    file: str
    line: int
    language: str
    options: dict[str, str]
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


def fences(file: str, *languages: str) -> list[Fence]:
    """The blocks of a file below ``docs/``, of some languages or of all."""
    text = (DOCS / file).read_text(encoding="utf-8")
    found = []
    for match in _FENCE.finditer(text):
        language, *options = match[1].split() or [""]
        pairs = (option.partition("=") for option in options)
        line = text.count("\n", 0, match.start()) + 1
        found.append(Fence(file, line, language, {name: value for name, _, value in pairs}, match[2]))
    return [f for f in found if not languages or f.language in languages]


def whole(part: str) -> str:
    """A fragment (``pgt-part``) as a task: with a header, the shapes a, b and xs, and a question, where missing."""
    lines = [] if re.search(r"^task ", part, re.M) else ['task "docs/part"']
    for name, declaration in _USUAL.items():
        if re.search(rf"\b{name}\b", part) and not re.search(rf"^shape {name}:", part, re.M):
            lines.append(declaration)
    lines.append(part)
    if not re.search(r"^ask ", part, re.M):
        lines.append('ask "How many shapes are there?" answer count(shapes)')
    return "\n".join(lines) + "\n"

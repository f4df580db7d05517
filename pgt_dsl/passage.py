"""Expressions of the language that stand in a recipe: where they are in its TOML, and the same place as a source.

TOML puts some of an expression between quotes: ``hue = ["red", "blue"]`` is the list ``[red, blue]``. A ``Passage`` is
the recipe with everything but the expression blanked out, so the language's own parser reads it in place, and whatever
it finds wrong stands at its line and column.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pgt_dsl.diagnostics import Collector, SpecError
from pgt_dsl.source import Source, Span

_TOKEN = re.compile(
    r"""(?P<long>\"{3}[\s\S]*?\"{3}|'{3}[\s\S]*?'{3})|(?P<text>"(?:[^"\\\n]|\\.)*"|'[^'\n]*')|(?P<comment>\#[^\n]*)"""
    r"""|(?P<line>\n)|(?P<open>[\[{])|(?P<close>[\]}])|(?P<comma>,)|(?P<equals>=)|(?P<dot>\.(?=\s*[A-Za-z_"']))"""
    r"""|(?P<word>[^\s\[\]{},=#"']+?(?=\.[A-Za-z_"']|[\s\[\]{},=\#"']|$))|(?P<space>\s)|(?P<other>.)"""
)
Path = tuple[str, ...]


@dataclass(frozen=True)
class Passage(Source):
    """An expression of a recipe, ``text[start:end]``; ``whole`` is the recipe, whose lines are shown."""

    whole: str = field(default="", repr=False)
    start: int = 0
    end: int = 0

    def line(self, number: int) -> str:
        """The line of the recipe as it is written."""
        return Source(self.name, self.whole).line(number)

    @property
    def span(self) -> Span:
        """Where it stands."""
        return Span(self, self.start, self.end)


def passages(source: Source, kind: str, number: int, key: str) -> dict[str, Passage]:
    """The expressions of a table ``key`` of the part ``[[kind]]`` of this number (from 0), by their names: of
    ``key = { a = ..., b = ... }``, of ``key.a = ...``, or below ``[kind.key]``. Raises ``SpecError`` for a text that
    cannot be read in place (R810)."""
    found: dict[str, Passage] = {}
    for path, start, end in _values(source.text, kind, number):
        if len(path) == 2 and path[0] == key:
            found[path[1]] = _passage(source, start, end)
    return found


def passage(source: Source, kind: str, number: int, key: str) -> Passage | None:
    """The expression ``key = ...`` of a part of a recipe, None where it has none. Raises as ``passages``."""
    places = [(start, end) for path, start, end in _values(source.text, kind, number) if path == (key,)]
    return _passage(source, *places[0]) if places else None


def _passage(source: Source, start: int, end: int) -> Passage:
    text = list(source.text[start:end])
    for match in _TOKEN.finditer(source.text, start, end):
        a, b = match.start() - start, match.end() - start
        if match["long"] or (match["text"] and match["text"][0] == '"' and "\\" in match["text"]):
            errors = Collector()
            errors.error("R810", "an expression stands in one line, without backslashes",
                         Span(source, match.start(), match.end()),
                         help="put single quotes around it: `word = '\"red\"'`")  # fmt: skip
            raise SpecError(errors.found)
        if match["text"]:
            text[a] = text[b - 1] = " "
    blank = [re.sub(r"[^\n]", " ", part) for part in (source.text[:start], source.text[end:])]
    return Passage(source.name, blank[0] + "".join(text) + blank[1], source.text, start, end)


def _values(text: str, kind: str, number: int) -> Iterator[tuple[Path, int, int]]:
    """The values of a part with their keys: where each begins and ends, those of inline tables one by one too."""
    head = re.compile(rf"^[ \t]*\[\[[ \t]*{re.escape(kind)}[ \t]*\]\]", re.M)
    heads = [match.end() for match in head.finditer(text)]
    if number >= len(heads):
        return
    start = heads[number]
    stops = [match.start() for match in re.compile(r"^[ \t]*\[", re.M).finditer(text, start)]
    below = re.compile(rf"[ \t]*\[[ \t]*{re.escape(kind)}[ \t]*\.[ \t]*([A-Za-z0-9_-]+)[ \t]*\]")
    prefix: Path = ()
    while True:
        stop = next((at for at in stops if at >= start), len(text))
        yield from _pairs([m for m in _TOKEN.finditer(text, start, stop) if m.lastgroup != "space"], prefix)
        match = below.match(text, stop)
        if match is None:
            return
        prefix, start = (match[1],), match.end()


def _pairs(tokens: Sequence[re.Match[str]], prefix: Path) -> Iterator[tuple[Path, int, int]]:
    """Keys and values of lines, or of an inline table."""
    at = 0
    while at < len(tokens):
        keys: list[str] = []
        while at < len(tokens) and tokens[at].lastgroup != "equals":
            if tokens[at].lastgroup in ("word", "text"):
                keys.append(tokens[at][0].strip("\"'"))
            at += 1
        first, depth = at + 1, 0
        at = first
        while at < len(tokens):
            group = tokens[at].lastgroup
            if depth == 0 and group in ("line", "comma", "comment"):
                break
            depth += (group == "open") - (group == "close")
            at += 1
        value = tokens[first:at]
        if keys and value:
            path = (*prefix, *keys)
            yield path, value[0].start(), value[-1].end()
            if value[0][0] == "{":
                yield from _pairs(value[1:-1], path)


Settings = Mapping[str, Passage]


@dataclass(frozen=True)
class Stepped:
    """A pick or a let that is stepped through, said at ``place``: its ``values`` in the language, or so many of its own
    (``count``), or all of them. ``group``: a sweep, whose steps are a group of samples with all else held; else each
    value has equally many samples."""

    place: Passage
    values: Passage | None = None
    count: int | None = None
    group: bool = False


@dataclass(frozen=True)
class StageOf:
    """The stage of a curriculum that a task is for: its name and the bounds of margins, from ``low`` to below ``high``
    (None: any), said at ``place``."""

    name: str
    place: Passage
    low: float = 1.0
    high: float | None = None


@dataclass(frozen=True)
class Changes:
    """What a recipe changes in a task: its ``name`` ("" for the spec's own), the values of picks and lets (``set``),
    those that are stepped through (``steps``), conditions that all scenes meet (``only``) or none (``without``), and
    by what the margins of ``clear`` are multiplied (``clearer``, said at ``clear``). With a ``stage`` the name ends in
    that of the stage."""

    name: str = ""
    set: Settings = field(default_factory=dict)
    steps: Mapping[str, Stepped] = field(default_factory=dict)
    only: tuple[Passage, ...] = ()
    without: tuple[Passage, ...] = ()
    clearer: float = 1.0
    clear: Passage | None = None
    stage: StageOf | None = None


@dataclass(frozen=True)
class HeldOut:
    """A split of so many samples that has only the scenes for which an expression is true, and no other split has."""

    split: str
    where: Passage
    count: int


UNCHANGED = Changes()

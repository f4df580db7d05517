"""The state of one compilation: builder, registry, diagnostics, and the tables that elaboration fills."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from math import prod
from typing import TYPE_CHECKING, NoReturn

from pgt_dsl.diagnostics import Collector
from pgt_dsl.passage import Passage
from pgt_dsl.program.bounds import Bounds
from pgt_dsl.program.builder import Builder
from pgt_dsl.program.datatypes import Type
from pgt_dsl.program.program import GroupId, NodeId, Origin
from pgt_dsl.source import Source, Span
from pgt_dsl.syntax import tree
from pgt_dsl.types.scope import DefDecl, KindDecl, Lazy, Scope, Stop, Use, Val

if TYPE_CHECKING:
    from pgt_dsl.plugins.registry import Registry
    from pgt_dsl.types.groups import GroupInfo

MAX_NODES = 20_000
MAX_STEPS = 300_000
MAX_ITEMS = 200
MAX_SLOTS = 600
MAX_LOOP = 50_000
CHAIN = 2  # how many of the uses around an error are shown, besides the outermost


@dataclass(slots=True)
class Context:
    """Shared by all elaborating functions.

    ``rules`` elaborates an expression (set by ``compile``), ``home`` is the file being compiled, ``calls`` are the
    functions and kinds of the language that are being expanded around what is elaborated now.
    """

    registry: Registry
    builder: Builder
    collector: Collector
    rules: Callable[[Context, tree.Expr, Scope], Val]
    home: Source | None = None
    stack: list[Lazy] = field(default_factory=list)
    calls: tuple[Use, ...] = ()
    defs: dict[str, DefDecl] = field(default_factory=dict)
    kinds: dict[str, KindDecl] = field(default_factory=dict)
    groups: dict[GroupId, GroupInfo] = field(default_factory=dict)
    spans: dict[NodeId, Span] = field(default_factory=dict)
    shapes: list[Lazy] = field(default_factory=list)
    backgrounds: dict[str, Callable[[tree.Dot], Val]] = field(default_factory=dict)
    contrasts: list[Span | None] = field(default_factory=list)
    photo_reads: list[tuple[str, Span | None]] = field(default_factory=list)
    canvas: Val | None = None
    base: Scope = field(default_factory=Scope)
    called: set[str] = field(default_factory=set)
    steps: int = 0
    lengths: dict[NodeId, int] = field(default_factory=dict)

    def expr(self, cx: Context, node: tree.Expr, scope: Scope) -> Val:
        """Elaborate an expression; the work of a whole task is bounded, whatever its functions expand to."""
        self.steps += 1
        if self.steps > MAX_STEPS:
            if self.steps == MAX_STEPS + 1:
                self.error("L609", "the functions and kinds of this task expand to too much", node.span,
                           help="use shorter lists, or fewer functions that call one another")  # fmt: skip
            raise Stop
        return self.rules(cx, node, scope)

    def bounds(self) -> Bounds:
        """The bounds of the program built so far."""
        b = self.builder
        return Bounds(b.nodes, b.vars, b.groups, b.axes)

    # diagnostics --------------------------------------------------------------------------------

    def error(
        self,
        code: str,
        message: str,
        span: Span | None,
        label: str = "",
        *,
        others: Iterable[tuple[Span | None, str]] = (),
        help: str | Iterable[str] = (),
    ) -> None:
        """Record an error where its author can mend it: in the file being compiled, whenever the way leads there.

        Inside a function or kind of the language, the uses that led there are labelled. Where that is in a module,
        the nearest use in the file being compiled comes first.
        """
        labels = [(s, text) for s, text in others if s is not None]
        chain = [(use.span, f"in this use of `{use.name}`") for use in reversed(self.calls) if use.span is not None]
        if len(chain) > CHAIN + 1:
            chain = [*chain[:CHAIN], chain[-1]]
        if not self._mine(span):
            places = [*chain, *((lazy.span, f"for `{lazy.name}`") for lazy in reversed(self.stack) if lazy.span)]
            near = next((place for place in places if self._mine(place[0])), None)
            if near is not None:
                chain = [place for place in chain if place != near]
                written = span is not None and not span.source.name.startswith("<")
                labels = [*([(span, label or "here")] if span is not None and written else []), *labels]
                span, label = near
        if not any(d.code == code and d.message == message and d.label and d.label.span == span
                   for d in self.collector.found):  # fmt: skip
            self.collector.error(code, message, span, label, others=_once([*labels, *chain], span), help=help)

    def _mine(self, span: Span | None) -> bool:
        if span is None or isinstance(span.source, Passage):  # a recipe's own words are where its user looks
            return span is not None
        return self.home is None or span.source is self.home

    def fail(
        self,
        code: str,
        message: str,
        span: Span | None,
        label: str = "",
        *,
        others: Iterable[tuple[Span | None, str]] = (),
        help: str | Iterable[str] = (),
    ) -> NoReturn:
        """Record an error and end the statement."""
        self.error(code, message, span, label, others=others, help=help)
        raise Stop

    # values -------------------------------------------------------------------------------------

    def val(
        self, node: NodeId, span: Span | None = None, groups: tuple[GroupId, ...] = (), percent: bool = False
    ) -> Val:
        """A value for a node; remembers where the node was first written."""
        if span is not None:
            self.spans.setdefault(node, span)
        if len(self.builder.nodes) > MAX_NODES:
            self.fail("L609", f"the task expands to more than {MAX_NODES:,} operations", span,
                      help="use shorter lists, or fewer nested loops")  # fmt: skip
        record = self.builder.nodes[node]
        if record.axes or record.sizes:
            work = prod(self.builder.axes[axis].size for axis in record.axes) * prod(record.sizes)
            if work > MAX_LOOP:
                self.fail("L613", f"this takes {work:,} steps in each scene, more than the {MAX_LOOP:,} allowed", span,
                          "too many", help="use shorter lists, or one loop fewer")  # fmt: skip
        return Val(node, record.type, span, groups, None, percent)

    def op(
        self,
        name: str,
        type: Type | str,
        *args: NodeId,
        span: Span | None = None,
        attrs: dict[str, object] | None = None,
        sizes: tuple[int, ...] = (),
        groups: tuple[GroupId, ...] = (),
    ) -> Val:
        """A value of a new node."""
        return self.val(self.builder.node(name, type, args, attrs, sizes), span, groups)


def _once(labels: list[tuple[Span, str]], primary: Span | None) -> list[tuple[Span, str]]:
    """Labels without repetition, and without one that says nothing at the primary place."""
    found: list[tuple[Span, str]] = []
    for span, text in labels:
        if (span, text) not in found and not (span == primary and not text):
            found.append((span, text))
    return found


def origin(span: Span | None) -> Origin:
    """A span as a serialisable origin."""
    if span is None:
        return Origin()
    line, column = span.source.line_column(span.start)
    last, end = span.source.line_column(span.end)
    if last != line:
        end = len(span.source.line(line)) + 1
    return Origin(span.source.name, line, column, end, span.source.line(line).strip())


def did_you_mean(name: str, choices: Iterable[str]) -> str:
    """Advice for a misspelt name, or an empty string."""
    options = sorted(set(choices))
    close = difflib.get_close_matches(name, options, 1, 0.6)
    if not close:
        folded = {option.replace("_", "").lower(): option for option in options}
        match = folded.get(name.replace("_", "").lower())
        close = [match] if match else []
    return f"did you mean `{close[0]}`?" if close else ""


def advice(name: str, choices: Iterable[str], heading: str = "") -> list[str]:
    """Advice for an unknown name: the nearest choice, and under ``heading`` all of them."""
    options = sorted(set(choices))
    found = [did_you_mean(name, options)]
    if heading and options:
        found.append(f"{heading}: {', '.join(options)}")
    return [line for line in found if line]


def plural(base: str) -> str:
    """The plural of a type's name."""
    return {"bool": "yes-or-no values", "text": "texts", "int": "whole numbers", "box": "boxes"}.get(base, base + "s")


def describe(type: Type) -> str:
    """A type as a noun phrase: "a length", "a list of colors"."""
    nouns = {"bool": "a yes-or-no value", "int": "a whole number", "area": "an area", "angle": "an angle"}
    if type.rank == 0:
        return nouns.get(type.base, f"a {type.base}")
    if type.rank == 1:
        return f"a list of {plural(type.base)}"
    return f"a list of lists of {plural(type.base)}"

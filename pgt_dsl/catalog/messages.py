"""What there is to translate in a task: its texts with their holes, and the words that are values."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from pgt_dsl.diagnostics import Collector
from pgt_dsl.languages.tongue import stands
from pgt_dsl.program.program import Hole, Law, Node, NodeId, Origin, Program, Template
from pgt_dsl.source import Source
from pgt_dsl.syntax.holes import RawHole, split

MOST_VALUES = 400  # of a text that is put together of others
PAINTED = ("text", "label")  # fields that are painted as they stand


@dataclass(frozen=True)
class Message:
    """A text of a question: what it is, and its holes by their expression, without spaces."""

    what: str
    ask: int
    text: str
    template: Template
    origin: Origin

    @property
    def holes(self) -> list[tuple[str, Hole]]:
        """The holes in their order, with their expressions."""
        raw = [part for part in pieces(self.text, Collector()) if isinstance(part, RawHole)]
        holes = [part for part in self.template.parts if isinstance(part, Hole)]
        return [(expression(self.text, one), hole) for one, hole in zip(raw, holes, strict=True)]


@dataclass(frozen=True)
class Words:
    """Texts that are values: ``said`` in questions and answers, ``painted`` in the picture. ``composed``: where some
    are put together in a way that cannot be followed."""

    said: frozenset[str]
    painted: frozenset[str]
    composed: bool


def message_text(template: Template) -> str:
    """A text as catalogues have it: as it stands in the spec, but for the backslash of a quotation mark."""
    return template.source.replace('\\"', '"')


def pieces(text: str, errors: Collector, name: str = "<catalogue>") -> tuple[str | RawHole, ...]:
    """The parts of a text of a catalogue. Places of holes, and of what is recorded as wrong, are those in the text, and
    one more for a quotation mark before it."""
    return split(Source(name, f'"{text}"'), 0, len(text) + 2, errors)


def expression(text: str, hole: RawHole) -> str:
    """The expression of a hole without spaces: what tells holes apart."""
    return re.sub(r"\s+", "", text[hole.expr_start - 1 : hole.expr_end - 1])


def messages(program: Program) -> Iterator[Message]:
    """The texts of the questions, in the order of the spec."""
    for number, ask in enumerate(program.asks):
        of = f"question {number + 1}" if len(program.asks) > 1 else "the question"
        for what, templates in ((of, ask.texts), (f"`say` of {of}", ask.say), (f"`because` of {of}", ask.because)):
            for template in templates:
                yield Message(what, number, message_text(template), template, ask.origin)


def words(program: Program) -> Words:
    """The texts that questions and answers may say, and those that are painted."""
    flow = _Flow(program)
    said: set[str] = set()
    composed = False
    roots: list[NodeId] = []
    for ask in program.asks:
        roots += [ask.answer, *(wrong.node for wrong in ask.wrong)]
        roots += [] if ask.domain is None else [ask.domain]
        holes = [p for t in (*ask.texts, *ask.say, *ask.because) for p in t.parts if isinstance(p, Hole)]
        roots += [hole.node for hole in holes if not hole.choices]
    nodes = program.nodes
    for root in dict.fromkeys(roots):
        if nodes[root].type.base == "text":
            found = flow.values(root)
            composed = composed or found is None
            said |= found or set()
    if any(nodes[root].type.base == "shape" for root in roots):
        for group in program.groups:
            node = group.fields.get("name")
            if node is not None and nodes[node].type.base == "text":
                found = flow.values(node)
                composed = composed or found is None
                said |= found or set()
    painted: set[str] = set()
    for group in program.groups:
        for name in PAINTED:
            node = group.fields.get(name)
            if node is not None and nodes[node].type.base == "text":
                painted |= flow.values(node) or set()
    plain = frozenset(text for text in said if not stands(text))
    return Words(plain - painted, frozenset(text for text in painted if not stands(text)), composed)


class _Flow:
    """Which texts a node can be, by what flows into it; None where that cannot be followed."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._known: dict[NodeId, set[str] | None] = {}

    def values(self, node: NodeId) -> set[str] | None:
        """All texts that the node, or an item of its list, may be."""
        if node not in self._known:
            self._known[node] = set()  # nothing new comes by a way that leads back
            self._known[node] = self._values(self.program.nodes[node])
        return self._known[node]

    def _values(self, node: Node) -> set[str] | None:
        program = self.program
        if node.op == "const":
            value = node.attrs["value"]
            return set(_leaves(value))
        if node.op == "text":
            return self._put_together(node)
        sources = [arg for arg in node.args if program.nodes[arg].type.base == "text"]
        if node.op == "var":
            sources = list(_args(program.vars[node.attrs["var"]].law))
        elif node.op == "field" and node.attrs["name"] in PAINTED:
            return set()  # what is painted is read off, as it stands
        elif node.op == "field":
            fields = (program.groups[g].fields.get(node.attrs["name"]) for g in node.attrs["groups"])
            sources = [field for field in fields if field is not None]
        elif node.op == "elem":
            sources = [program.axes[node.attrs["axis"]].lists[node.attrs["part"]]]
        elif node.op == "photo":
            return None
        found: set[str] = set()
        for source in sources:
            if program.nodes[source].type.base != "text":
                continue
            more = self.values(source)
            if more is None:
                return None
            found |= more
        return found

    def _put_together(self, node: Node) -> set[str] | None:
        """The values of a text with holes: all combinations, or none that has words."""
        parts: list[list[str]] = []
        for part in node.attrs["template"]:
            if isinstance(part, str):
                parts.append([part])
            elif part["choices"]:
                parts.append(list(part["choices"]))
            else:
                arg = node.args[part["hole"]]
                base = self.program.nodes[arg].type.base
                inner = self.values(arg) if base == "text" else None if base in ("color", "form", "bool") else {"0"}
                if inner is None or part["format"] == "upper":
                    return None
                parts.append(sorted(inner))
        many = 1
        for part in parts:
            many *= len(part)
        if many > MOST_VALUES:
            return None
        made = {"".join(combination) for combination in itertools.product(*parts)}
        numbers = any(not isinstance(p, str) and self.program.nodes[node.args[p["hole"]]].type.base != "text"
                      and not p["choices"] for p in node.attrs["template"])  # fmt: skip
        return None if numbers and not all(map(stands, made)) else made


def _args(law: Law) -> Iterator[NodeId]:
    yield from law.args
    if law.inner is not None:
        yield from _args(law.inner)


def _leaves(value: object) -> Iterator[str]:
    if isinstance(value, list | tuple):
        for item in value:
            yield from _leaves(item)
    elif isinstance(value, str) and value:
        yield value

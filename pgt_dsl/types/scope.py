"""Names and what they mean: typed values, lazily elaborated declarations, and the chain of scopes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pgt_dsl.program.datatypes import Type
from pgt_dsl.program.program import AxisId, GroupId, NodeId
from pgt_dsl.source import Span
from pgt_dsl.syntax import tree

if TYPE_CHECKING:
    from pgt_dsl.types.context import Context


class Stop(Exception):
    """Ends the elaboration of one statement; its diagnostic has been recorded."""


@dataclass(frozen=True, slots=True)
class Val:
    """A typed expression: its node, and for shapes the groups that it may belong to.

    ``ends`` are the two nodes of a range; ``percent`` marks a literal such as ``20%`` (a relative margin after
    ``clear``). ``span`` is where the expression stands in the text.
    """

    node: NodeId
    type: Type
    span: Span | None = None
    groups: tuple[GroupId, ...] = ()
    ends: tuple[NodeId, NodeId] | None = None
    percent: bool = False


@dataclass(frozen=True, slots=True)
class Use:
    """A use of a function (``what`` "def") or a kind of the language that is being expanded."""

    name: str
    span: Span | None
    what: str = "def"


@dataclass(slots=True)
class Lazy:
    """A declaration that is elaborated when it is first needed, so that order in the file does not matter.

    ``calls`` are the uses within which it was declared: they, not those of the first asker, lead to its text.
    """

    name: str
    span: Span | None
    make: Callable[[], Val]
    what: str = "let"
    used: bool = False
    state: str = "new"
    value: Val | None = None
    calls: tuple[Use, ...] = ()

    def force(self, cx: Context) -> Val:
        """The value; a cycle is an error that prints its path. Raises ``Stop`` when the declaration has errors."""
        if self.state == "done" and self.value is not None:
            return self.value
        if self.state == "failed":
            raise Stop
        if self.state == "doing":
            circle = cx.stack[next((k for k, lazy in enumerate(cx.stack) if lazy is self), 0) :]
            names = list(dict.fromkeys(lazy.name for lazy in circle))
            path = " -> ".join([*names, self.name])
            place = next((lazy.span for lazy in circle if lazy.span is not None), None)
            cx.error("N304", f"`{self.name}` depends on itself", self.span or place, path,
                     others=[(z.span, "") for z in circle if z.span is not None and z.span.source is cx.home],
                     help="break the circle: give one of these a value that does not need the others")  # fmt: skip
            raise Stop
        self.state = "doing"
        cx.stack.append(self)
        calls, cx.calls = cx.calls, self.calls
        try:
            self.value = self.make()
            self.state = "done"
            return self.value
        except Stop:
            self.state = "failed"
            raise
        except RecursionError:
            self.state = "failed"
            cx.error("L602", "the definitions nest too deeply", self.span, "reached from here",
                     help="declare things before those that use them, and write shorter chains of them")  # fmt: skip
            raise Stop from None
        finally:
            cx.calls = calls
            cx.stack.pop()


Entry = Val | Lazy


@dataclass(slots=True)
class Scope:
    """A level of names. ``index`` is the innermost block axis, ``axes`` all block axes around an expression."""

    parent: Scope | None = None
    names: dict[str, Entry] = field(default_factory=dict)
    axes: tuple[AxisId, ...] = ()
    index: AxisId | None = None
    fallback: Callable[[str], Entry | None] | None = None
    hidden: str | None = None  # the field being set: it never sees itself

    def lookup(self, name: str) -> Entry | None:
        """The nearest meaning of a name; implied fields of a block come last."""
        fallbacks: list[Callable[[str], Entry | None]] = []
        scope: Scope | None = self
        while scope is not None:
            if scope.hidden == name and scope.parent is not None:
                scope = scope.parent.parent  # past the block to which the field belongs
                continue
            if name in scope.names:
                return scope.names[name]
            if scope.fallback is not None:
                fallbacks.append(scope.fallback)
            scope = scope.parent
        for fallback in fallbacks:
            found = fallback(name)
            if found is not None:
                return found
        return None

    def shadows(self, name: str) -> Entry | None:
        """What a field of the same block hides: an outer declaration (not a word of the language) of that name."""
        scope: Scope | None = self
        while scope is not None and (scope.hidden == name or name not in scope.names):
            if scope.hidden == name:
                return None  # the field means the outer name anyway
            scope = scope.parent
        if scope is None or scope.fallback is None or name == "index":
            return None
        field = scope.names[name]
        if isinstance(field, Lazy) and field.what == "passed on":
            return None
        scope = scope.parent
        while scope is not None and scope.parent is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.parent
        return None

    def visible(self) -> Iterator[str]:
        """All names in sight, nearest first."""
        scope: Scope | None = self
        while scope is not None:
            yield from scope.names
            scope = scope.parent

    def child(self, names: dict[str, Entry] | None = None) -> Scope:
        """A scope within this one, in the same block."""
        return Scope(self, names or {}, self.axes, self.index)


@dataclass(frozen=True, slots=True)
class DefDecl:
    """A function written in the language and the scope in which its body stands."""

    tree: tree.Def
    scope: Scope


@dataclass(frozen=True, slots=True)
class KindDecl:
    """A composite kind and the scope in which its items stand."""

    tree: tree.Kind
    scope: Scope

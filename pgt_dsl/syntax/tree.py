"""The syntax tree: frozen nodes that compare without their spans, so that ``parse(format(t)) == t``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from pgt_dsl.source import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A node of the tree; ``span`` takes no part in equality."""

    span: Span | None = field(default=None, compare=False, repr=False)


# expressions ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Number(Node):
    """A number with its unit: ``"" | px | vmin | vw | vh | deg | %``. ``digits`` is the text without unit."""

    digits: str
    unit: str = ""

    @property
    def value(self) -> float:
        """The number as written (``20%`` is 20)."""
        return float(self.digits)


@dataclass(frozen=True, slots=True)
class Hole(Node):
    """``{expr}``, ``{expr:format}`` or ``{expr|one|other}`` in a text."""

    expr: Expr
    format: str | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Text(Node):
    """A string literal: literal parts (unescaped; ``{{`` and ``}}`` are braces) and holes."""

    parts: tuple[str | Hole, ...]

    @property
    def plain(self) -> str | None:
        """The text if it has no holes, else None."""
        if any(isinstance(p, Hole) for p in self.parts):
            return None
        return "".join(p for p in self.parts if isinstance(p, str))


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A name."""

    name: str


@dataclass(frozen=True, slots=True)
class Arg(Node):
    """An argument, named or not."""

    expr: Expr
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Args(Node):
    """Arguments, and the ``where`` and ``:`` of a list function (``x in xs`` arguments are ``Member`` nodes)."""

    items: tuple[Arg, ...] = ()
    where: Expr | None = None
    body: Expr | None = None


@dataclass(frozen=True, slots=True)
class Call(Node):
    """``name(args)``."""

    name: str
    args: Args
    name_span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Dot(Node):
    """``of.name``."""

    of: Expr
    name: str
    name_span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Index(Node):
    """``of[index]``."""

    of: Expr
    index: Expr


@dataclass(frozen=True, slots=True)
class Pair(Node):
    """``(x, y)``: a point or a vector."""

    x: Expr
    y: Expr


@dataclass(frozen=True, slots=True)
class ListOf(Node):
    """``[a, b]``, ``[x in xs where P]`` or ``[x in xs: v]``."""

    args: Args


@dataclass(frozen=True, slots=True)
class Unary(Node):
    """``-x`` or ``not p``."""

    op: Literal["-", "not"]
    of: Expr


@dataclass(frozen=True, slots=True)
class Binary(Node):
    """A binary operator: or, and, == != < <= > >=, in, .., + -, except, * /."""

    op: str
    left: Expr
    right: Expr
    op_span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Choose(Node):
    """``if c then a else b``."""

    condition: Expr
    then: Expr
    otherwise: Expr


Expr = Number | Text | Name | Call | Dot | Index | Pair | ListOf | Unary | Binary | Choose

# statements ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Bind(Node):
    """``= expr`` (computed) or ``~ expr`` (drawn)."""

    mode: Literal["=", "~"]
    expr: Expr


@dataclass(frozen=True, slots=True)
class Field(Node):
    """``name = expr`` or ``name ~ expr`` in a block; ``is_let`` marks a new field (``let name ...``)."""

    name: str
    bind: Bind
    is_let: bool = False
    name_span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Use(Node):
    """``use "module" { overrides }``."""

    module: str
    overrides: tuple[Field, ...] = ()
    module_span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Canvas(Node):
    """``canvas W by H``."""

    width: Expr
    height: Expr


@dataclass(frozen=True, slots=True)
class Background(Node):
    """``background name: kind { fields }``."""

    name: str
    kind: str
    fields: tuple[Field, ...] = ()
    kind_span: Span | None = field(default=None, compare=False, repr=False)
    name_span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Let(Node):
    """``let name = expr`` or ``let name ~ law``."""

    name: str
    bind: Bind
    doc: str = ""
    name_span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Pick(Node):
    """``pick name ~ domain``."""

    name: str
    domain: Expr
    doc: str = ""
    name_span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Shape(Node):
    """``shape name: kind[count] { fields }``."""

    name: str
    kind: str
    count: Expr | None = None
    fields: tuple[Field, ...] = ()
    doc: str = ""
    name_span: Span | None = field(default=None, compare=False, repr=False)
    kind_span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class TypeName(Node):
    """``length`` or ``shape[]``."""

    name: str
    rank: int = 0


@dataclass(frozen=True, slots=True)
class Param(Node):
    """``name: type = default`` or ``name: type ~ law``."""

    name: str
    type: TypeName
    default: Bind | None = None


@dataclass(frozen=True, slots=True)
class Require(Node):
    """``require expr because "why"``."""

    expr: Expr
    because: str | None = None


@dataclass(frozen=True, slots=True)
class Kind(Node):
    """``kind name(params) { let / shape / require }``."""

    name: str
    params: tuple[Param, ...]
    items: tuple[Let | Shape | Require, ...]
    doc: str = ""
    name_span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Def(Node):
    """``def name(params): type = expr``."""

    name: str
    params: tuple[Param, ...]
    result: TypeName | None
    body: Expr
    doc: str = ""
    name_span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Twin(Node):
    """``twin pick moves a.at, b``."""

    pick: str
    moves: tuple[Expr, ...] = ()
    pick_span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Even(Node):
    """``even`` or ``even over domain`` after an answer."""

    over: Expr | None = None


@dataclass(frozen=True, slots=True)
class Margin(Node):
    """``clear m, m`` or ``within m``."""

    mode: Literal["clear", "within"]
    amounts: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Mistake(Node):
    """One item of ``wrong``: an expression and the mistake that it would reveal. ``some``: so many of a list."""

    expr: Expr
    name: str | None = None
    some: int = 0


@dataclass(frozen=True, slots=True)
class Ask(Node):
    """A question: paraphrases, the answer, and what is said around it."""

    texts: tuple[Text, ...]
    answer: Expr
    even: Even | None = None
    margin: Margin | None = None
    expect: Expr | None = None
    wrong: tuple[Mistake, ...] = ()
    say: tuple[Text, ...] = ()
    because: tuple[Text, ...] = ()


Item = Use | Canvas | Background | Let | Pick | Shape | Kind | Def | Require | Twin | Ask


@dataclass(frozen=True, slots=True)
class Comment(Node):
    """A comment and whether it stands on a line of its own (the formatter's business)."""

    text: str
    own_line: bool


@dataclass(frozen=True, slots=True)
class Spec(Node):
    """A file: a task or a module. Comments take no part in equality."""

    what: Literal["task", "module"]
    name: str
    items: tuple[Item, ...]
    doc: str = ""
    comments: tuple[Comment, ...] = field(default=(), compare=False, repr=False)
    name_span: Span | None = field(default=None, compare=False, repr=False)

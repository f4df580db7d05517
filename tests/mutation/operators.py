"""What can be wrong with a function: mutants made from its syntax tree, one small change each, with stable names.

A name is ``file::function#operator.number``: the number counts the places of the function that the operator fits. No
line is in it, so that a mutant keeps its name while the functions around it change.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Div, ast.Mod: ast.Mult,
    ast.Pow: ast.Mult, ast.LShift: ast.RShift, ast.RShift: ast.LShift,
}  # fmt: skip
LOGIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.BitXor: ast.BitOr,
}  # fmt: skip
OPPOSITE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
EDGE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
}  # fmt: skip

PAIRS = (
    "min max", "minimum maximum", "argmin argmax", "floor ceil", "sin cos", "arcsin arccos", "radians degrees",
    "any all", "real imag", "width height", "x y", "x0 y0", "x1 y1", "left right", "top bottom", "fill outline",
    "from to", "start end", "at_start at_end", "less greater", "less_equal greater_equal", "logical_and logical_or",
    "union_all intersection_all", "rows cols", "row column", "upper lower", "first last", "zeros ones", "size width",
    "union intersection", "re im", "add subtract", "true_divide multiply", "hypot arctan2", "sum prod",
    "cumsum cumprod", "value text", "within margin", "convex_hull envelope", "strip upper", "nanmin nanmax",
)  # fmt: skip
SWAPPED: dict[str, str] = {}
for _pair in PAIRS:
    _one, _two = _pair.split()
    SWAPPED.setdefault(_one, _two)
    SWAPPED.setdefault(_two, _one)

LIBRARIES = frozenset({"np", "math", "shapely", "torch", "numpy"})


@dataclass(frozen=True, slots=True)
class Mutant:
    """One planted bug: ``file`` from the root of the source tree, ``function`` by its qualified name ("" for the
    module itself), ``was`` and ``now`` the changed expression before and after. ``place``: "index"
    where it stands in an index, an axis or a form of an array, "argument" where it says which argument of a measure is
    meant, else ""; most changes of either end in an error at once."""

    file: str
    function: str
    operator: str
    number: int
    was: str
    now: str
    line: int
    place: str = ""

    @property
    def name(self) -> str:
        """Its stable name."""
        return f"{self.file}::{self.function or '<module>'}#{self.operator}.{self.number}"


Change = Callable[[ast.AST], ast.AST]
"""Gives the changed copy of a node, or None where it has nothing to change."""


def changes(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """The operators that fit a node, with what it becomes."""
    match node:
        case ast.BinOp():
            yield from _binary(node)
        case ast.AugAssign():
            if (other := ARITHMETIC.get(type(node.op)) or LOGIC.get(type(node.op))) is not None:
                yield "arithmetic", _with(node, op=other())
            yield "statement", ast.copy_location(ast.Pass(), node)
        case ast.Expr(value=ast.Call()):
            yield "statement", ast.copy_location(ast.Pass(), node)
        case ast.Continue() | ast.Break():
            yield "statement", ast.copy_location(ast.Pass(), node)
        case ast.UnaryOp(op=ast.USub() | ast.Not() | ast.Invert()):
            yield "sign", node.operand
        case ast.Compare():
            for k, op in enumerate(node.ops):
                for name, table in (("comparison", OPPOSITE), ("edge", EDGE)):
                    if type(op) in table:
                        yield name, _with(node, ops=[*node.ops[:k], table[type(op)](), *node.ops[k + 1 :]])
        case ast.BoolOp():
            yield "logic", _with(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
            for k in range(len(node.values)):
                rest = node.values[:k] + node.values[k + 1 :]
                yield "dropped", rest[0] if len(rest) == 1 else _with(node, values=rest)
        case ast.IfExp():
            yield "arguments", _with(node, body=node.orelse, orelse=node.body)
        case ast.Constant():
            yield from _constant(node)
        case ast.Name(ctx=ast.Load()) if node.id in SWAPPED and node.id in ("min", "max", "any", "all"):
            yield "swapped", _with(node, id=SWAPPED[node.id])
        case ast.Attribute(ctx=ast.Load()) if node.attr in SWAPPED:
            yield "swapped", _with(node, attr=SWAPPED[node.attr])
        case ast.Call():
            plain = not any(isinstance(arg, ast.Starred) for arg in node.args)
            if len(node.args) >= 2 and plain:
                k = 1 if len(node.args) == 3 and _called(node) == "where" else 0
                args = list(node.args)
                args[k], args[k + 1] = args[k + 1], args[k]
                if ast.dump(args[k]) != ast.dump(args[k + 1]) and _called(node) not in _SYMMETRIC:
                    yield "arguments", _with(node, args=args)
        case ast.Tuple(ctx=ast.Load(), elts=[one, two]) if ast.dump(one) != ast.dump(two):
            yield "arguments", _with(node, elts=[two, one])


_SYMMETRIC = frozenset({
    "minimum", "maximum", "min", "max", "isinstance", "hypot", "logical_and", "logical_or", "add", "multiply", "equal",
    "broadcast_shapes", "getattr", "cast", "array", "asarray", "zeros", "full", "astype",
})  # fmt: skip


def _called(node: ast.Call) -> str:
    function = node.func
    return (
        function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    )


def _binary(node: ast.BinOp) -> Iterator[tuple[str, ast.AST]]:
    op = type(node.op)
    if isinstance(node.left, ast.Constant) and isinstance(node.left.value, str):
        return  # a text put together
    if op in LOGIC:
        yield "logic", _with(node, op=LOGIC[op]())
    elif op in ARITHMETIC:
        yield "arithmetic", _with(node, op=ARITHMETIC[op]())
    if op in LOGIC or op in (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Mod):
        yield "dropped", node.left
    if op in LOGIC or op in (ast.Add, ast.Mult):
        yield "dropped", node.right


def _constant(node: ast.Constant) -> Iterator[tuple[str, ast.AST]]:
    value = node.value
    if value is True or value is False:
        yield "constant", _with(node, value=not value)
    elif isinstance(value, int):
        yield "constant", _with(node, value=value + 1)
    elif isinstance(value, float):
        yield "constant", _with(node, value=1.0 if value == 0 else value * 1.1)
    elif isinstance(value, complex):
        yield "constant", _with(node, value=-value)
    elif isinstance(value, str) and value in SWAPPED:
        yield "swapped", _with(node, value=SWAPPED[value])


def _with(node: ast.AST, **parts: object) -> ast.AST:
    made = copy.copy(node)
    for name, part in parts.items():
        setattr(made, name, part)
    return made


# where they are planted -----------------------------------------------------------------------------------


@dataclass(slots=True)
class _Place:
    """A node that can be changed: the field of its parent that holds it (and where in a list)."""

    parent: ast.AST
    field: str
    at: int | None
    node: ast.AST
    function: str
    place: str

    def put(self, node: ast.AST) -> None:
        if self.at is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.at] = node


def _places(node: ast.AST, function: str, where: str = "") -> Iterator[_Place]:
    """All nodes beneath one that say what the program does: no annotations, docstrings, assertions, errors' words."""
    for name, value in ast.iter_fields(node):
        if _left_out(node, name):
            continue
        for at, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if not isinstance(child, ast.AST) or _unspoken(child):
                continue
            inside = where or _place(node, name)
            yield _Place(node, name, at, child, function, inside)
            yield from _places(child, _within(function, child), inside)


def _place(node: ast.AST, field: str) -> str:
    match node:
        case ast.Subscript():
            return "index" if field == "slice" else ""
        case ast.keyword(arg="axis" | "axes" | "ndmin" | "shape" | "size"):
            return "index"
        case ast.Call(args=[ast.Name(id="call"), *_]) | ast.Call(func=ast.Attribute(value=ast.Name(id="call"))):
            return "argument" if field == "args" else ""
        case ast.Call():
            return "index" if field == "args" and _called(node) in FORMS else ""
    return ""


FORMS = frozenset({
    "zeros", "ones", "full", "empty", "reshape", "transpose", "swapaxes", "moveaxis", "expand_dims", "broadcast_to",
    "squeeze", "range", "permute",
})  # fmt: skip


def _left_out(node: ast.AST, field: str) -> bool:
    if field in (
        "annotation",
        "returns",
        "decorator_list",
        "bases",
        "keywords" if isinstance(node, ast.ClassDef) else "",
    ):
        return True
    return isinstance(node, ast.arguments) and field not in ("defaults", "kw_defaults")


def _unspoken(node: ast.AST) -> bool:
    match node:
        case ast.Assert() | ast.Raise() | ast.Import() | ast.ImportFrom() | ast.Expr(value=ast.Constant()):
            return True
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
        case ast.keyword(arg=arg):
            return arg in ("dtype", "kind", "copy", "strict", "writeable", "maxsize")
        case ast.Call(func=ast.Attribute(value=ast.Name(id="np"), attr="errstate")):
            return True
        case ast.FunctionDef(name=name):
            return name in ("__repr__", "__hash__")
        case ast.Assign(targets=[ast.Name(id=name)]):
            return name == "__all__" or (name[0].isupper() and not name.isupper())  # a type's other name
    return False


def _within(function: str, node: ast.AST) -> str:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return f"{function}.{node.name}" if function else node.name
    return function


@lru_cache(maxsize=256)
def source_text(file: str) -> str:
    """The text of a source file, by its name from the root."""
    return (ROOT / file).read_text(encoding="utf-8")


@lru_cache(maxsize=256)
def mutants(file: str) -> tuple[Mutant, ...]:
    """All mutants of a source file (relative to the root), in the order of its text."""
    found: list[Mutant] = []
    for place, operator, changed, number in _walk(ast.parse(source_text(file))):
        was, now = ast.unparse(place.node), ast.unparse(changed)
        line = getattr(place.node, "lineno", 0)
        found.append(Mutant(file, place.function, operator, number, was, now, line, place.place))
    return tuple(found)


def _walk(tree: ast.Module) -> Iterator[tuple[_Place, str, ast.AST, int]]:
    seen: dict[tuple[str, str], int] = {}
    for place in list(_places(tree, "")):
        for operator, changed in changes(place.node):
            key = place.function, operator
            seen[key] = seen.get(key, 0) + 1
            yield place, operator, changed, seen[key]


def planted(mutant: Mutant) -> tuple[ast.Module, int]:
    """The tree of the mutant's file with the bug in it, and the number of the statement of the module that holds it.

    Raises ``LookupError`` when the file has no such place any more, or another expression stands there.
    """
    tree = ast.parse(source_text(mutant.file))
    for place, operator, changed, number in _walk(tree):
        if (place.function, operator, number) == (mutant.function, mutant.operator, mutant.number):
            if (ast.unparse(place.node), ast.unparse(changed)) != (mutant.was, mutant.now):
                break
            place.put(ast.copy_location(changed, place.node) if hasattr(changed, "lineno") else changed)
            line = getattr(place.node, "lineno", mutant.line)
            statement = next(
                k for k, item in enumerate(tree.body) if item.lineno <= line <= (item.end_lineno or item.lineno)
            )
            return ast.fix_missing_locations(tree), statement
    raise LookupError(f"{mutant.name} is not there any more: `{mutant.was}` -> `{mutant.now}`")

"""The planted set: which bugs are planted when all is judged, the same ones every time, balanced over the engine.

A unit is one thing that can be wrong: a measure (its value, its slack and its oracle), a kind (its outline and its
oracle), or what is left of a file. Of each unit some mutants of each kind of bug are taken, in the order of a hash of
their names. Left out are changes of indices and axes, which end in an error at once, and whether an edge belongs to a
range of real numbers, which only a tie decides.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from pgt_dsl.plugins.registry import registry
from tests.mutation.operators import FORMS, Mutant, mutants
from tests.mutation.targets import TARGETS

BUGS = ("sign", "comparison", "constant", "swapped", "min/max")
"""The kinds of bugs: a sign or an addition turned round; a comparison turned round, or its edge; a number off by one or
by a tenth; two fields, axes, arguments or branches swapped; the least for the greatest, or all for some."""

EACH = {"measure": 1, "kind": 1, "measures": 2, "kinds": 3, "scene": 4, "oracle": 1, "margins": 4}
PAINTED = {"display": 2, "reference": 6, "numba": 2, "torch": 3}
"""How many mutants of each kind of bug a unit gets."""

_MARGINS = ("pgt_dsl/program/margins.py", "pgt_dsl/program/list_margins.py")
_ENDS = frozenset({
    "min", "max", "minimum", "maximum", "argmin", "argmax", "any", "all", "floor", "ceil", "less", "greater",
    "logical_and", "logical_or", "nanmin", "nanmax", "amin", "amax", "fmin", "fmax",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Planted:
    """A mutant of the set, with the target and unit that it belongs to and what kind of bug it is."""

    target: str
    unit: str
    bug: str
    mutant: Mutant


def bug_of(mutant: Mutant) -> str:
    """What kind of bug a mutant is; "" for those that are not in the set."""
    if mutant.place == "argument":
        return "swapped" if (mutant.operator, mutant.now) == ("constant", "1") else ""
    if mutant.place or _falls_over(mutant):
        return ""
    match mutant.operator:
        case "sign":
            return "comparison" if mutant.was.startswith("not ") else "sign"
        case "arithmetic":
            return "sign" if _adds(mutant.was) else ""
        case "comparison":
            return "" if mutant.was.endswith(" None") else "comparison"
        case "edge":
            return "comparison" if mutant.file.startswith(("pgt_dsl/scene/", "pgt_dsl/program/lists")) else ""
        case "constant":
            return "constant"
        case "arguments":
            return "swapped"
        case "swapped":
            return "min/max" if _word(mutant.was) in _ENDS else "swapped"
    return ""


def _adds(text: str) -> bool:
    made = ast.parse(text).body[0]
    match made:
        case ast.Expr(value=ast.BinOp(op=op)) | ast.AugAssign(op=op):
            return isinstance(op, ast.Add | ast.Sub)
    return False


def _falls_over(mutant: Mutant) -> bool:
    """Whether it asks an object for what it has not, or hands things over in an order that no type allows."""
    if mutant.operator == "swapped":
        return mutant.was in ("call.outline", "call.fill", "ev.outline", "self.outline")
    called, _, handed = mutant.was.partition("(")
    if mutant.operator == "sign":
        return mutant.was in ("-1", "-2")  # an axis, mostly
    return mutant.operator == "arguments" and (
        handed.startswith(("call,", "ev,", "self,", "np.")) or called.rpartition(".")[2] in FORMS
    )


def _word(text: str) -> str:
    return text.rpartition(".")[2].strip("'\"")


def planted_set(target: str) -> list[Planted]:
    """The set of a target, by unit and kind of bug."""
    return [p for p in _all(target) if p.target == target]


def _all(target: str) -> Iterator[Planted]:
    taken: set[tuple[str, str]] = set()  # what belongs to a unit is no part of what is left of its file
    for unit, refs in _references() if target not in PAINTED else ():
        own: list[Mutant] = []
        for file, function in dict.fromkeys(refs):
            if (file, function) not in taken and file.removeprefix("pgt_dsl/").removesuffix(".py") in TARGETS[target]:
                own += [mutant for mutant in mutants(file) if _belongs(mutant, function)]
            taken.add((file, function))
        yield from _balanced(target, unit, own, EACH[unit.partition(" ")[0]])
    for name in TARGETS[target]:
        file = f"pgt_dsl/{name}.py"
        mine = [m for m in mutants(file) if not any(f == file and _belongs(m, g) for f, g in taken)]
        each = PAINTED.get(target) or EACH["margins" if file in _MARGINS else target]
        yield from _balanced(target, name, mine, each)


def _references() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    offered = registry()
    for name in sorted(offered.functions):
        record = offered.functions[name]
        if offered.owner("functions", name) == "pgt-dsl":
            refs = filter(None, (record.value, record.slack, record.oracle))
            yield f"measure {name}", [_file(ref) for ref in refs]
    for name in sorted(offered.kinds):
        kind = offered.kinds[name]
        if offered.owner("kinds", name) == "pgt-dsl":
            yield f"kind {name}", [_file(ref) for ref in (kind.outline, kind.oracle)]


def _file(ref: str) -> tuple[str, str]:
    module, _, function = ref.partition(":")
    return f"{module.replace('.', '/')}.py", function


def _belongs(mutant: Mutant, function: str) -> bool:
    return mutant.function == function or mutant.function.startswith(f"{function}.")


def _balanced(target: str, unit: str, found: list[Mutant], each: int) -> Iterator[Planted]:
    for bug in BUGS:
        mine = sorted((m for m in found if bug_of(m) == bug), key=_mark)
        for mutant in mine[:each]:
            yield Planted(target, unit, bug, mutant)


def _mark(mutant: Mutant) -> bytes:
    return hashlib.blake2b(mutant.name.encode(), digest_size=8).digest()

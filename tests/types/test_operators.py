"""Every operator with every pair of types: a type by dimensional analysis, or a diagnostic; never an exception."""

from __future__ import annotations

import itertools

import pytest

from pgt_dsl.compile import compile_source
from pgt_dsl.diagnostics import SpecError
from pgt_dsl.plugins.registry import registry
from pgt_dsl.source import Source

VALUES = {
    "bool": "(a.x > 3px)", "int": "n", "number": "(n / 2)", "length": "a.x", "area": "area(a)", "angle": "a.turn",
    "point": "a.at", "vector": "(n, 2)", "color": "a.color", "form": "a.form", "text": "a.label", "shape": "a",
    "range": "(1 .. n)", "lengths": "(1vmin .. a.x)", "int[]": "[n, 2]", "length[]": "[a.x, 3px]",
    "shape[]": "xs", "color[]": "basic", "point[]": "xs.at", "int[][]": "[[n], [1, 2]]", "[]": "[]",
}  # fmt: skip
# powers of (length, angle); a point is a length in two dimensions
DIMENSIONS = {"int": (0, 0), "number": (0, 0), "length": (1, 0), "area": (2, 0), "angle": (0, 1)}
PLANE = {"point": (1, 0), "vector": (0, 0)}
OPERATORS = ("+", "-", "*", "/", "<", "<=", "==", "!=", "and", "or", "in", "except", "..")
TASK = """task "t"
pick n ~ 2 .. 4
shape a: figure
shape xs: figure[3]
let v = {expression}
require {test}
ask "?" answer n
"""


def type_of(expression: str) -> str | None:
    """The type of an expression, or None when it has none; every other outcome is a failure of the test."""
    text = TASK.format(expression=expression, test="n > 0")
    try:
        program = compile_source(Source("t.pgt", text), registry()).program
    except SpecError as error:
        assert error.diagnostics and all(d.message and d.label is not None for d in error.diagnostics)
        assert all(d.code[0] in "TNL" for d in error.diagnostics)
        return None
    assert program is not None
    return str(program.nodes[program.names["v"]].type) if "v" in program.names else "range"


def expected(op: str, left: str, right: str) -> str | None:
    """What dimensional analysis says of arithmetic on single values."""
    a, b = DIMENSIONS.get(left), DIMENSIONS.get(right)
    flat = {(0, 0): "number", (1, 0): "length", (2, 0): "area", (0, 1): "angle"}
    if op in "+-":
        pair = {"point" if kind == "shape" else kind for kind in (left, right)}
        if len(pair) == 1 and pair <= {"point", "vector"}:
            return pair.pop()
        if a is None or a != b:
            return None
        return "int" if left == right == "int" else flat[a]
    if a is not None and b is not None:
        sign = 1 if op == "*" else -1
        power = (a[0] + sign * b[0], a[1] + sign * b[1])
        if op == "*" and left == right == "int":
            return "int"
        return flat.get(power)
    for first, second in ((left, right), (right, left)) if op == "*" else ((left, right),):
        if first in PLANE and second in DIMENSIONS:
            sign = 1 if op == "*" else -1
            power = (PLANE[first][0] + sign * DIMENSIONS[second][0], sign * DIMENSIONS[second][1])
            return {(1, 0): "point", (0, 0): "vector"}.get(power)
    return None


@pytest.mark.parametrize("op", OPERATORS)
def test_every_pair_of_types(op: str) -> None:
    for left, right in itertools.product(VALUES, VALUES):
        found = type_of(f"{VALUES[left]} {op} {VALUES[right]}")
        if op in ("+", "-", "*", "/") and "[" not in left + right and not {left, right} & {"range", "lengths"}:
            assert found == expected(op, left, right), f"{left} {op} {right}: {found}"
        elif op in ("<", "<=", "==", "!=", "and", "or", "in"):
            assert found in (None, "bool"), f"{left} {op} {right}: {found}"
            if op in ("<", "<="):
                like = left in DIMENSIONS and DIMENSIONS.get(left) == DIMENSIONS.get(right)
                assert (found == "bool") == like, f"{left} {op} {right}: {found}"
            if op in ("and", "or"):
                assert (found == "bool") == (left == right == "bool")


@pytest.mark.parametrize("form", [
                                  "-{0}", "not {0}", "{0}.x", "{0}[0]", "{0}[{0}]", "[{0}, {0}]", "({0}, {0})",
                                  "[[{0}]]",
                                  "if {0} then {0} else n", "count({0})", "max({0})", "abs({0})", "round({0})",
                                  "all(y in {0}: y)", "argmax(y in {0}: y)", "sort(y in {0}: y)", "mode({0})",
                                  "[y in {0} where y: y]", "area({0})", "left_of({0}, {0})", "aligned({0})",
                                  "distance({0}, {0})", "apart({0}, {0})", "apart({0})", "segments({0})", "box_of({0})",
                                  '"{{{0}}}"', '"{{{0}|one|other}}"', '"{{{0}:nth}}"', "ratio({0}, {0})"])  # fmt: skip
def test_every_form_of_expression(form: str) -> None:
    for value in VALUES.values():
        if '"' in form and '"' in value:
            continue
        type_of(form.format(value))


@pytest.mark.parametrize("law", ["{0}", "shuffle({0})", "sample({0}, 2)", "sample({0}, {0})", "repeat(2, {0})",
                                 "repeat({0}, coin)", "bins({0}, 3)", "bins({0}, {0})", "weighted({0}, {0})",
                                 "normal({0}, {0})", "log_uniform({0}, {0})", "anywhere({0})", "ring({0}, {0})",
                                 "scatter({0})", "scatter(3, {0})"])  # fmt: skip
def test_every_law(law: str) -> None:
    for value in VALUES.values():
        drawn = law.format(value)
        text = TASK.format(expression="n", test="n > 0") + f"let w ~ {drawn}\npick p ~ {drawn}\n"
        try:
            compile_source(Source("t.pgt", text), registry())
        except SpecError as error:
            assert error.diagnostics

"""Values inside texts that are values, and the hash that names a program."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pgt_dsl.program.builder import Builder
from pgt_dsl.program.oracle_values import spoken
from pgt_dsl.program.program import Constraint, Origin
from pgt_dsl.program.serial import program_hash
from pgt_dsl.program.strings import intern
from pgt_dsl.program.textformat import format_plain
from tests.program.worlds import program


@pytest.mark.parametrize(
    ("value", "base", "format", "choices", "text"),
    [(7, "int", None, (), "7"), (7, "int", "00", (), "07"), (0.25, "number", None, (), "0.25"),
     (3.0, "length", None, (), "3"), (-0.0, "number", None, (), "0"), (2.345, "angle", ".1", (), "2.3"),
     (True, "bool", None, ("is", "is not"), "is"), (False, "bool", None, ("is", "is not"), "is not"),
     (1, "int", None, ("dot", "dots"), "dot"), (0, "int", None, ("dot", "dots"), "dots"),
     (0xFF0000, "color", None, (), "red"), (0x00FF00, "color", None, (), "#00ff00"), (-1, "color", None, (), "none"),
     (1.5 + 2j, "point", None, (), "(1.5, 2)")],
)  # fmt: skip
def test_formats(value, base, format, choices, text):
    assert format_plain(value, base, format, choices, {0xFF0000: "red"}) == text


def test_texts_and_unknown_formats():
    assert format_plain(intern("star"), "form") == "star"
    assert format_plain(intern("star"), "text", "upper") == spoken("star", "text", "upper", (), {}) == "STAR"
    with pytest.raises(ValueError, match="no format"):
        format_plain(1, "int", "roman")


def test_the_hash_ignores_where_things_were_written():
    b = Builder()
    b.constraints.append(Constraint(b.const("bool", True), "require", origin=Origin("a.pgt", 3)))
    one = program(b)
    moved = replace(one, doc="other", constraints=(replace(one.constraints[0], origin=Origin("b.pgt", 9)),))
    other = replace(one, constraints=())
    assert program_hash(one) == program_hash(moved)
    assert program_hash(one) != program_hash(other)
    assert len(program_hash(one)) == 16

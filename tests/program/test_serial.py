"""Programs as data: the JSON round trip is exact, the hash names the meaning, and damage is found."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pgt_dsl.compile import compile_source
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.plugins.registry import registry
from pgt_dsl.program.datatypes import Type
from pgt_dsl.program.program import Law, Node, Program, Twin
from pgt_dsl.program.serial import from_json, program_hash, to_json
from pgt_dsl.program.verify import Broken, verify
from pgt_dsl.resources import data_path
from pgt_dsl.source import Source
from pgt_dsl.syntax import format_spec, parse

SPECS = sorted(data_path("task_specs").rglob("*.pgt"))
RICH = """
use "pgt/dials"
canvas 4 by 3
background sky: gradient { turn = 30deg }
let far ~ 20vmin .. 30vmin
pick truth ~ coin
pick n ~ 2 .. 4
shape xs: figure[n] { size = 6vmin + index * 1vmin, label = letter(index) }
shape a: circle { radius ~ 3vmin .. 5vmin }
shape d: gauge { at = (50vw, 50vh), value = 3 * n, size = far }
require apart(shapes) >= 1vmin because "they must not touch"
require (a.x > xs[0].x) == truth
ask "Is {a} right of {xs[0]}?" | "Is it?"
  answer a.x > xs[0].x clear 2vmin
  expect truth
  wrong not answer as "turned round"
  say "It is {answer|to|not to} the right."
  because "{a} is at {a.at}."
ask "Which is the largest?"
  answer largest(xs) even clear 10%
ask "Where is {a}?"
  answer a.at within 2vmin
twin truth moves a.at
"""


def program(text: str, head: str = 'task "t/rich"\n') -> Program:
    made = compile_source(Source("t.pgt", head + text), registry()).program
    assert made is not None
    return made


@pytest.fixture(scope="module")
def rich() -> Program:
    return program(RICH)


@pytest.mark.parametrize("path", SPECS, ids=lambda p: p.stem)
def test_round_trip(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    made = program(text, "")
    again = from_json(json.loads(json.dumps(to_json(made))))
    verify(again)
    assert again == made and program_hash(again) == program_hash(made)
    for mine, other in zip((*made.vars, *made.groups), (*again.vars, *again.groups), strict=True):
        assert mine.origin == other.origin  # origins take no part in equality, but travel
    layout = "# a comment\n" + format_spec(parse(Source("other.pgt", text))).replace("\n", "   # and more\n\n", 1)
    assert program_hash(program(layout, "")) == program_hash(made)


def test_round_trip_of_everything(rich: Program) -> None:
    assert from_json(json.loads(json.dumps(to_json(rich)))) == rich


@pytest.mark.parametrize("old,new", [
    ("6vmin", "7vmin"), ("20vmin ..", "21vmin .."), ("3vmin ..", "3vw .."), ("coin", "[true, false]"),
    (">= 1vmin", "> 1vmin"), ("canvas 4", "canvas 5"), ("30deg", "31deg"), ("clear 2vmin", "clear 3vmin"),
    ("within 2vmin", "within 3vmin"), ("Is it?", "Is it so?"), ("turned round", "the other way"),
    ("It is {", "So it is {"),
    ("is at {", "lies at {"), ("even clear", "clear"), ("moves a.at", "moves a.at, far"), ("value = 3", "value = 4"),
])  # fmt: skip
def test_the_hash_differs_with_the_meaning(rich: Program, old: str, new: str) -> None:
    assert old in RICH
    assert program_hash(program(RICH.replace(old, new, 1))) != program_hash(rich)


@pytest.mark.parametrize("old,new", [
    ("they must not touch", "no touching"), ("canvas 4 by 3\n", "canvas 4 by 3 # wide\n\n\n"),
    ("shape xs", "## Many.\nshape xs"), ("6vmin + index * 1vmin", "(6vmin + (index * 1vmin))"), (", label", "\n label"),
])  # fmt: skip
def test_the_hash_ignores_what_is_only_said(rich: Program, old: str, new: str) -> None:
    assert old in RICH
    assert program_hash(program(RICH.replace(old, new, 1))) == program_hash(rich)


@pytest.mark.parametrize("data", [
    None, 3, [], {}, {"version": 1}, {"version": 2, "program": {}}, {"version": 1, "program": {}},
    {"version": 1, "program": []}, {"version": 1, "program": {"name": "x"}},
])  # fmt: skip
def test_what_is_no_program(data: Any) -> None:
    with pytest.raises(PgtError):
        from_json(data)


def test_every_part_of_the_data_that_is_lost_or_spoilt_is_noticed(rich: Program) -> None:
    whole = to_json(rich)
    for key in whole["program"]:
        for spoilt in (None, 7, [7], {"a": 7}, "missing"):
            data = json.loads(json.dumps(whole))
            if spoilt == "missing":
                del data["program"][key]
            else:
                data["program"][key] = spoilt
            try:
                verify(from_json(data))
            except PgtError:
                continue
            assert key in ("name", "doc", "twin", "constraints", "names"), (key, spoilt)


Damage = Callable[[Program], Program]


def at(first_op: str, /, **changes: Any) -> Damage:
    """Damage the first node of an op."""

    def damage(p: Program) -> Program:
        number = next(k for k, node in enumerate(p.nodes) if node.op == first_op)
        nodes = list(p.nodes)
        nodes[number] = replace(nodes[number], **changes)
        return replace(p, nodes=tuple(nodes))

    return damage


def first(table: str, where: Callable[[Any], bool] = lambda _: True, **changes: Any) -> Damage:
    """Damage the first fitting entry of a table."""

    def damage(p: Program) -> Program:
        entries = list(getattr(p, table))
        number = next(k for k, entry in enumerate(entries) if where(entry))
        entries[number] = replace(entries[number], **changes)
        return replace(p, **{table: tuple(entries)})

    return damage


FAR = 10**6
DAMAGES: dict[str, Damage] = {
    "op": at("lt", op="less"), "arity": at("lt", args=(0,)), "later argument": at("lt", args=(FAR, 0)),
    "sizes": at("loop", sizes=()), "negative size": at("range", sizes=(-1,)),
    "condition": at("lt", type=Type("number")),
    "axes that fall": at("loop", axes=(3, 1)), "axes that are not there": at("loop", axes=(FAR,)),
    "axes forgotten": at("elem", axes=()), "operands": at("le", args=(0, 2)), "no value": at("const", attrs={}),
    "function": at("call", attrs={}), "logic": at("not", args=(2,)), "variable": at("var", attrs={"var": FAR}),
    "axis": at("axis", attrs={"axis": FAR}), "group": at("group", attrs={"group": "a"}), "field": at("field", attrs={}),
    "part": at("parts", attrs={"part": "x", "map": [[FAR, 0]]}),
    "law": first("vars", law=Law("guess")), "law's argument": first("vars", law=Law("choice", (FAR,))),
    "law's group": first("vars", law=Law("placed", (), None, FAR)), "number of a variable": first("vars", id=FAR),
    "sizes of a variable": first("vars", sizes=(3,)), "axes of a variable": first("vars", axes=(FAR,)),
    "number of an axis": first("axes", id=FAR), "kind of axis": first("axes", what="other"),
    "loop over nothing": first("axes", lambda a: a.what == "loop", lists=()),
    "loop over no list": first("axes", lambda a: a.what == "loop", lists=(0,)),
    "pairs of two": first("axes", lambda a: a.what == "loop", lists=(2, 2), pairs=True),
    "count": first("axes", lambda a: a.what == "block", count=0), "place of a group": first("groups", start=FAR),
    "size of a group": first("groups", size=FAR), "field of a group": first("groups", fields={"at": FAR}),
    "parent": first("groups", parent=FAR), "room": first("groups", room=0), "parts": first("groups", parts={"x": FAR}),
    "constraint": first("constraints", node=FAR), "no condition": first("constraints", node=2, reason="require"),
    "clear of what": first("constraints", lambda c: c.reason == "clear", ask=None),
    "constraint's question": first("constraints", ask=FAR), "answer": first("asks", answer=FAR),
    "form": first("asks", form="song"), "no text": first("asks", texts=()), "expect": first("asks", expect=FAR),
    "within": first("asks", within=FAR), "named": first("asks", named=(FAR,)), "domain": first("asks", domain=0),
    "quota": first("asks", even=FAR), "pick": first("picks", var=FAR), "domain of a pick": first("picks", values=0),
    "slots": lambda p: replace(p, slots=p.slots + 1), "twin": lambda p: replace(p, twin=Twin(FAR)),
    "twin of no pick": lambda p: replace(p, twin=Twin(next(v.id for v in p.vars if v.role == "field"))),
    "background": lambda p: replace(p, background=replace(p.background, fields={"turn": FAR})),
    "photo": lambda p: replace(p, background=replace(p.background, photo=FAR)),
    "names": lambda p: replace(p, names={"x": FAR}), "canvas": lambda p: replace(p, canvas=("cm", 1.0, 1.0)),
    "no canvas": lambda p: replace(p, canvas=("px", 0.0, 1.0)),
    "text": lambda p: replace(p, nodes=(*p.nodes, Node("text", Type("text"), (), {"template": [{"hole": 3}]}))),
    "if": lambda p: replace(p, nodes=(*p.nodes, Node("if", Type("bool"), (2, 2, 2)))),
    "something else": at("lt", args=("a", "b")),
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGES)
def test_damage_is_found(rich: Program, name: str) -> None:
    verify(rich)
    with pytest.raises(Broken):
        verify(DAMAGES[name](rich))

"""Tolerances: what a truth or a count could be when measures may be off a little."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from worlds import program, registry, scene, shape

from pgt_dsl.geometry.outline import Outline
from pgt_dsl.program.builder import Builder
from pgt_dsl.program.oracle_eval import Oracle
from pgt_dsl.program.oracle_verdict import Verdicts
from pgt_dsl.program.program import Background, Law


def verdicts(b: Builder, **tolerances: float) -> Verdicts:
    return Verdicts(Oracle(program(b), registry(**tolerances), scene({})))


def measured(b: Builder, x: float) -> int:
    """``distance`` from the origin to x: a length with a tolerance."""
    points = b.const("point", [0, 0], "px"), b.const("point", [x, 0], "px")
    return b.node("call", "length", points, {"name": "distance"})


def test_only_comparisons_within_tolerance_are_open() -> None:
    b = Builder()
    edge = b.const("length", 10, "px")
    near, far = (b.node("lt", "bool", (measured(b, x), edge)) for x in (10.05, 10.2))
    negated = b.node("not", "bool", (near,))
    plain = b.node("lt", "bool", (b.const("length", 10.05, "px"), edge))
    whole = b.node("le", "bool", (b.const("int", 3), b.const("int", 2)))
    v = verdicts(b, distance=0.1)
    assert v.could(near) == (True, True)
    assert v.could(negated) == (True, True)
    assert v.could(far) == v.could(plain) == v.could(whole) == (True, False)


def test_open_truths_open_what_is_made_of_them() -> None:
    b = Builder()
    edge = b.const("length", 10, "px")
    unsure = b.node("lt", "bool", (measured(b, 10.05), edge))
    yes, no = b.const("bool", True), b.const("bool", False)
    made = {
        op: b.node(op, "bool", args)
        for op, args in (("and", (unsure, no)), ("or", (unsure, no)), ("eq", (unsure, yes)), ("if", (unsure, yes, no)))
    }
    undefined = b.node("item", "bool", (b.const("bool[]", []), b.const("int", 0)))
    lazy = b.node("and", "bool", (no, undefined))
    v = verdicts(b, distance=0.1)
    assert v.could(made["and"]) == (True, False)
    assert v.could(made["or"]) == v.could(made["eq"]) == v.could(made["if"]) == (True, True)
    assert v.could(lazy) == (True, False)


def test_counts_have_a_span() -> None:
    b = Builder()
    xs = b.const("length[]", [5, 10.05, 20], "px")
    axis = b.loop_axis([xs])
    point = b.node("pair", "point", (b.elem(axis), b.const("length", 0, "px")))
    reach = b.node("call", "length", (b.const("point", [0, 0], "px"), point), {"name": "distance"})
    near = b.node("lt", "bool", (reach, b.const("length", 10, "px")))
    count = b.node("count", "int", (b.loop(axis, b.elem(axis), near),))
    more = b.node("add", "int", (count, b.const("int", 1)))
    equal = [b.node("eq", "bool", (more, b.const("int", k))) for k in (1, 2, 3)]
    every = b.node("all", "bool", (b.loop(axis, near),))
    some = b.node("some", "bool", (b.loop(axis, near),))
    v = verdicts(b, distance=0.1)
    assert v.span(more) == (2, 3)
    assert [v.could(e)[1] for e in equal] == [False, True, True]
    assert v.could(every) == (True, False)
    assert v.could(some) == (False, True)


def test_truths_of_functions_are_open_at_their_edge() -> None:
    b = Builder()
    disc = b.group("disc", "circle")
    b.update_group(disc, fields={"at": b.const("point", [50, 50], "px"), "radius": b.const("length", 20, "px")})
    covers = [
        b.node("call", "bool", (b.shapes_of(disc), b.const("point", [x, 50], "px")), {"name": "covers"})
        for x in (60, 70.00001, 70.5)
    ]
    v = verdicts(b)
    assert [v.could(c) for c in covers] == [(False, True), (True, True), (True, False)]


def test_ellipses_may_differ_by_their_polygon() -> None:
    assert shape("ellipse", width=200.0, height=100.0, at=0j).slop == pytest.approx(
        0.1205, abs=1e-4
    )  # of half its width
    assert shape("figure", form="star", size=50.0, at=0j).slop == 0


class Catalogue:
    """One photo with two objects of at most three."""

    count = 1

    def object_columns(self, photo_ids: object, width: object, height: object) -> dict[str, tuple[object, object]]:
        from pgt_dsl.program.strings import intern

        mask = np.array([[True, True, False]])
        return {
            "at": (np.array([[50 + 50j, 200 + 50j, 0]]), mask),
            "width": (np.array([[20.0, 40.0, 0]]), mask),
            "category": (np.array([[intern("dog"), intern("cat"), 0]]), mask),
        }

    def object_outlines(self, photo_ids: object, width: object, height: object) -> Outline:
        verts = np.zeros((1, 3, 1, 4), np.complex128)
        verts[0, 1, 0] = [180 + 40j, 220 + 40j, 220 + 60j, 180 + 60j]
        count = np.array([[[0], [4], [0]]])
        return Outline(verts, count, np.ones((1, 3, 1), bool), np.zeros((1, 3, 1)))

    def luma_under(self, **given: object) -> object:
        return np.array([70.0])


def test_objects_of_a_photo() -> None:
    b = Builder()
    photo = b.var("photo", "int", Law("photo"), "photo")
    columns = {
        name: b.node("photo", f"{base}[]", (), {"what": name}, (3,))
        for name, base in (("at", "point"), ("width", "length"), ("category", "text"))
    }
    axis = b.block_axis(3, b.node("count", "int", (columns["at"],)))
    group = b.group("img.objects", "object", (axis,), painted=False)
    b.update_group(group, fields={n: b.node("item", b.type(c).item, (c, b.position(axis))) for n, c in columns.items()})
    objects = b.shapes_of(group)
    loop = b.loop_axis([objects])
    names = b.loop(loop, b.field(b.elem(loop), "category", "text", [group]))
    second = b.node("item", "shape", (objects, b.const("int", 1)))
    area = b.node("call", "area", (second,), {"name": "area"})
    made = replace(program(b), background=Background("photo", photo=0))
    o = Oracle(made, registry(), scene({"photo": 0}), Catalogue())
    assert b.nodes[photo].attrs["var"] == 0
    assert o.value(names) == ["dog", "cat"]
    assert o.value(area) == pytest.approx(800)

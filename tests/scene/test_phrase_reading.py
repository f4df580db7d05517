"""Which shapes have a phrase of their own: batched, against what each shape is called."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from pgt_dsl.program.builder import Builder
from pgt_dsl.program.evaluate import Evaluator, Inputs
from pgt_dsl.program.formats import Unspeakable
from pgt_dsl.program.phrase_reading import fits_one, hue_fields, spoken_fields
from pgt_dsl.program.program import Group, Program
from pgt_dsl.scene.columns import names_of_colors
from pgt_dsl.scene.phrases import box_words, phrase
from pgt_dsl.solve.draws import Columns
from tests.scene.worlds import COLORS, REGISTRY

NAMES = names_of_colors(COLORS)
RED, BLUE, ODD = "#ff0000", "#0000ff", "#123456"


class World:
    """Shapes that stand one by one, each with a few fields."""

    def __init__(self) -> None:
        self.b = Builder()
        self.refs: list[int] = []

    def add(self, fill: str = "none", outline: str = "none", noun: str = "circle", **more: Any) -> int:
        """Add a shape; returns the node that names it."""
        fields = {
            "fill": self.b.const("color", fill),
            "outline": self.b.const("color", outline),
            "label": self.b.const("text", more.pop("label", "")),
            "name": self.b.const("text", more.pop("name", "")),
            "form": self.b.const("form", more.pop("form", "circle")),
        }
        if "text" in more:
            fields["text"] = self.b.const("text", more.pop("text"))
        ident = self.b.group(f"s{len(self.refs)}", more.pop("kind", "circle"), (), noun=noun, fields=fields, **more)
        self.refs.append(self.b.shapes_of(ident))
        return self.refs[-1]

    def fits(self, *nodes: int) -> list[bool]:
        """Which of the nodes (default: of all shapes) have a phrase of their own."""
        b = self.b
        program = Program("t", "", tuple(b.nodes), (), (), tuple(b.groups), (), (), slots=b.slots)
        zeros = np.zeros(2, np.uint64)
        inputs = Inputs(np.full(2, 400.0), np.full(2, 300.0), Columns(0, zeros, zeros.astype(np.uint32)))
        ev = Evaluator(program, inputs, REGISTRY)
        found = [fits_one(ev, node) for node in (nodes or self.refs)]
        assert all(f.shape == (2,) and f[0] == f[1] for f in found)
        return [bool(f[0]) for f in found]


def test_black_shapes_are_told_apart_by_their_nouns() -> None:
    w = World()
    w.add("#000000"), w.add("#000000", noun="square"), w.add(RED), w.add(RED, noun="square")
    assert w.fits() == [True] * 4


def test_boxes_in_words_have_two_decimals() -> None:
    assert box_words((40.0, 30.0, 200.0, 300.0), 400.0, 300.0) == "[0.10, 0.10, 0.50, 1.00]"


def test_fields_that_give_the_words() -> None:
    plain = Group(0, "g", "circle", 0, 1, fields=dict.fromkeys(("color", "outline", "fill", "label", "width"), 0))
    assert hue_fields(plain) == ("fill", "outline")
    assert hue_fields(replace(plain, composite=True)) == ("fill",)
    assert spoken_fields(plain) == ("label", "fill", "outline")
    assert spoken_fields(replace(plain, fields={"text": 0, "color": 0})) == ("text", "color")


def test_colour_and_noun() -> None:
    w = World()
    w.add(RED), w.add(BLUE), w.add("none", RED), w.add(RED, noun="square"), w.add(ODD), w.add()
    assert w.fits() == [False, True, False, True, False, False]


def test_a_form_is_the_noun_of_kinds_without_one() -> None:
    w = World()
    w.add(RED), w.add(RED, noun="", form="circle"), w.add(RED, noun="", form="star")
    assert w.fits() == [False, False, True]


def test_labels_names_and_words() -> None:
    w = World()
    w.add(RED, label="A"), w.add(RED, label="A"), w.add(RED, label="B"), w.add(RED, name="Anna")
    w.add(RED, text="C", kind="text"), w.add(RED, text="B", kind="text"), w.add(BLUE, text="D", label="E", kind="text")
    assert w.fits() == [False, False, False, True, True, False, True]


def test_a_look_must_fit_labelled_shapes_neither() -> None:
    w = World()
    w.add(RED), w.add(RED, label="A")
    assert w.fits() == [False, True]


def test_scenery_is_no_rival() -> None:
    w = World()
    w.add(RED), w.add(RED, scenery=True), w.add(BLUE, scenery=True)
    assert w.fits() == [True, False, True]


def test_composites_are_called_by_their_kind() -> None:
    w = World()
    w.add(noun="clock", composite=True, kind="clock"), w.add(RED, noun="clock", composite=True, kind="clock")
    w.add(RED, noun="post", composite=True, kind="post"), w.add(BLUE, noun="post", composite=True, kind="post")
    assert w.fits() == [True, True, True, True]


def test_lists_want_all_their_items_to_fit() -> None:
    w = World()
    one, two, three = w.add(RED), w.add(BLUE), w.add(BLUE)
    lists = [w.b.node("list", "shape[]", pair, None, (2,)) for pair in ((one, two), (two, three), (one, one))]
    assert w.fits(*lists) == [False, False, True]


def test_virtual_boxes_need_no_phrase() -> None:
    w = World()
    w.add(kind="box", painted=False, entity=False), w.add(kind="box", painted=False, entity=False)
    assert w.fits() == [True, True]


def said(format: str | None = None, noun: str = "circle", **fields: Any) -> str:
    more = {k: fields.pop(k) for k in ("kind", "composite", "painted") if k in fields}
    names = dict.fromkeys(("fill", "outline", *fields), 0)
    group = Group(0, "g", more.pop("kind", "circle"), 0, 1, fields=names, noun=noun, **more)
    return phrase(group, {"fill": "none", "outline": "none", **fields}, NAMES, format)


def test_phrases() -> None:
    assert said(fill=RED) == "the red circle"
    assert said("a", fill=COLORS["orange"]) == "an orange circle"
    assert said("bare", outline=BLUE) == "blue circle"
    assert said("many", fill=RED, noun="", form="cross") == "the red crosses".removeprefix("the ")
    assert said("upper", fill=RED) == "THE RED CIRCLE"
    assert said("a", fill=RED, label="A") == "A" and said(name="Anna") == "Anna"
    assert said(name="tower") == "the tower" and said("a", name="the tower") == "a tower"
    assert said(text="lamp", kind="text", noun="word") == "lamp"
    assert said(noun="clock", composite=True) == "the clock"
    assert said(noun="post", composite=True, fill=RED) == "the red post"
    assert said(kind="object", noun="", category="dog") == "the dog"
    assert said("many", kind="object", noun="", category="person") == "people"
    assert said(kind="canvas", painted=False) == "the picture"


@pytest.mark.parametrize("fields", [{}, {"fill": ODD}])
def test_no_phrase(fields: dict[str, Any]) -> None:
    with pytest.raises(Unspeakable, match="give it a label or a name"):
        said(**fields)

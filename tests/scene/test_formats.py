"""Single values in words, by type and format, and texts with holes."""

from __future__ import annotations

from typing import Any

import pytest

from pgt_dsl.program.datatypes import BASES, Type, type_of
from pgt_dsl.program.formats import (
    FORMATS,
    Speech,
    Unspeakable,
    choose,
    format_fits,
    format_named,
    noun_phrase,
    say_value,
)
from pgt_dsl.program.program import Hole, Template
from pgt_dsl.scene.texts import render

PHRASES = {7: ("red circle", True), 8: ("A", False)}


def phrase(slot: int, format: str | None) -> str:
    """The phrase of one of two shapes."""
    words, article = PHRASES[slot]
    if not article or format == "bare":
        return words
    return f"a {words}" if format == "a" else f"the {words}"


SPEECH = Speech(400, 200, {"#ff0000": "red", "#ffa500": "orange"}, phrase)


@pytest.mark.parametrize(
    ("value", "type", "format", "words"),
    [
        (True, "bool", None, "yes"),
        (7, "int", None, "7"),
        (7, "int", "word", "seven"),
        (3, "int", "nth", "third"),
        (5, "int", "00", "05"),
        (5, "int", "000", "005"),
        (2, "int", ".1", "2.0"),
        (0.25, "number", None, "0.25"),
        (3.0, "number", None, "3"),
        (0.25, "number", "%", "25%"),
        (0.256, "number", ".1", "0.3"),
        (-0.001, "number", None, "0"),
        (46.0, "length", None, "23% of the shorter side"),
        (46.0, "length", "%", "23%"),
        (46.5, "length", "vmin", "23.2 vmin"),
        (40.0, "length", "vw", "10 vw"),
        (40.0, "length", "vh", "20 vh"),
        (46.4, "length", "px", "46 px"),
        (46.5, "length", ".2", "23.25% of the shorter side"),
        (800.0, "area", None, "1% of the picture"),
        (36.6, "angle", None, "37 degrees"),
        (1.0, "angle", None, "1 degree"),
        (36.6, "angle", "deg", "37\u00b0"),
        ([100.0, 50.0], "point", None, "(0.25, 0.25)"),
        ([100.0, 50.0], "point", ".3", "(0.250, 0.250)"),
        ([100.0, 50.0], "point", "px", "(100, 50)"),
        ("#ff0000", "color", None, "red"),
        ("#ffa500", "color", "a", "an orange"),
        ("none", "color", None, "none"),
        ("ellipse", "form", "a", "an ellipse"),
        ("star", "form", "many", "stars"),
        ("person", "text", "many", "people"),
        ("lamp", "text", "upper", "LAMP"),
        (7, "shape", None, "the red circle"),
        (7, "shape", "a", "a red circle"),
        ([8, 7], "shape[]", "or", "A or the red circle"),
        ([8, 7], "shape[]", None, "A, the red circle"),
        ([8, 7], "shape[]", "bare", "A, red circle"),
        ([], "text[]", "and", "none"),
        ([1, 2, 3], "int[]", "word", "one, two, three"),
    ],
)
def test_values_in_words(value: Any, type: str, format: str | None, words: str) -> None:
    assert say_value(value, type_of(type), SPEECH, format) == words
    assert format is None or format_fits(format, type_of(type))


@pytest.mark.parametrize(
    ("value", "type"), [("#010203", "color"), (float("nan"), "number"), (float("inf"), "int"), (None, "length")]
)
def test_what_has_no_words(value: Any, type: str) -> None:
    with pytest.raises(Unspeakable):
        say_value(value, type_of(type), SPEECH)


def test_huge_numbers_stay_short() -> None:
    assert len(say_value(1e300, type_of("number"), SPEECH)) < 20


def test_which_formats_fit() -> None:
    assert format_fits("or", type_of("shape[]")) and not format_fits("or", type_of("shape"))
    assert not format_fits("word", type_of("length"))
    assert format_named(".3") is FORMATS[".1"] and format_named("0000") is FORMATS["00"]
    assert format_named("nonsense") is None and not format_fits("nonsense", type_of("int"))


def test_every_format_has_its_page() -> None:
    for name, known in FORMATS.items():
        assert known.doc and known.example.startswith("{") and f":{name}}}" in known.example, name


def test_choices() -> None:
    assert [choose(n, "int", ("is", "are")) for n in (0, 1, 2)] == ["are", "is", "are"]
    assert [choose(b, "bool", ("yes", "no")) for b in (True, False)] == ["yes", "no"]
    assert [choose(n, "int", ("none", "one", "more")) for n in (0, 1, 5)] == ["none", "one", "more"]


def test_sentences_start_with_a_capital() -> None:
    values: dict[int, Any] = {0: 7, 1: True, 2: 1, 3: "star"}
    types = {0: "shape", 1: "bool", 2: "int", 3: "form"}

    def say(*parts: str | Hole) -> str:
        return render(Template(parts), values.__getitem__, lambda k: type_of(types[k]), SPEECH)

    assert say(Hole(0), " is red.") == "The red circle is red."
    assert say("Is ", Hole(0), " red? ", Hole(0), " is.") == "Is the red circle red? The red circle is."
    assert say(Hole(1, None, ("yes", "no")), ", it ", Hole(1, None, ("is", "is not"))) == "Yes, it is"
    assert say("There ", Hole(2, None, ("is", "are")), " ", Hole(2, "word"), " ", Hole(3)) == "There is one star"


def test_formats_are_told_and_fit_what_they_say() -> None:
    for name, format in FORMATS.items():
        assert format.doc and format.example and set(format.bases) <= set(BASES), name
        assert format.listed == (name in ("or", "and"))
        for base in BASES:
            assert format_fits(name, Type(base)) == (base in format.bases and not format.listed)
            assert format_fits(name, Type(base, 1)) == (base in format.bases)


def test_what_a_shape_is_called_in_each_format() -> None:
    said = {None: "the red circle", "a": "a red circle", "bare": "red circle", "many": "red circles",
            "upper": "THE RED CIRCLE"}  # fmt: skip
    assert {f: noun_phrase("", "", "red", "circle", f) for f in said} == said
    assert noun_phrase("B", "the tall one", "red", "circle", "a") == "B"
    assert noun_phrase("", "the tall one", "red", "circle", "a") == "a tall one"


def test_an_area_as_a_share_of_the_picture() -> None:
    speech = Speech(400, 200)
    assert say_value(8123.0, Type("area"), speech, "%") == "10.2%"
    assert say_value(8123.0, Type("area"), speech) == "10.2% of the picture"

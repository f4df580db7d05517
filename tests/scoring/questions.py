"""Questions that the table of utterances is about, each with its scene, as small as they can be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pgt_dsl.scene.scene import Answered, BackgroundChoice, Scene, SceneShape, WrongAnswer

RED, BLUE, GREEN, YELLOW, GREY, CYAN, NAVY, BLACK = (
    "#d92b2b", "#2563d9", "#2f9e44", "#f5d20f", "#8a8d91", "#2fc3d4", "#17255e", "#161616",
)  # fmt: skip
WIDTH, HEIGHT = 400, 200


def scene(phrases: Mapping[int, str], *asks: Answered, colors: Sequence[str] = ()) -> Scene:
    shapes = tuple(
        SceneShape(slot, slot + 1, "xs", (slot,), "figure", {"color": colors[k]} if k < len(colors) else {},
                   (0.0, 0.0, 9.0, 9.0), phrase=words)
        for k, (slot, words) in enumerate(phrases.items())
    )  # fmt: skip
    return Scene("tests/table", "h", 0, 0, WIDTH, HEIGHT, 0, {}, {}, shapes, BackgroundChoice("plain"), asks)


def question(
    text: str, form: str, value: Any, said: str, wrong: Sequence[tuple[Any, str, str]] = (), **more: Any
) -> Answered:
    margin = more.pop("margin", None)
    return Answered(text, form, value, said, margin, wrong=tuple(WrongAnswer(*w) for w in wrong), **more)


def _options(*texts: str, right: str) -> dict[str, Any]:
    return {"options": texts, "correct": texts.index(right)}


STARS = {1: "the red star", 2: "the blue circle"}
FIVE = {1: "the red star", 2: "the blue circle", 3: "the green square", 4: "the red heart", 5: "the black cross"}
LABELS = {1: "A", 2: "B", 3: "C", 4: "D"}
_COLORS = [(RED, "red", "took the other star"), (GREEN, "green", ""), (YELLOW, "yellow", "")]
_YES = _options("Yes", "No", right="Yes")
_NO = _options("Yes", "No", right="No")

QUESTIONS: Mapping[str, Scene] = {
    "left": scene(STARS, question(
        "Is the red star to the left of the blue circle?", "bool", True, "Yes",
        sentence="Yes, the red star is to the left of the blue circle.", **_YES)),
    "cross": scene({1: "the black line", 2: "the purple line"}, question(
        "Do the black line and the purple line cross?", "bool", False, "No", sentence="No, they do not cross.", **_NO)),
    "three": scene({}, question(
        "How many stars are there?", "int", 3, "3", [(2, "2", ""), (4, "4", ""), (8, "8", "counted all shapes")],
        sentence="There are three stars.", **_options("2", "8", "3", "4", right="3"))),
    "none": scene({}, question("How many green stars are there?", "int", 0, "0", [(1, "1", ""), (2, "2", "")])),
    "one": scene({}, question("How many holes does it have?", "int", 1, "1", [(0, "0", ""), (2, "2", "")])),
    "dozen": scene({}, question("How many dots are there?", "int", 12, "12", [(11, "11", ""), (13, "13", "")])),
    "many": scene({}, question("How many dots are there?", "int", 21, "21", [(20, "20", ""), (22, "22", "")])),
    "thousand": scene({}, question("What number is written there?", "int", 1024, "1024", [(124, "124", "")])),
    "colour": scene(STARS, question(
        "What colour is the star on the right?", "color", BLUE, "blue", _COLORS,
        **_options("red", "blue", "green", "yellow", right="blue")), colors=(RED, BLUE)),
    "grey": scene({}, question("Which colour is the disc?", "color", GREY, "grey", [(BLACK, "black", "")])),
    "navy": scene({}, question("Which colour is it?", "color", NAVY, "navy", [(BLUE, "blue", ""), (CYAN, "cyan", "")])),
    "animal": scene({}, question(
        "What does the arrow point at?", "text", "cat", "cat",
        [("dog", "dog", "took tail for head"), ("bird", "bird", ""), ("ice cream", "ice cream", "")],
        **_options("dog", "cat", "bird", "ice cream", right="cat"))),
    "letter": scene({}, question(
        "Which letter does the arrow point to?", "text", "L", "L",
        [("T", "T", "took tail for head"), ("A", "A", ""), ("I", "I", ""), ("B", "B", "")],
        **_options("B", "T", "L", "A", "I", right="L"))),
    "digit": scene({}, question(
        "At which number does the line from A end?", "text", "1", "1",
        [("2", "2", "went straight across"), ("3", "3", "")],
        **_options("1", "3", "2", right="1"))),
    "way": scene({}, question(
        "Which way must you go from the hexagon to the triangle?", "text", "upper left", "upper left",
        [("lower right", "lower right", "swapped the two shapes"), ("up", "up", ""), ("left", "left", "")],
        **_options("upper right", "lower right", "lower left", "upper left", "up", "left", "down", "right",
                   right="upper left"))),
    "clock": scene({}, question(
        "Read the clock: what time is it?", "text", "11:40", "11:40",
        [("8:55", "8:55", "swapped the hands"), ("12:40", "12:40", "")],
        **_options("12:40", "8:00", "8:55", "11:40", right="11:40"))),
    "more": scene({}, question(
        "Which are there more of, circles or squares?", "text", "circles", "circles",
        **_options("squares", "circles", right="circles"))),
    "form": scene({}, question(
        "Which form is the large shape?", "form", "square", "square",
        [("circle", "circle", ""), ("diamond", "diamond", "")],
        **_options("circle", "square", "diamond", "cross", right="square"))),
    "larger": scene(STARS, question(
        "Which is larger, the red star or the blue circle?", "shape", 1, "the red star",
        [(2, "the blue circle", "took the smaller")], sentence="The red star is larger.",
        **_options("the blue circle", "the red star", right="the red star")), colors=(RED, BLUE)),
    "nearest": scene(FIVE, question(
        "Which shape is nearest to the black cross?", "shape", 3, "the green square",
        [(1, "the red star", "took the farthest")], sentence="The nearest to the black cross is the green square.",
        **_options("the red star", "the blue circle", "the green square", "the red heart", right="the green square")),
        colors=(RED, BLUE, GREEN, RED, BLACK)),
    "lighter": scene({1: "A", 2: "B"}, question(
        "Which disc is lighter, A or B?", "shape", 1, "A", [(2, "B", "took the darker")],
        **_options("A", "B", right="A"))),
    "point": scene({1: "A", 2: "B", 3: "C", 4: "D"}, question(
        "Which dot is nearest to the cross?", "shape", 3, "C", [(2, "B", "took the farthest")],
        **_options("A", "B", "C", "D", right="C"))),
    "image": scene({1: "the first image", 2: "the second image"}, question(
        "Which image contains more dots, the first image or the second image?", "shape", 2, "the second image",
        **_options("the first image", "the second image", right="the second image"))),
    "angle": scene({}, question(
        "Estimate the angle at V in degrees.", "quantity", 45.0, "45 degrees", within=5.0, unit="deg")),
    "share": scene({}, question("Which share of the disc is red?", "quantity", 0.5, "0.5", within=0.05)),
    "length": scene({}, question(
        "How long is the line?", "quantity", 50.0, "25% of the shorter side", within=5.0, unit="px")),
    "middle": scene(STARS, question("Point at the star.", "point", [100.0, 100.0], "(0.25, 0.50)", within=10.0)),
    "all": scene({}, question(
        "Point at every red shape.", "points",
        [[100.0, 100.0], [300.0, 50.0]], "(0.25, 0.50), (0.75, 0.25)", within=10.0)),
    "allsorted": scene({}, question(
        "Point at every red shape, from left to right.", "points", [[100.0, 100.0], [300.0, 50.0]],
        "(0.25, 0.50), (0.75, 0.25)", within=10.0)),
    "box": scene({}, question(
        "Give the bounding box of the star.", "box",
        [40.0, 20.0, 120.0, 60.0], "[0.10, 0.10, 0.30, 0.30]", within=0.8)),
    "sheets": scene({}, question(
        "Name the colours of the sheets from front to back.", "values", [RED, GREEN, BLUE], "red, green, blue",
        [([BLUE, GREEN, RED], "blue, green, red", "back to front")], sentence="From front to back: red, green, blue.",
        **_options("blue, green, red", "red, green, blue", right="red, green, blue"))),
    "order": scene(LABELS, question(
        "Order the bars from shortest to tallest.", "shapes", [2, 3, 1], "B, C, A",
        [([1, 3, 2], "A, C, B", "reversed"), ([2, 1, 3], "B, A, C", "exchanged two neighbours")],
        **_options("B, C, A", "A, C, B", "B, A, C", right="B, C, A"))),
}  # fmt: skip

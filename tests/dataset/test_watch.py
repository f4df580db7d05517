"""Planted shortcuts and faults give their warning; clean specs give none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import pgt_dsl
from pgt_dsl.api import load
from pgt_dsl.dataset.watch import Watch, span_of
from pgt_dsl.dataset.watch_answers import at_least
from pgt_dsl.diagnostics import Diagnostic
from pgt_dsl.program.program import Origin
from pgt_dsl.solve import Exhausted

PAGES = Path(pgt_dsl.__file__).parent / "pages"


def warnings(text: str, count: int = 96, size: int = 336) -> tuple[Diagnostic, ...]:
    task = load(text)
    pipeline = task.pipeline(0, size)
    watch = Watch(task.program, task.registry, pipeline.photos)
    watch.add(pipeline.scenes(range(count)))
    return watch.diagnostics(task.source, size)


def spec(shapes: str, ask: str, before: str = "") -> str:
    return f'task "t/watched"\n{before}{shapes}ask {ask}\n'


def two(a: str, b: str) -> str:
    return f"shape a: {a}\nshape b: {b}\nrequire apart(a, b) >= 2vmin\n"


PLANTED = {
    "b is always larger": (
        spec(two("circle { radius ~ 4vmin .. 8vmin }", "circle { radius = 12vmin }"),
             '"Is {a} larger than {b}?"\n  answer a.radius > b.radius clear 1vmin'), {"S507"}),
    "the second is always right": (
        spec(two("circle { radius ~ 4vmin .. 8vmin }", "circle { radius = 12vmin }"),
             '"Which is larger, {a} or {b}?"\n  answer largest([a, b]) clear 10%'), {"S504", "S507"}),
    "mostly yes": (
        spec(two("circle", "circle"), '"Is {a} much larger than {b}?"\n  answer a.radius > 1.6 * b.radius'), {"S504"}),
    "three is likelier": (
        spec("let n ~ [1, 2, 3, 3, 3, 3]\nshape dots: circle[n] { radius = 4vmin }\n"
             "require all(a, b in dots: apart(a, b) >= 1vmin)\n", '"How many?"\n  answer count(dots)'), {"S504"}),
    "always the same": (
        spec("shape dots: circle[3] { radius = 4vmin }\nrequire all(a, b in dots: apart(a, b) >= 1vmin)\n",
             '"How many?"\n  answer count(dots)'), {"S504"}),
    "overlaps that nobody speaks of": (
        spec("shape a: circle { radius = 20vmin }\nshape b: circle { radius = 20vmin }\n",
             '"Which is further left, {a} or {b}?"\n  answer leftmost([a, b]) even clear 4vmin'), {"S509"}),
    "white on white": (
        spec("shape a: circle { color = white }\n",
             '"Is the circle on the left?"\n  answer a.x < 50vw even clear 4vmin',
             "background paper: plain { color = white }\n"), {"S510"}),
    "a speck": (
        spec("shape a: circle { radius = 0.5vmin }\n",
             '"Is the dot on the left?"\n  answer a.x < 50vw even clear 4vmin'),
        {"S511"}),
    "tiny print": (
        spec('shape a: text { text = "hello", size = 2vmin }\n',
             '"Is the word on the left?"\n  answer a.x < 50vw even clear 4vmin'), {"S511"}),
}  # fmt: skip
CLEAN = {
    "named mistakes among the shapes": spec(
        "let hues ~ sample(vivid, 3)\nshape mark: figure { form = star, color = black, size = 12vmin }\n"
        "shape discs: circle[3] { color = hues[index] }\nrequire apart(shapes) >= 2vmin\n",
        '"Which circle is nearest to {mark}, {discs:or}?"\n  answer nearest(discs, mark) even clear 4vmin\n'
        '  wrong farthest(discs, mark) as "took the farthest", largest(discs) as "took the largest"'),
    "left of": spec(two("figure", "figure"), '"Is {a} left of {b}?"\n  answer a.x < b.x even clear 4vmin'),
    "larger": spec(two("figure", "figure"), '"Which is larger, {a} or {b}?"\n  answer largest([a, b]) even clear 10%'),
    "colour": spec("shape a: figure\n", '"What colour is the shape?"\n  answer a.color even'),
    "nearest": spec("shape marks: figure[4]\nshape me: figure { form = star, color = black }\n"
                    "require all(a, b in marks + [me]: apart(a, b) >= 1vmin)\n",
                    '"Which shape is nearest to the black star?"\n  answer nearest(marks, me) clear 3vmin'),
    "count": spec("pick n ~ 1 .. 5\nshape dots: circle[n] { radius = 4vmin }\n"
                  "require all(a, b in dots: apart(a, b) >= 1vmin)\n", '"How many?"\n  answer count(dots)'),
    "point": spec("shape a: figure\n", '"Point at the shape."\n  answer a.at within 3vmin'),
    "two of several": spec("shape xs: circle[4] { radius = 4vmin, color ~ basic }\nrequire apart(xs) >= 1vmin\n",
                           '"Which is further right, {xs[1]} or {xs[2]}?"\n'
                           '  answer argmax(x in [xs[1], xs[2]]: x.x) clear 2vmin'),
    "set upon": spec('shape a: circle { radius = 12vmin, color = yellow }\n'
                     'shape b: text { at = a.at, text = "X", size = 10vmin, color = white }\n',
                     '"Is the circle on the left?"\n  answer a.x < 50vw even clear 4vmin'),
}  # fmt: skip


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_fault_is_found(name: str) -> None:
    text, codes = PLANTED[name]
    found = warnings(text)
    assert codes <= {w.code for w in found} <= codes | {"S504", "S507", "S508"}, [w.message for w in found]
    assert all(w.severity == "warning" and w.label is not None and w.help for w in found)
    if codes & {"S504", "S507"}:
        assert "even" in found[0].help[0]
        assert found[0].label is not None and found[0].label.span.text.startswith("ask")


@pytest.mark.parametrize("name", CLEAN)
def test_a_clean_spec_gives_no_warning(name: str) -> None:
    assert [w.message for w in warnings(CLEAN[name])] == []


def test_an_answer_that_is_even_already_is_not_told_to_be() -> None:
    fixed = "shape {}: circle {{ at = ({}vw, 50vh), radius = 5vmin, color = {} }}\n"
    shapes = fixed.format("a", 20, "red") + fixed.format("b", 80, "blue")
    (found,) = warnings(spec(shapes, '"Is {a} left of {b}?"\n  answer a.x < b.x even'))
    assert found.code == "S507" and found.help[0].startswith("`even` shares out only")


@pytest.mark.parametrize("code", ["S504", "S506", "S507", "S509", "S510", "S511"])
def test_pages_show_what_they_speak_of(code: str) -> None:
    wrong, mended = re.findall(r"^```pgt(?:-run)?\n(.*?)^```$", (PAGES / f"{code}.md").read_text("utf-8"), re.M | re.S)
    if code == "S506":
        with pytest.raises(Exhausted):
            warnings(wrong)
    else:
        assert code in {w.code for w in warnings(wrong)}
    assert code not in {w.code for w in warnings(mended)}


def test_the_binomial_tail() -> None:
    assert at_least(10, 10, 0.5) == pytest.approx(2.0**-10)
    assert at_least(0, 10, 0.5) == 1.0
    assert at_least(8, 10, 0.5) == pytest.approx(56 / 1024)
    assert at_least(600_000, 1_000_000, 0.5) < 1e-300
    assert at_least(3, 5, 1.0) == 1.0


def test_a_place_in_a_module_has_no_span() -> None:
    source = load(CLEAN["left of"]).source
    assert span_of(Origin("pgt/prelude.pgt", 3, 1, 4), source) is None
    span = span_of(Origin(source.name, 2, 1, 6), source)
    assert span is not None and span.text == "shape"

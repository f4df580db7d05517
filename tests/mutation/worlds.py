"""Specs whose only purpose is to measure: every kind, every function, every op, on crowded pictures.

Each is a task like any other, sampled, assembled and certified as users' tasks are. ``Q`` lines are questions, shortened:
an expression, and what its answer needs beside it.
"""

# Specs are data, one a line.
# ruff: noqa: E501

from __future__ import annotations

SHAPES = {
    "figures": "shape a: figure { AT, turn ~ TURN }\nshape b: figure { AT, turn ~ TURN }",
    "discs": "shape a: circle { AT, radius ~ 3vmin .. 20vmin }\nshape b: circle { AT, radius ~ 3vmin .. 20vmin }",
    "boxes": "shape a: rect { AT, width ~ 4vmin .. 30vmin }\nshape b: rect { AT, width ~ 4vmin .. 50vmin, height ~ 30vmin .. 60vmin }",
    "turned": "shape a: rect { AT, turn ~ TURN }\nshape b: ellipse { AT, turn ~ TURN }",
    "polygons": "shape a: polygon { AT, turn ~ TURN }\nshape b: blob { AT, turn ~ TURN }",
    "lines": "shape a: line { AT, turn ~ TURN, stroke ~ 1vmin .. 3vmin }\nshape b: line { AT, turn ~ TURN }",
    "arrows": "shape a: arrow { AT, turn ~ TURN, length ~ 2vmin .. 40vmin }\nshape b: square { AT, turn ~ TURN }",
    "paths": "let u ~ repeat(9, anywhere(canvas, 15vmin))\nshape a: path { points = [j in 0 .. 4: u[j]] }\nshape b: curve { through = [j in 5 .. 8: u[j]] }",
    "crooked": "let u ~ repeat(5, anywhere(canvas, 20vmin))\nshape a: curve { through = u, stroke = 2vmin }\nshape b: arrow { AT, turn ~ TURN, stroke = 2vmin }",
    "texts": 'shape a: text { AT, turn ~ TURN, size ~ 5vmin .. 15vmin }\nshape b: glyph { AT, turn ~ TURN }',
    "dots": "shape a: dot { AT }\nshape b: figure { AT, size ~ 20vmin .. 40vmin, turn ~ TURN }",
    "nested": "shape a: figure { at = b.at + polar(3vmin, 50deg), size ~ 3vmin .. 9vmin }\nshape b: figure { AT, size ~ 30vmin .. 45vmin, turn ~ TURN }",
    "composite": (
        "kind pin(at: point) {\n  shape head: circle { at = at, radius = 5vmin, color = red }\n"
        "  shape needle: line { from = at, to = at + (9vmin, 14vmin), color = black, stroke = 1vmin }\n}\n"
        "shape a: pin { at ~ anywhere(canvas, 30vmin) }\nshape b: pin { at ~ anywhere(canvas, 30vmin) }"
    ),
}  # fmt: skip

PAIR = (
    "apart(a, b) within 0.1px",
    "apart(b, a) within 0.1px",
    "area(a) within 10%",
    "area(b) within 10%",
    "outline_length(a) within 1px",
    "outline_length(b) within 1px",
    "overlap(a, b) within 0.01",
    "iou(a, b) within 0.01",
    "visible(a) within 0.01",
    "contrast(b) within 0.01",
    "contrast(a) within 0.01",
    "inside(a, b)",
    "inside(b, a, 1vmin)",
    "covers(a, b.at)",
    "margin(a, b.at) within 1px",
    "margin(b, p) within 1px",
    "covers(b, p)",
    "a.left within 1px",
    "a.right within 1px",
    "b.top within 1px",
    "b.bottom within 1px",
    "a.box within 80%",
    "a.order < b.order",
)
LINES = (
    "angle(a, b) within 1deg",
    "crosses(a, b)",
    "crossings(a, b)",
    "(if crosses(a, b) then meeting(a, b) else p) within 1px",
    "shared(a, b) within 1px",
    "shared(b, a) within 1px",
)
SCENES = {"paths": 3, "crooked": 3, "composite": 6}  # of the dear ones fewer
_TWO = "let p ~ anywhere(canvas, 30vmin)\n{shapes}\n"

MANY = """let p ~ anywhere(canvas, 20vmin)
let n ~ 5 .. 7
let gap ~ 1vmin .. 12vmin
let slide ~ anywhere(canvas, 40vmin)
let t ~ 0deg .. 360deg
let k ~ 0 .. 2
shape xs: figure[n] { at ~ anywhere(canvas, 15vmin), size ~ 4vmin .. 20vmin, turn ~ 0deg .. 360deg, color ~ vivid,
  layer ~ 0 .. 2, opacity = 60% }
shape ys: dot[n] { at = rotate(xs[index].at, p, t) + (if index == k then polar(gap, t) else (0px, 0px)) }
shape zs: circle[3] { at ~ anywhere(canvas, 15vmin), radius ~ 3vmin .. 12vmin, fill ~ weighted([none, red], [1, 1]),
  outline = blue }
shape links: line[4] { from = xs[mod(index * 2 + k + 1, n)].at, to = xs[mod(index + k, n)].at, color = black }
"""
MANY_Q = (
    "apart(xs) within 1px",
    "apart(xs, zs) within 1px",
    "apart(xs[0], zs) within 1px",
    "clusters(xs, gap)",
    "clusters([s in xs where s.x > p.x], gap)",
    "congruent(xs, ys)",
    "congruent([s in xs where s.y > p.y], ys)",
    "reachable(xs, links, xs[0], xs[1])",
    "reachable(xs, [l in links where l.length > 20vmin], xs[2], xs[1])",
    "sum(s in xs: visible(s)) within 0.05",
    "sum(s in zs: visible(s)) within 0.05",
    "min(s in xs: contrast(s)) within 0.05",
    "max(s in xs where s.x > p.x or s.y > 0px: s.size) within 1px",
    "count(s in xs where inside(s, canvas, 12vmin))",
    "argmax(s in xs: s.size).x within 1px",
    "argmin(s in xs: distance(s, p)).y within 1px",
    "sum(v in sort(s in xs: s.x).y: v) within 1px",
    "sort(s in xs: -s.y).form",
    "reverse(sort(s in xs: s.size)).color",
    "distinct(xs.form)",
    "all(s in xs: s.x > 25vw)",
    "some(s in xs: s.y < 30vh)",
    "none(s, u in xs: s.color == u.color)",
    "xs[-1].form == xs[0].form and k > 0",
    "xs[k].size > xs[k + 2].size or n == 6",
    "count(xs.color except [red, blue])",
    "red in xs.color",
    "xs[0].order < zs[1].order",
    "xs[1].order < xs[0].order",
    "(if n > 4 then xs[0].at else xs[1].at) within 1px",
)

PLAIN = """let p ~ anywhere(canvas, 10vmin)
let q ~ anywhere(canvas, 10vmin)
let r ~ anywhere(canvas, 10vmin)
let x ~ -8.0 .. 8.0
let y ~ 0.1 .. 3.0
let s ~ 0deg .. 400deg
let t ~ -90deg .. 360deg
let n ~ 1 .. 6
let m ~ 2 .. 4
let i ~ 0 .. 25
let c ~ basic
let d ~ vivid
let w ~ words
shape mark: figure { size = 8vmin, at = (30vw, 60vh) }
"""
PLAIN_Q = (
    "distance(p, q) within 1px",
    "distance(mark, q) within 1px",
    "direction(p, q) within 1deg",
    "angle_at(p, q, r) within 1deg",
    "turn_between(s, t) within 1deg",
    "turn_between(t, s) within 1deg",
    "(p + polar(20px, t)) within 1px",
    "mix(p, q, y / 3) within 1px",
    "rotate(p, q, t) within 1px",
    "project(p, q, r) within 0.01",
    "offset(p, q, r) within 1px",
    "point_x(p) within 1px",
    "point_y(p) within 1px",
    "(q - p).x within 1px",
    "(q - p).y within 1px",
    "grid(n, m)[0] within 1px",
    "grid(m, n, 60%)[-1] within 1px",
    "count(grid(n, m, 50%))",
    "grid_step(n) within 1px",
    "grid_step(n, 60%) within 1px",
    "spaced(p, q, n)[-1] within 1px",
    "spaced(p, q, m)[1] within 1px",
    "count(spaced(p, q, n))",
    "curve_length([p, q, r]) within 1px",
    "curve_length([p, r, mark.at, q]) within 1px",
    "abs(x) within 0.01",
    "round(x)",
    "floor(x)",
    "mod(i, m)",
    "mod(-i, m)",
    "pow(y, x) within 0.01",
    "sqrt(y) within 0.01",
    "sin(t) within 0.01",
    "cos(t) within 0.01",
    "tan(s / 9) within 0.01",
    "lightness(c) within 0.01",
    "color_gap(c, d) within 0.01",
    "lightness(lighter(c, 0.2)) within 0.01",
    "color_gap(lighter(d, -0.3), black) within 0.01",
    "color_gap(shifted(d, t), red) within 0.01",
    "color_gap(shifted(c, s), blue) within 0.01",
    "letter(i)",
    "digits(x)",
    "digits(n)",
    "letters_of(w)",
    "letters_of(w)[1]",
    "count(letters_of(w))",
    "(x * y - n / m + i) within 0.1",
    "(-x) within 0.1",
    "(if x > 0 and y > 1 or n == 3 then n + m else n * m)",
    "not (x > y)",
    "x <= y",
    '"{n:00} {w:upper} {n|one|many} {x:.2}"',
    "max(n, m)",
    "min(n, m)",
    "sum(j in 1 .. n: j * m)",
    "mode([n, m, n])",
    "only(j in 0 .. 5 where j == n)",
    "[j in 0 .. 9 where mod(j, m) == 0][-1]",
)


def spec(name: str, head: str, questions: tuple[str, ...]) -> str:
    """The text of a task with some questions; those that the language refuses are the caller's fault."""
    asks = "\n".join(f'ask "What is number {k}?"\n  answer {question}' for k, question in enumerate(questions))
    return f'## Measures.\ntask "mutation/{name}"\ncanvas 4 by 3\nbackground behind: plain\n{head}\n{asks}\n'


def two(name: str) -> str:
    """The declarations of two shapes on a crowded picture."""
    text = SHAPES[name].replace("AT", "at ~ anywhere(canvas, 28vmin)").replace("TURN", "0deg .. 360deg")
    return _TWO.format(shapes=text)


def questions(name: str) -> tuple[str, ...]:
    """What is asked of the two shapes. Curves and composites are dear, and are measured where they are special."""
    if name in ("paths", "crooked", "composite"):
        own = LINES if name != "composite" else ()
        return tuple(q for q in (*PAIR, *own) if q.startswith(_DEAR[name]))
    return (*PAIR, *LINES) if name == "lines" else PAIR


_BOTH = ("apart(a", "area", "margin(b", "a.", "b.", "iou", "crosses", "crossings", "shared(a")
_DEAR = {"paths": (*_BOTH, "overlap"), "crooked": (*_BOTH, "(if", "angle", "shared"), "composite": ("overlap", *_BOTH)}

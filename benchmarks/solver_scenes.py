"""The reference scenes of the solver's benchmark: as specs of the language and, where Scenic can say them, for Scenic.

All lengths are told in tenths of the canvas's side, so a box of 10 % to 20 % has sides of 1 to 2 units. Boxes have two
laws of places. *Anywhere*: the middle is uniform on the canvas and a box that sticks out is rejected; this is what
``new Box in workspace`` means in Scenic. *Fitted*: the middle is uniform where the box fits; this is what a spec means
that does not say ``at``. The two differ a little, so both sides, and the exact sampler, are always asked for the same.
"""

from __future__ import annotations

from dataclasses import dataclass

from pgt_dsl.resources import data_path

UNITS = 10.0  # the side of the canvas
SIDES = (1.0, 2.0)  # of a box
GAP, LEVEL = 0.5, 1.0  # of scene A: how far to the left, how far off in height


@dataclass(frozen=True)
class Reference:
    """A scene: its letter, what it is, its spec, how many boxes it has (0: no scene of boxes, so neither Scenic nor
    the exact sampler makes it), and its Scenic program."""

    letter: str
    what: str
    spec: str
    boxes: int = 0
    scenic: str = ""


def references(fitted: bool = False) -> dict[str, Reference]:
    """The scenes by letter, their boxes fitted or anywhere."""
    scenes = [Reference("A", "2 boxes, left of, aligned", _pair_spec(fitted), 2, _pair_scenic(fitted))]
    for letter, n in (("B", 6), ("C", 10), ("D", 14)):
        scenes.append(Reference(letter, f"{n} boxes, no overlap", _boxes_spec(n, fitted), n, _boxes_scenic(n, fitted)))
    scenes.append(Reference("E", "counting/one_colour, 0 to 9 targets", _one_colour()))
    scenes.append(Reference("F", "3 circles on a photo, off its objects", PHOTO))
    return {scene.letter: scene for scene in scenes}


def _box(color: str, fitted: bool) -> str:
    """The block of a box."""
    place = "" if fitted else ", at ~ anywhere(canvas)"
    return f"{{ width ~ 10vmin .. 20vmin, height ~ 10vmin .. 20vmin{place}, color = {color} }}"


def _pair_spec(fitted: bool) -> str:
    return f"""\
task "solver/pair"

shape a: rect {_box("red", fitted)}
shape b: rect {_box("blue", fitted)}
require a.right + 5vmin <= b.left
require abs(a.y - b.y) <= 10vmin

ask "How many rectangles are there?"
  answer count(shapes)
"""


def _boxes_spec(n: int, fitted: bool) -> str:
    return f"""\
task "solver/boxes_{n}"

shape xs: rect[{n}] {_box("blue", fitted)}
require apart(xs) >= 0vmin

ask "How many rectangles are there?"
  answer count(xs)
"""


PHOTO = """\
task "solver/on_photo"

background img: photo
let things = [o in img.objects where area(o) <= 30% * area(canvas)]
shape cs: circle[3] { radius ~ 4vmin .. 8vmin, color ~ vivid, outline = white }

require count(things) >= 2
require apart(cs) >= 2vmin
require all(c in cs, o in things: apart(c, o.box) >= 1vmin) because "they must not hide what is in the photo"

ask "How many circles are drawn on this photo?"
  answer count(cs)
"""


def _one_colour() -> str:
    """The shipped spec with two targets more."""
    text = (data_path("task_specs") / "counting" / "one_colour.pgt").read_text(encoding="utf-8")
    before, found, after = text.partition("pick n ~ 0 .. 7")
    if not found:
        raise ValueError("counting/one_colour no longer picks n from 0 .. 7")
    return f"{before}pick n ~ 0 .. 9{after}"


def _scenic(fitted: bool, names: list[str]) -> str:
    """A workspace and boxes in it. Scenic itself rejects what sticks out or overlaps."""
    low, high = SIDES
    lines = [
        f"workspace = Workspace(RectangularRegion(({UNITS / 2}, {UNITS / 2}), 0, {UNITS}, {UNITS}))",
        "class Box:",
        f"    width: Range({low}, {high})",
        f"    length: Range({low}, {high})",
        "    requireVisible: False",
    ]
    for name in names:
        if not fitted:
            lines.append(f"{name} = new Box in workspace")
            continue
        lines += [f"w = Range({low}, {high})", f"h = Range({low}, {high})"]
        place = ", ".join(f"{side} / 2 + Range(0, 1) * ({UNITS} - {side})" for side in "wh")
        lines.append(f"{name} = new Box at ({place}), with width w, with length h")
    return "\n".join(lines) + "\n"


def _pair_scenic(fitted: bool) -> str:
    return _scenic(fitted, ["a", "b"]) + (
        f"require a.position.x + a.width / 2 + {GAP} <= b.position.x - b.width / 2\n"
        f"require abs(a.position.y - b.position.y) <= {LEVEL}\n"
    )


def _boxes_scenic(n: int, fitted: bool) -> str:
    return _scenic(fitted, [f"x{k}" for k in range(n)])

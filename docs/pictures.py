"""Paints the pictures of the reference by pgt-dsl's own painter: each kind, the forms, the colours, the backgrounds."""

from __future__ import annotations

import contextlib
import io
import re
import tempfile
from dataclasses import replace
from pathlib import Path

from PIL import Image

import pgt_dsl
from pgt_dsl.cli.main import run
from pgt_dsl.paint.sheet import card_of, contact_sheet
from pgt_dsl.plugins.registry import Registry
from pgt_dsl.resources import data_path
from pgt_dsl.source import Source
from pgt_dsl.syntax import tree
from pgt_dsl.syntax.parse import parse
from pgt_dsl.types.declare import HIDDEN

PLAIN = "background plain_ground: plain { color = white }"
SIZE = 128  # px, the short side
COLORS_IN_A_ROW, FORMS_IN_A_ROW = 7, 6

# What stands in the block of a kind's picture, and what stands before it; the rest of the kinds need nothing.
BLOCKS = {
    "figure": "size = 60vmin, form = star, color = orange",
    "circle": "radius = 30vmin, color = blue",
    "ellipse": "width = 70vmin, height = 42vmin, color = green",
    "square": "size = 56vmin, color = red",
    "rect": "width = 70vmin, height = 42vmin, color = purple",
    "polygon": "sides = 7, size = 66vmin, color = pink",
    "blob": "size = 66vmin, wobble = 30%, phase = 40deg, phase2 = 130deg, color = cyan",
    "dot": "radius = 3vmin, color = red",
    "line": "length = 70vmin, turn = -30deg, stroke = 3vmin, color = blue",
    "arrow": "length = 70vmin, turn = -30deg, stroke = 4vmin, color = red",
    "path": "points = [(15vw, 70vh), (40vw, 25vh), (60vw, 65vh), (85vw, 30vh)], stroke = 3vmin, color = green",
    "curve": "through = [(15vw, 70vh), (40vw, 25vh), (60vw, 65vh), (85vw, 30vh)], stroke = 3vmin, color = purple",
    "patch": "corners = [(20vw, 20vh), (80vw, 30vh), (60vw, 50vh), (85vw, 80vh), (15vw, 75vh)], color = orange",
    "loop": "knots = [(20vw, 20vh), (80vw, 30vh), (60vw, 50vh), (85vw, 80vh), (15vw, 75vh)], color = cyan",
    "text": 'text = "apple", size = 26vmin',
    "glyph": 'text = "F", size = 70vmin, mirrored = true, turn = 20deg',
    "box": "around = inner, color = red, stroke = 1.5vmin",
    "panel": "width = 70vmin, height = 60vmin",
    "clock": "at = (50vw, 50vh), size = 84vmin, hour = 10, minute = 9",
    "gauge": "at = (50vw, 50vh), size = 84vmin, value = 37, top = 100, steps = 5",
    "ruler": "from = (12vw, 50vh), to = (88vw, 50vh), units = 5",
    "bars": 'values = [3, 7, 5], names = ["A", "B", "C"], area = frame, color = blue',
    "table": 'rows = 2, cols = 3, cells = ["", "May", "June", "Ann", "12", "7"], area = frame, size = 9vmin',
    "axes": "across = 5, up = 4, size = 7vmin, area = frame",
    "course": "values = [2, 7, 4, 9, 6], area = frame, color = blue",
    "key": 'at = (25vw, 35vh), colors = [red, blue], names = ["Ann", "Ben"], wide = 30vmin, size = 13vmin',
    "striped": "at = (50vw, 50vh), size = 70vmin, turn = 30deg, n = 7",
    "die": "at = (50vw, 50vh), size = 60vmin, face = 5",
    "ball": "aside = 0, away = 2, look = 20vmin, color = red",
    "post": "across = 0, away = 2, size = 0.7, color = blue",
    "maze": "at = (50vw, 50vh), rows = 6, cols = 6, shut = [], gates = [10], color = navy",
    "thing": 'foot = (50vw, 80vh), what = "cup", size = 60vmin, color = blue',
    "furniture": 'foot = (50vw, 88vh), what = "table", width = 70vmin, height = 55vmin',
    "sundial": "across = -0.4, away = 2, size = 0.7, sun = 40deg, color = green",
}
BEFORE = {
    "box": "shape inner: figure { at = (50vw, 50vh), size = 44vmin, form = heart, turn = 25deg, color = pink }",
    "bars": "shape frame: rect { at = (50vw, 44vh), width = 76vmin, height = 62vmin, fill = none, scenery = true }",
}
BEFORE |= {name: BEFORE["bars"] for name in ("table", "axes", "course")}
CENTRED = "at = (50vw, 50vh)"
SELF_PLACED = ("line", "arrow", "path", "curve", "patch", "loop", "box", "ruler", "bars", "ball", "post", "sundial",
               "table", "axes", "course")  # fmt: skip


# The strip at the head of the README: (spec, index), two rows of six.
STRIP = (
    ("spatial/left_of", 3), ("photo/dot_on_object", 1), ("angle/clock", 2), ("counting/one_colour", 1),
    ("depth/nearer_on_ground", 0), ("lines/follow", 2), ("reading/gauge", 2), ("photo/left_of_on_photo", 5),
    ("panels/spot_the_difference", 1), ("reading/dice_sum", 3), ("size/longer_line", 2), ("spatial/inside", 2),
)  # fmt: skip


def strip() -> Image.Image:
    """Twelve of the shipped tasks, a sample each."""
    cards = []
    for name, index in STRIP:
        example = pgt_dsl.load(data_path("task_specs") / f"{name}.pgt").sample(seed=0, index=index)
        card = card_of(example.scene, example.pixels)
        cards.append(replace(card, asks=card.asks[:1], note=name))
    sheet = contact_sheet(cards, columns=6)
    return sheet.resize((1600, round(sheet.height * 1600 / sheet.width)), Image.Resampling.LANCZOS)


def write_pictures(folder: Path, plugins: Registry) -> list[Path]:
    """Write all pictures below ``folder``; returns their paths."""
    for name in ("kinds", "backgrounds"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    made = {f"kinds/{name}.png": _kind(name, "") for name in plugins.kinds if name not in HIDDEN}
    for module in plugins.modules:
        items = parse(Source(module, plugins.module_text(module))).items
        made |= {f"kinds/{i.name}.png": _kind(i.name, module) for i in items if isinstance(i, tree.Kind)}
    made |= {f"backgrounds/{name}.png": _background(name) for name in plugins.backgrounds}
    made["colours.png"] = _swatches(list(plugins.colors), "square", COLORS_IN_A_ROW)
    made["forms.png"] = _swatches(list(plugins.forms), "", FORMS_IN_A_ROW)
    for path, image in made.items():
        image.quantize(256).save(folder / path, optimize=True)
    _sheet(folder.parent / "tutorial.md").save(folder / "tutorial.jpg", quality=88)
    strip().save(folder / "strip.jpg", quality=90)
    return [folder / path for path in (*made, "tutorial.jpg", "strip.jpg")]


def _sheet(page: Path) -> Image.Image:
    """The contact sheet of the task that the tutorial ends its second part with."""
    if not page.exists():  # written somewhere else
        page = Path(__file__).parent / page.name
    specs = re.findall(r"^```pgt file=tasks/nearest.pgt\n(.*?)^```$", page.read_text(encoding="utf-8"), re.M | re.S)
    with tempfile.TemporaryDirectory() as place:
        spec, sheet = Path(place) / "nearest.pgt", Path(place) / "nearest.png"
        spec.write_text(specs[-1], encoding="utf-8")
        with contextlib.redirect_stdout(io.StringIO()):
            assert run(["show", str(spec), "--count", "8", "--out", str(sheet)]) == 0
        with Image.open(sheet) as image:
            small = image.convert("RGB")
    return small.resize((small.width * 5 // 8, small.height * 5 // 8), Image.Resampling.LANCZOS)


def _kind(name: str, module: str) -> Image.Image:
    block = BLOCKS.get(name, "")
    if name not in SELF_PLACED and "at =" not in block:
        block = ", ".join(filter(None, [CENTRED, block]))
    if name in ("line", "arrow"):
        block += f", {CENTRED}"
    lines = [f'use "{module}"'] if module else []
    lines += [PLAIN, BEFORE.get(name, ""), f"shape it: {name} {{ {block} }}"]
    return _paint("\n".join(lines))


def _background(name: str) -> Image.Image:
    fields = {"gradient": "{ from_color = blue, to_color = yellow, turn = 45deg }",
              "noise": "{ color = cyan, grain = 4px, strength = 20% }", "plain": "{ color = pink }"}  # fmt: skip
    return _paint(f"background behind: {name} {fields.get(name, '')}", index=3)


def _swatches(names: list[str], form: str, across: int) -> Image.Image:
    """Shapes in a grid, with their names below."""
    down = -(-len(names) // across)
    lines = [f"canvas {across} by {down}", PLAIN]
    for k, name in enumerate(names):
        x, y = (k % across + 0.5) / across * 100, (k // across + 0.4) / down * 100
        look = f"form = square, color = {name}" if form else f"form = {name}, color = blue"
        lines.append(f"shape s{k}: figure {{ at = ({x:.3f}vw, {y:.3f}vh), size = {50 / down:.2f}vmin, "
                     f"outline = {'grey' if form else 'none'}, {look} }}")  # fmt: skip
        lines.append(f'shape t{k}: text {{ at = ({x:.3f}vw, {y + 42 / down:.3f}vh), text = "{name}", '
                     f"size = {15 / down:.2f}vmin }}")  # fmt: skip
    return _paint("\n".join(lines), size=96 * down)


def _paint(lines: str, size: int = SIZE, index: int = 0) -> Image.Image:
    """The picture of a task with these declarations."""
    task = pgt_dsl.load(f'task "docs/picture"\n{lines}\nask "How wide?" answer canvas.width within 1px\n')
    return task.sample(seed=0, index=index, size=size).image

"""The whole pipeline, from the text of a spec to Parquet files, against plain scripts that make the same pictures.

    python benchmarks/pipeline.py              # 4 rounds, some minutes
    python benchmarks/pipeline.py --quick      # 2 rounds, small

Ours is compiled, solved, certified by the oracle, painted with antialiasing, one in sixteen checked for its ids,
encoded and written. The scripts are what one writes by hand for the same picture and question: shapes by rejection,
Pillow's ``ImageDraw`` without antialiasing, or at 4 times the size and scaled down, PNG at Pillow's default level. They
prove nothing, balance no answers and cannot be replayed.

All take turns on one core; a rate is the median of processor time, which others on the machine do not stretch. Then a
build with two processes against one, in wall time, and where the time of a sample goes, stage by stage.
"""

from __future__ import annotations

import json
import math
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

sys.path.insert(0, str(Path(__file__).parents[1]))  # run as a script, from anywhere

from benchmarks import common
from benchmarks.stages import Stages
from pgt_dsl.api import load
from pgt_dsl.dataset.build import build
from pgt_dsl.dataset.jobs import FEW, SHARED
from pgt_dsl.dataset.pipeline import DEFAULT_SIZE

SIZE = DEFAULT_SIZE
LEAST = FEW * SHARED  # samples from which on a build starts processes
LEFT_OF = """\
task "bench/left_of"
background ground: plain
shape a: figure
shape b: figure
require level(a, b) and gap_x(a, b) >= 2vmin
ask "Is {a} to the left of {b}?"
  answer left_of(a, b) even clear 4vmin
"""
COUNTING = """\
task "bench/counting"
background ground: plain
pick n ~ 0 .. 6
pick hue ~ basic
shape target: circle[n] { radius ~ 3.5vmin .. 6vmin, color = hue }
shape other: figure[8 - n] { size ~ 7vmin .. 12vmin, form ~ forms except circle }
require apart(shapes) >= 1.5vmin
ask "How many {hue} circles are there?"
  answer count(s in shapes where s.form == circle and s.color == hue)
"""


Shape = tuple[str, str, float, float, float]
"""Form, colour, x, y and size."""
Made = tuple[list[Shape], str, str]
"""Shapes, question and answer."""


# the plain scripts ----------------------------------------------------------------------------------------

COLOURS = {"red": "#d92b2b", "orange": "#f58a1f", "yellow": "#f5d20f", "green": "#2f9e44", "blue": "#2563d9",
           "purple": "#7d35b5", "pink": "#f48fc1", "brown": "#7d4a21"}  # fmt: skip
FORMS = ("circle", "square", "triangle", "star", "cross", "diamond", "pentagon", "hexagon")
PALE = ("#f7f1e6", "#eef3f8", "#f1f6ee", "#f8eeee", "#f3eff8", "#f4f4f2")


def corners(form: str, x: float, y: float, size: float, scale: int) -> list[tuple[float, float]]:
    """The corners of a form about a point."""
    r = size / 2
    if form == "cross":
        a, b = r / 3, r
        around = [(-a, -b), (a, -b), (a, -a), (b, -a), (b, a), (a, a), (a, b), (-a, b), (-a, a), (-b, a), (-b, -a),
                  (-a, -a)]  # fmt: skip
    elif form == "star":
        around = [(r * (1 if k % 2 == 0 else 0.4) * math.sin(k * math.pi / 5),
                   -r * (1 if k % 2 == 0 else 0.4) * math.cos(k * math.pi / 5)) for k in range(10)]  # fmt: skip
    else:
        n = {"square": 4, "diamond": 4, "triangle": 3, "pentagon": 5, "hexagon": 6}[form]
        first = 45 if form == "square" else 0
        turns = [math.radians(first + 360 * k / n) for k in range(n)]
        around = [(r * math.sin(t), -r * math.cos(t)) for t in turns]
    return [((x + dx) * scale, (y + dy) * scale) for dx, dy in around]


def drawn(shapes: Sequence[Shape], scale: int) -> Image.Image:
    """The picture: at ``scale`` times the size and scaled down, or as it is."""
    image = Image.new("RGB", (SIZE * scale, SIZE * scale), random.choice(PALE))
    pen = ImageDraw.Draw(image)
    for form, colour, x, y, size in shapes:
        if form == "circle":
            box = [(x - size / 2) * scale, (y - size / 2) * scale, (x + size / 2) * scale, (y + size / 2) * scale]
            pen.ellipse(box, fill=COLOURS[colour])
        else:
            pen.polygon(corners(form, x, y, size, scale), fill=COLOURS[colour])
    return image if scale == 1 else image.resize((SIZE, SIZE), Image.Resampling.LANCZOS)


def naive_left_of() -> Made:
    """Two shapes in a row, and which is left."""
    while True:
        shapes = []
        for _ in range(2):
            size = random.uniform(0.08, 0.2) * SIZE
            x, y = (random.uniform(size / 2, SIZE - size / 2) for _ in range(2))
            shapes.append((random.choice(FORMS), random.choice(list(COLOURS)), x, y, size))
        a, b = shapes
        apart = abs(a[2] - b[2]) - (a[4] + b[4]) / 2
        if a[:2] != b[:2] and abs(a[3] - b[3]) <= 0.1 * SIZE and apart >= 0.02 * SIZE:
            question = f"Is the {a[1]} {a[0]} to the left of the {b[1]} {b[0]}?"
            return shapes, question, "Yes" if a[2] < b[2] else "No"


def naive_counting() -> Made:
    """Eight shapes, some of them circles of a colour."""
    hue, n = random.choice(list(COLOURS)), random.randint(0, 6)
    shapes: list[Shape] = []
    while len(shapes) < 8:
        size = random.uniform(0.07, 0.12) * SIZE
        x, y = (random.uniform(size / 2, SIZE - size / 2) for _ in range(2))
        if any(math.hypot(x - u, y - v) < (size + s) * 0.55 + 0.015 * SIZE for _, _, u, v, s in shapes):
            continue
        circle = len(shapes) < n
        form = "circle" if circle else random.choice(FORMS[1:])
        shapes.append((form, hue if circle else random.choice(list(COLOURS)), x, y, size))
    return shapes, f"How many {hue} circles are there?", str(n)


def naive(scene: Callable[[], Made], scale: int, count: int, out: Path) -> None:
    """A folder of PNG files with a line of JSON for each."""
    out.mkdir()
    with (out / "questions.jsonl").open("w") as lines:
        for k in range(count):
            shapes, question, answer = scene()
            drawn(shapes, scale).save(out / f"{k:06d}.png")
            lines.write(json.dumps({"image": f"{k:06d}.png", "question": question, "answer": answer}) + "\n")


# the race -------------------------------------------------------------------------------------------------


def ours(spec: str, count: int, out: Path, workers: int = 1) -> None:
    """A data set, from the text of its spec."""
    text = out.with_suffix(".pgt")
    text.write_text(spec)
    build([load(text)], count, out, workers=workers, size=SIZE)


def processor_time(work: Callable[[], None]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def race(
    name: str, spec: str, scene: Callable[[], Made], counts: tuple[int, int, int], rounds: int, folder: Path
) -> list[float]:
    """Samples a second of ours, the script and its 4x form, and the ratios."""
    rates: list[list[float]] = [[], [], []]
    ours(spec, 64, folder / f"{name}-warm")  # what is compiled once a machine, and read once a process
    for k in range(rounds):
        works = (
            partial(ours, spec, counts[0], folder / f"{name}-{k}"),
            partial(naive, scene, 1, counts[1], folder / f"{name}-naive-{k}"),
            partial(naive, scene, 4, counts[2], folder / f"{name}-4x-{k}"),
        )
        for rate, count, work in zip(rates, counts, works, strict=True):
            rate.append(count / processor_time(work))
    return [statistics.median(rate) for rate in rates]


def two_processes(spec: str, count: int, rounds: int, folder: Path) -> float:
    """How many times faster two processes are than one, in wall time; more samples less fewer, so that starting
    processes and compiling do not count."""
    ratios = []
    for k in range(rounds):
        seconds = {}
        for workers in (1, 2):
            took = []
            for part in (count // 2, count):
                began = time.perf_counter()
                ours(spec, part, folder / f"{workers}-{part}-{k}", workers)
                took.append(time.perf_counter() - began)
            seconds[workers] = took[1] - took[0]
        ratios.append(seconds[1] / max(seconds[2], 1e-9))
    return statistics.median(ratios)


def main(argv: Sequence[str] | None = None) -> int:
    parser = common.arguments(__doc__)
    parser.add_argument("--samples", type=int, help="samples of a build (default 2,048, quick 512)")
    parser.add_argument("--no-processes", action="store_true", help="leave out two processes against one")
    given = parser.parse_args(argv)
    random.seed(given.seed)
    many = given.samples or (512 if given.quick else 2048)
    rounds = 2 if given.quick else 4
    cores = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()
    if cores:
        os.sched_setaffinity(0, {min(cores)})
    races = {"left_of": (LEFT_OF, naive_left_of), "counting": (COUNTING, naive_counting)}
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for task, (spec, scene) in races.items():
            rates = race(task, spec, scene, (many, many // 8, many // 32), rounds, folder)
            rows.append((task, *(f"{rate:,.0f}" for rate in rates), f"{rates[0] / rates[1]:.1f}",
                         f"{rates[0] / rates[2]:.1f}"))  # fmt: skip
        common.table(rows, ("samples a second, one core", "ours", "script", "script 4x", "ours/script", "ours/4x"))
        print()
        stages = [Stages.of(task, spec, many // 4, SIZE, folder) for task, (spec, _) in races.items()]
        stages += [Stages.of(path.stem, path.read_text(), many // 4, SIZE, folder) for path in given.specs or ()]
        Stages.table(stages)
        if cores:
            os.sched_setaffinity(0, cores)
        summary = f"{rounds} rounds"
        if not given.no_processes and len(cores) > 1:
            ratio = two_processes(COUNTING, max(2 * many, 2 * LEAST), rounds, folder)
            summary = f"two processes are {ratio:.2f} times as fast as one; {summary}"
    print()
    return common.finish(f"numpy {np.__version__}, {summary}", [])


if __name__ == "__main__":
    sys.exit(main())

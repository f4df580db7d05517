"""How fast painters are, one beside another: us a picture, and ratios, on one core.

    python benchmarks/painters.py             # 336 and 1,024 px, 8 and 24 shapes, plain and photo, real specs
    python benchmarks/painters.py --quick     # the same with fewer rounds

All paint the same display lists. Rounds are interleaved, so that whatever slows the machine slows all. Times are of the
processor, not of the clock, and medians. `numba` paints as a build does: a display list of many pictures, and memory
for a few of them, which the next ones use again while it is in the core's cache. `numba, fresh memory` gives new
arrays, as `paint` does. The floor is a copy of the backgrounds and an id mask set to 0 in memory for a few; `floor, all
kept` has memory for all of them. skia draws as a user of skia-python would: a path for each shape, antialiased, RGBA;
`skia` always into the same picture, `skia, all kept` into the memory of the batch. Its ids are a second pass without
antialiasing. `Pillow 4x` draws the whole picture four times as large and shrinks it. For numbers that count, let
nothing else run, and pin the process to a core (`taskset -c 0`).
"""

from __future__ import annotations

import argparse
import gc
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

sys.path.insert(0, str(Path(__file__).parents[1]))  # run as a script, from anywhere

from benchmarks import common
from pgt_dsl.dataset.pipeline import CACHED, Pipeline, open_photos
from pgt_dsl.geometry.forms import ellipse_corners
from pgt_dsl.geometry.outline import Outline
from pgt_dsl.paint import numba_renderer, reference
from pgt_dsl.paint.backgrounds import background_pixels
from pgt_dsl.paint.display import DisplayList
from pgt_dsl.paint.scene_display import display_list
from pgt_dsl.resources import data_path
from pgt_dsl.scene.scene import BackgroundChoice
from pgt_dsl.testing.display_lists import Item, disc, display, paper, piece

Bytes = npt.NDArray[np.uint8]
Ids = npt.NDArray[np.uint16]
EIGHT = ("disc",) * 3 + ("rectangle",) * 2 + ("ellipse", "triangle", "path")
SPECS = (
    "counting/all",
    "counting/overlapping_rings",
    "depth/in_front",
    "lines/follow",
    "angle/arrow_points",
    "reading/bar_value",
)


@dataclass(frozen=True)
class Case:
    """Pictures of one size and what they are painted on. ``drawn``: plain shapes, which the rivals here can draw."""

    name: str
    shown: DisplayList
    ground: Bytes
    drawn: bool = True


def shapes(size: int, number: int, pictures: int, seed: int = 11) -> DisplayList:
    """Random shapes of the eight kinds; the more there are, the smaller."""
    rng = np.random.default_rng(seed)
    rows = []
    for _ in range(pictures):
        row = []
        for n in range(number):
            reach = rng.uniform(0.05, 0.25 if number <= 8 else 0.12) * size / 2
            at = complex(*rng.uniform(reach, size - reach, 2))
            spin = np.exp(1j * rng.uniform(0, 2 * np.pi))
            core = _core(EIGHT[n % 8], reach, spin, rng)
            colour = int(rng.integers(0, 1 << 24))
            if core is None:
                outline = disc(_whole(np.array([at]))[0], float(round(reach * 256) / 256))
            else:
                stroke = EIGHT[n % 8] == "path"
                outline = piece(_whole(at + core), not stroke, max(1.0, round(reach * 0.12 * 256) / 256) * stroke)
            row.append(Item(outline, colour, id=n + 1))
        rows.append(row)
    return display(size, size, *rows)


def _core(kind: str, reach: float, spin: complex, rng: np.random.Generator) -> npt.NDArray[np.complex128] | None:
    if kind == "disc":
        return None
    if kind == "triangle":
        return np.asarray(reach * spin * np.exp(2j * np.pi / 3 * np.arange(3) + 1j * rng.uniform(-0.4, 0.4, 3)))
    if kind == "path":
        return np.asarray(reach * spin * (np.linspace(-0.9, 0.9, 4) + 1j * rng.uniform(-0.6, 0.6, 4)))
    ratio = rng.uniform(0.4, 1)
    if kind == "ellipse":
        return np.asarray(ellipse_corners(2 * reach, 2 * reach * ratio) * spin)
    return np.asarray(0.8 * reach * spin * (np.array([-1, 1, 1, -1]) + 1j * ratio * np.array([-1, -1, 1, 1])))


def _whole(points: npt.NDArray[np.complex128]) -> npt.NDArray[np.complex128]:
    return np.asarray(np.round(points * 256) / 256)


def photo_ground(shown: DisplayList) -> Bytes:
    """Shipped photos, as a build would paint on."""
    photos = open_photos(None)
    names = photos.names[: len(shown.start) - 1]
    choices = [BackgroundChoice("photo", photo=names[b % len(names)]) for b in range(len(shown.start) - 1)]
    return background_pixels(choices, shown.width, shown.height, photos)


# rivals ---------------------------------------------------------------------------------------


def rivals(case: Case) -> dict[str, tuple[Callable[[], Any], int]]:
    """What is timed, by name, with how many pictures it paints at once."""
    shown, ground = case.shown, case.ground
    pictures = len(ground)
    few = max(1, CACHED // (shown.width * shown.height))
    rgb, masks = np.empty_like(ground), np.empty(ground.shape[:3], np.uint16)

    def floor(step: int) -> None:
        for first in range(0, pictures, step):
            np.copyto(rgb[: len(ground[first : first + step])], ground[first : first + step])
            masks[:step] = 0

    fast = numba_renderer.NumbaRenderer()

    def painted(ids: Ids | None) -> None:
        ready = fast.prepared(shown)
        for first in range(0, pictures, few):
            under = ground[first : first + few]
            np.copyto(rgb[: len(under)], under)
            ready.paint(first, rgb[: len(under)], None if ids is None else ids[: len(under)])

    found: dict[str, tuple[Callable[[], Any], int]] = {
        "floor": (lambda: floor(few), pictures),
        "floor, all kept": (lambda: floor(pictures), pictures),
        "numba with ids": (lambda: painted(masks), pictures),
        "numba": (lambda: painted(None), pictures),
        "numba, fresh memory": (lambda: fast.paint(shown, ground), pictures),
    }
    if case.drawn and find_spec("skia"):
        images = skia_photos(ground)
        batch = np.empty((*ground.shape[:3], 4), np.uint8)
        one = [np.empty(batch.shape[1:], np.uint8)] * pictures
        marks = [np.empty(batch.shape[1:], np.uint8)] * pictures
        found["skia"] = (lambda: skia_paint(shown, ground, one, None, images), pictures)
        found["skia with ids"] = (lambda: skia_paint(shown, ground, one, marks, images), pictures)
        found["skia, all kept"] = (lambda: skia_paint(shown, ground, list(batch), None, images), pictures)
    if case.drawn:
        found["Pillow 4x"] = (lambda: pillow_4x(shown, ground, 2), 2)
    pillow = reference.make()
    found["pillow with ids"] = (lambda: pillow.paint(first(shown), ground[:1]), 1)
    return found


def first(shown: DisplayList) -> DisplayList:
    """The first picture alone."""
    end = int(shown.start[1])
    o = shown.outline
    columns = {
        name: getattr(shown, name)[:end] for name in ("fill", "edge", "stroke", "opacity", "id", "halo", "texts")
    }
    return replace(shown, start=shown.start[:2], outline=Outline(o.verts[:end], o.count[:end], o.closed[:end],
                                                                 o.radius[:end]), **columns)  # fmt: skip


def skia_paint(
    shown: DisplayList, ground: Bytes, batch: Sequence[Bytes], ids: Sequence[Bytes] | None, photos: Sequence[Any]
) -> None:
    """Filled shapes and lines by skia into ``batch``, B of uint8[H, W, 4]; ids in a second pass into ``ids``.

    photos: backgrounds as skia's, none when they are of one colour.
    """
    import skia

    o = shown.outline
    for b in range(len(shown.start) - 1):
        canvas = skia.Surface(batch[b]).getCanvas()
        marks = None if ids is None else skia.Surface(ids[b]).getCanvas()
        if photos:
            canvas.drawImage(photos[b], 0, 0)
        else:
            canvas.clear(skia.Color(*map(int, ground[b, 0, 0])))
        if marks is not None:
            marks.clear(0)
        for n in range(int(shown.start[b]), int(shown.start[b + 1])):
            paint = skia.Paint(AntiAlias=True, Color=0xFF000000 | int(shown.fill[n]))
            mark = skia.Paint(AntiAlias=False, Color=0xFF000000 | int(shown.id[n]))
            for p in np.flatnonzero(o.count[n]):
                core = o.verts[n, p, : int(o.count[n, p])].tolist()
                _skia_piece(canvas, core, bool(o.closed[n, p]), float(o.radius[n, p]), paint)
                if marks is not None:
                    _skia_piece(marks, core, bool(o.closed[n, p]), float(o.radius[n, p]), mark)


def skia_photos(ground: Bytes) -> list[Any]:
    """Backgrounds that are not of one colour as images of skia, ready to be drawn: reading them is not timed."""
    import skia

    if (ground == ground[:, :1, :1]).all():
        return []
    opaque = np.full((*ground.shape[1:3], 1), 255, np.uint8)
    return [
        skia.Image.fromarray(np.dstack((g, opaque)), skia.kRGBA_8888_ColorType, skia.kOpaque_AlphaType) for g in ground
    ]


def _skia_piece(canvas: Any, core: Sequence[complex], closed: bool, radius: float, paint: Any) -> None:
    import skia

    if len(core) == 1:
        canvas.drawCircle(core[0].real, core[0].imag, radius, paint)
        return
    path = skia.Path()
    path.addPoly([skia.Point(z.real, z.imag) for z in core], closed)
    if not closed:
        paint.setStyle(skia.Paint.kStroke_Style)
        paint.setStrokeWidth(2 * radius)
        paint.setStrokeCap(skia.Paint.kRound_Cap)
        paint.setStrokeJoin(skia.Paint.kRound_Join)
    canvas.drawPath(path, paint)


def pillow_4x(shown: DisplayList, ground: Bytes, pictures: int) -> None:
    """The whole picture drawn by Pillow four times as large, and shrunk."""
    o = shown.outline
    for b in range(min(pictures, len(ground))):
        image = Image.fromarray(ground[b]).resize((4 * shown.width, 4 * shown.height), Image.Resampling.NEAREST)
        pen = ImageDraw.Draw(image)
        for n in range(int(shown.start[b]), int(shown.start[b + 1])):
            fill = int(shown.fill[n])
            colour = fill >> 16, fill >> 8 & 255, fill & 255
            for p in np.flatnonzero(o.count[n]):
                core = 4 * o.verts[n, p, : int(o.count[n, p])]
                radius = 4 * float(o.radius[n, p])
                if o.closed[n, p]:
                    pen.polygon(core.view(np.float64).tolist(), fill=colour)
                    continue
                if len(core) > 1:
                    pen.line(core.view(np.float64).tolist(), fill=colour, width=round(2 * radius), joint="curve")
                for z in core[[0, -1]]:
                    pen.ellipse((z.real - radius, z.imag - radius, z.real + radius, z.imag + radius), fill=colour)
        np.asarray(image.reduce(4))


# measuring ------------------------------------------------------------------------------------


def measure(case: Case, rounds: int) -> dict[str, float]:
    """The median of each rival, in us a picture."""
    found = rivals(case)
    times: dict[str, list[float]] = {name: [] for name in found}
    for work, _ in found.values():
        work()
    gc.disable()
    try:
        for k in range(rounds):
            for name, (work, pictures) in found.items():
                if k % 4 and pictures <= 2:  # the slow ones need fewer rounds
                    continue
                began = time.thread_time()
                work()
                times[name].append((time.thread_time() - began) / pictures * 1e6)
    finally:
        gc.enable()
    return {name: float(np.median(values)) for name, values in times.items()}


def cases(names: Sequence[str], seed: int) -> list[Case]:
    found = []
    for size in (336, 1024):
        for number in (8, 24):
            shown = shapes(size, number, 128 if size == 336 else 8)
            found.append(Case(f"{size} px, {number} shapes, plain", shown, paper(shown, colour=0xE8F0E0)))
            if number == 8:
                found.append(Case(f"{size} px, {number} shapes, photo", shown, photo_ground(shown)))
    root = data_path("task_specs")
    for name in names:
        found.append(real(root / f"{name}.pgt", seed))
    return found


def real(path: Path, seed: int) -> Case:
    """Scenes of a shipped spec."""
    task = common.task(path)
    pipeline = Pipeline(task.program, task.registry, seed, 336, open_photos(None))
    scenes = [s for s in pipeline.scenes(range(64)) if (s.width, s.height) == (336, 336)][:32]
    shown = display_list(scenes, task.registry.kinds)
    ground = background_pixels([s.background for s in scenes], shown.width, shown.height, open_photos(None))
    return Case(f"{task.name}, {len(shown.fill) / len(scenes):.0f} items", shown, ground, False)


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--specs", nargs="*", default=SPECS, help="names within the shipped task_specs")
    given = parser.parse_args(argv)
    rounds = 9 if given.quick else 41
    rows: list[tuple[Any, ...]] = []
    names = ("floor", "floor, all kept", "numba with ids", "numba", "numba, fresh memory", "skia", "skia with ids",
             "skia, all kept", "Pillow 4x", "pillow with ids")  # fmt: skip
    ratios: list[tuple[Any, ...]] = []
    for case in cases(given.specs, given.seed):
        found = measure(case, rounds)
        rows.append((case.name, *(found.get(name, "") for name in names)))
        ours = found["numba with ids"]
        rest = [f"{found[name] / ours:.2f}" if name in found else "" for name in names[3:]]
        floors = [f"{ours / found[name]:.2f}" for name in names[:2]]
        ratios.append((case.name, *floors, *rest))
        print(case.name, file=sys.stderr)
    common.table(rows, ("us a picture", *names))
    print()
    common.table(ratios, ("ratio to numba with ids", "to the floor", "all kept", *names[3:]))
    return 0


if __name__ == "__main__":
    sys.exit(main())

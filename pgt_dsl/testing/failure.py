"""How a failing check is told: its place in the spec, the smallest scene in words and as a picture, and its replay.

Nothing is written before something fails.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pgt_dsl.dataset.pipeline import DEFAULT_SIZE, Pipeline
from pgt_dsl.dataset.task import Task
from pgt_dsl.diagnostics import Diagnostic, Label, PgtError
from pgt_dsl.program.program import Origin
from pgt_dsl.report import render_text
from pgt_dsl.scene.columns import names_of_colors
from pgt_dsl.scene.scene import Scene, SceneShape
from pgt_dsl.scene.serial import scene_to_json
from pgt_dsl.solve.words import span_of
from pgt_dsl.testing.made import Wish
from pgt_dsl.testing.spec_run import Failure, Plan

Json = Any
FORMAT = 1
MARK, INK = (255, 0, 200), (255, 255, 255)  # a pink that no list of colours has
_SLOTS = re.compile(r"\bshapes? (\d+)\b")


def told(task: Task, pipeline: Pipeline, plan: Plan, failure: Failure, files: tuple[Path, Path] | None) -> str:
    """The whole report. ``files``: the picture and the replay as they were written; None for what is replayed."""
    size = f"{failure.scene.width} x {failure.scene.height} px"
    head = f"{_head(failure)}, {size}:" if files is not None else f"the scene, {size}:"
    lines = [render_text(diagnostic(task, failure)), "", head, *_scene_lines(pipeline, failure)]
    if files is not None:
        picture, replay = files
        lines += ["", f"picture: {picture}", f"replay:  {command(task, plan, replay)}"]
    return "\n".join(lines)


def diagnostic(task: Task, failure: Failure) -> Diagnostic:
    """The failure at its place in the spec: that of the fault, or of the shape or the question that it speaks of."""
    fault = failure.fault
    origin = _place(task, failure)
    span = span_of(origin, task.source)
    label = None if span is None else Label(span, f"`{failure.check}` fails")
    help = (f"the place is {origin.file}:{origin.line}",) if span is None and origin.line else ()
    message = " ".join(re.sub(r"\n\s*(-->|= help:).*", "", fault.message).removeprefix("error[S502]: ").split())
    return Diagnostic(failure.check, message, label, help=help)


def _place(task: Task, failure: Failure) -> Origin:
    """Where the fault says it is; else where the shape that it names is declared in the spec, or what it is a part of;
    else the question."""
    program = task.program
    if failure.fault.origin.line:
        return failure.fault.origin
    for slot in _slots(failure.fault.message):
        group = program.owner(slot)[0] if 0 <= slot < program.slots else None
        while group is not None:
            if group.origin.line and group.origin.file == task.source.name:
                return group.origin
            group = None if group.parent is None else program.groups[group.parent]
    return next((ask.origin for ask in program.asks), Origin())


def _head(failure: Failure) -> str:
    if failure.first < 0:
        return "no scene of the sampler fails, but others that Hypothesis made; the smallest that was found"
    share = f"{failure.failing} of {failure.tested} scenes fail"
    if failure.made == "draws":
        return f"{share} (the first has index {failure.first}); the smallest that was found"
    return f"{share}; scene {failure.first} of seed {failure.scene.seed}"


# the scene in words ---------------------------------------------------------------------------------


def _scene_lines(pipeline: Pipeline, failure: Failure) -> Iterator[str]:
    """The shapes that differ from scene to scene or are named in the fault, other draws, and the questions."""
    scene, named_slots = failure.scene, _slots(failure.fault.message)
    colors = names_of_colors(pipeline.registry.colors)
    fields = _drawn_fields(pipeline)
    rows, others = [], 0
    for shape in sorted(scene.shapes, key=lambda s: (s.id == 0, s.id)):
        if not shape.painted and not shape.parts and not shape.phrase:
            continue
        name = shape.group + "".join(f"[{k}]" for k in shape.index)
        called = shape.phrase or shape.kind
        drawn = [f for f in fields.get(shape.group, ()) if f in shape.fields]
        if not drawn and shape.slot not in named_slots:
            others += 1
            continue
        if "color" in drawn and shape.fields.get("fill") == shape.fields["color"]:
            drawn = [f for f in drawn if f != "fill"]  # the same twice
        said = "  ".join(f"{f} {_plain(shape.fields[f], colors)}" for f in drawn)
        rows.append((f"shape {shape.slot}", name, called, said))
    widths = [max((len(row[k]) for row in rows), default=0) for k in range(3)]
    for row in rows:
        yield "  " + "  ".join([*(cell.ljust(w) for cell, w in zip(row, widths, strict=False) if w), row[3]]).rstrip()
    if others:
        yield f"  and {others} shape{'' if others == 1 else 's'} of which nothing is drawn"
    named = {pick.name for pick in pipeline.program.picks if not pick.name.startswith("answer ")}
    lets = {var.name for var in pipeline.program.vars if var.role == "let"}
    drawn = [f"{n} = {_plain(scene.draws[n], colors)}" for n in scene.draws if n in named | lets]
    if drawn:
        yield "  " + ", ".join(drawn)
    if scene.twin_of:
        yield f"  (the {'second' if scene.twin else 'first'} of a pair of twins)"
    for ask in scene.asks:
        yield f"  question: {ask.question}"
        yield f"  answer:   {ask.text}"


def _drawn_fields(pipeline: Pipeline) -> Mapping[str, Sequence[str]]:
    """The fields of each group that differ from scene to scene, where it stands first."""
    facts, found = pipeline.sampler.facts, {}
    for group in pipeline.program.groups:
        drawn = {f for f, node in group.fields.items() if f.isidentifier() and facts.vars(node)} - {"x", "y"}
        drawn -= {"size"} if "radius" in drawn else set()  # the same twice
        found[group.name] = sorted(drawn, key=lambda f: (f != "at", f))
    return found


def _plain(value: Json, colors: Mapping[str, str]) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "-"}[value]
    if isinstance(value, int | float):
        return f"{value:.6g}"
    if isinstance(value, str):
        return colors.get(value, value)
    if len(value) == 2 and all(isinstance(x, float) for x in value):
        return f"({value[0]:.6g}, {value[1]:.6g})"
    return "[" + ", ".join(_plain(item, colors) for item in value) + "]"


def _slots(message: str) -> list[int]:
    return [int(number) for number in _SLOTS.findall(message)]


def concerned(scene: Scene, message: str) -> list[SceneShape]:
    """The shapes that a fault concerns: those that it names, or those that the answers and questions name, or all."""
    for slots in (_slots(message), [slot for ask in scene.asks for slot in ask.grounding]):
        found = [shape for shape in scene.shapes if shape.slot in slots]
        if found:
            return found
    return [shape for shape in scene.shapes if shape.painted and shape.entity]


# files ----------------------------------------------------------------------------------------------


def write(task: Task, pipeline: Pipeline, plan: Plan, failure: Failure, number: int = 0) -> tuple[Path, Path]:
    """Write the picture (PNG) and the replay (JSON) of a failure. Raises ``PgtError`` when that is not possible."""
    stem = f"{task.name.replace('/', '.')}-{failure.check}" + (f"-{number + 1}" if number else "")
    picture, replay = plan.out / f"{stem}.png", plan.out / f"{stem}.json"
    try:
        plan.out.mkdir(parents=True, exist_ok=True)
        _marked(pipeline, failure).save(picture, "PNG")
        replay.write_text(json.dumps(_stored(task, plan, failure), indent=1, ensure_ascii=False) + "\n", "utf-8")
    except OSError as error:
        raise PgtError(f"cannot write to `{plan.out}`: {error.strerror or error}") from error
    return picture, replay


def command(task: Task, plan: Plan, replay: Path) -> str:
    """The command that replays a failure."""
    photos = [] if plan.photos is None else ["--photos", str(plan.photos)]
    return shlex.join(["pgt", "test", task.source.name, "--replay", str(replay), *photos])


def _marked(pipeline: Pipeline, failure: Failure) -> Any:
    """The picture with a frame around each shape concerned, and its number."""
    from PIL import Image, ImageDraw

    from pgt_dsl.paint.fonts import font

    image = Image.fromarray(pipeline.paint([failure.scene])[0].rgb[0].copy())
    pen = ImageDraw.Draw(image)
    letters = font(13)
    for shape in concerned(failure.scene, failure.fault.message):
        x0, y0, x1, y1 = (round(side) for side in shape.box)
        pen.rectangle((x0 - 3, y0 - 3, x1 + 3, y1 + 3), outline=INK, width=3)
        pen.rectangle((x0 - 2, y0 - 2, x1 + 2, y1 + 2), outline=MARK, width=1)
        name = str(shape.slot)
        left, top = min(x1 + 5, image.width - 10), max(y0 - 4, 0)
        pen.text((left, top), name, fill=MARK, font=letters, stroke_width=2, stroke_fill=INK)
    return image


def _stored(task: Task, plan: Plan, failure: Failure) -> dict[str, Json]:
    wish = failure.wish
    return {
        "pgt_test": FORMAT,
        "task": task.name,
        "program": task.hash,
        "check": failure.check,
        "message": failure.fault.message,
        "seed": plan.seed,
        "size": plan.size,
        "made": failure.made,
        "wish": {"stratum": dict(wish.stratum), "draws": [dict(row) for row in wish.draws], "index": wish.index,
                 "twin": wish.twin},
        "scene": scene_to_json(failure.scene),
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stored:
    """A failure as it was written."""

    task: str
    check: str
    seed: int
    size: int
    made: str
    wish: Wish


def read(path: Path) -> Stored:
    """The failure of a file that ``write`` wrote. Raises ``PgtError`` for anything else."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["pgt_test"] != FORMAT or data["made"] not in ("draws", "index"):
            raise PgtError(f"`{path}` was written by another version of pgt-dsl; run `pgt test` again without --replay")
        wish = data["wish"]
        draws = tuple(dict(row) for row in wish["draws"])
        made = Wish(dict(wish["stratum"]), draws, int(wish["index"]), int(wish["twin"]))
        return Stored(str(data["task"]), str(data["check"]), int(data["seed"]), int(data.get("size", DEFAULT_SIZE)),
                      data["made"], made)  # fmt: skip
    except OSError as error:
        raise PgtError(f"cannot read `{path}`: {error.strerror or error}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        why = f"it has no {error}" if isinstance(error, KeyError) else str(error)
        raise PgtError(f"`{path}` is not what `pgt test` writes for --replay: {why}") from error
